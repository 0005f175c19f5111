"""feedpub check."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from feedpub.cli.kinds import lines
from feedpub.cli.report import annotations, at, counted, progress, records, write_json
from feedpub.errors import FeedpubError, Problem


@click.command("check")
@click.argument("site", type=click.Path(path_type=Path), default=".")
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True)
@click.option("--all", "whole", is_flag=True, help="A line for each problem, also where there are many of one kind.")
@click.option("--dns", is_flag=True, help="Ask the DNS too: SPF, DKIM and DMARC of each digest's sender.")
@click.option("--nameserver", metavar="HOST[:PORT]", help="Ask this server instead of the machine's own.")
@click.option("--no-cache", is_flag=True, help="Use nothing that the last build or check knew, and keep nothing for the next.")
@click.option(
    "-j", "--jobs", type=click.IntRange(1), help="At most so many processes beside this one (default: one for each core)."
)
@click.option("--untrusted", is_flag=True, help="Somebody else wrote it: run no templates, read nothing outside of SITE.")
@click.option("--trust-templates", is_flag=True, help="With --untrusted: run the templates of its digests all the same.")
def check_command(
    site: Path, form: str, whole: bool, dns: bool, nameserver: str | None, no_cache: bool, jobs: int | None, untrusted: bool,
    trust_templates: bool,
) -> None:  # fmt: skip
    """Say everything that is wrong with SITE, or looks wrong, and build nothing.

    Exits with 1 if there is a problem; a warning is none.
    """
    from feedpub.check import check  # loads what it needs to render articles

    if untrusted and dns:
        raise click.UsageError("--dns asks for what the settings name; it does not go with --untrusted")
    if trust_templates and not untrusted:
        raise click.UsageError("--trust-templates goes with --untrusted; without it, they are trusted")
    articles = 0
    try:
        run_templates = trust_templates or not untrusted
        found, articles = check(
            site, now=datetime.now(UTC), untrusted=untrusted, run_templates=run_templates, cached=not no_cache, jobs=jobs,
            progress=progress,
        )  # fmt: skip
        found = found if untrusted else (*found, *_key_problems(site))
        if dns:
            found = (*found, *_ask(site, nameserver))
    except FeedpubError as error:
        found = error.problems
    found = at(site, found)
    errors = [problem for problem in found if problem.severity == "error"]
    match form:
        case "json":
            write_json(records(found))
        case "github":
            for line in annotations(found):
                click.echo(line)
        case _:
            for start, rest, severity in lines(found, whole=whole):
                click.echo(f"{start}: {rest}" if severity and rest else f"{start}{rest}")
    warnings = len(found) - len(errors)
    verdict = f"{counted(len(errors), 'problem')} and {counted(warnings, 'warning')}" if found else "Nothing is wrong"
    click.echo(f"{verdict} in {counted(articles, 'article')}." if articles else f"{verdict}.", err=True)
    if errors:
        sys.exit(1)


def _key_problems(folder: Path) -> tuple[Problem, ...]:
    """What is wrong with the key that signs the links of the public pages. That it is not there is a problem where the settings
    name it; under its usual name it is made by feedpub init, and is no part of what is checked out somewhere else.
    """
    from feedpub.loading import load_site
    from feedpub.site import Web
    from feedpub.web.links import read_keys

    web = load_site(folder).web
    usual = web.key_file == Web().key_file
    if web.url is None or (usual and not (folder / web.key_file).exists()):
        return ()
    try:
        read_keys(folder, web.key_file, os.environ)
    except FeedpubError as error:
        return error.problems
    return ()


def _ask(site: Path, nameserver: str | None) -> tuple[Problem, ...]:
    try:
        from feedpub.mailing.dnscheck import dns_problems, resolver
    except ImportError as error:
        raise click.UsageError("--dns needs a library that is not installed; install feedpub[dns]") from error
    from feedpub.loading import load_site

    return dns_problems(load_site(site), resolver(nameserver))
