"""Laws of the house that no type checker sees."""

import ast
import statistics
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src/feedpub"
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic"}
SHELLS = ("cli/", "mailing/scheduler.py", "preview/", "web/")


def test_no_clock_is_read_outside_the_shell() -> None:
    found = []
    for path in SOURCE.rglob("*.py"):
        if path.relative_to(SOURCE).as_posix().startswith(SHELLS):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
                owner = ast.unparse(node.func.value)
                if owner in {"datetime", "date", "time", "datetime.datetime", "datetime.date"}:
                    found.append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    assert found == []


def test_a_build_loads_nothing_of_the_newsletter(tmp_path: Path) -> None:
    program = """
import sys
from feedpub.cli import main
main(["init", sys.argv[1]], standalone_mode=False)
main(["build", sys.argv[1]], standalone_mode=False)
late = {"premailer", "cssutils", "sqlalchemy", "apscheduler", "watchfiles", "starlette", "uvicorn", "httpx", "prometheus_client"}
print(sorted(late & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_files_are_small() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in SOURCE.rglob("*.py")}
    assert statistics.median(lengths.values()) < 100
    assert [str(path) for path, length in lengths.items() if length > 300] == []


def test_every_test_is_collected() -> None:
    """pytest passes over folders by name (`norecursedirs`: build, dist, venv, node_modules and more) without a word."""
    root = SOURCE.parents[1]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    collected = {line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line}
    there = {path.relative_to(root).as_posix() for path in (root / "tests").rglob("test_*.py")}
    assert there - collected == set()
