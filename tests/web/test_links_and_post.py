"""Keys as they are read, links in their own form, and a post that several processes share."""

import logging
import threading
from pathlib import Path

import pytest

from feedpub.errors import FeedpubError
from feedpub.web.links import Keys, Ticket, read_keys
from feedpub.web.post import Postman
from tests.send.conftest import SLOT
from tests.web.conftest import ADA, NEW, OLD, House


def key_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    (folder / "feedpub.key").write_text(text)
    (folder / "feedpub.key").chmod(mode)
    return folder


def test_keys_are_those_of_the_file_unless_the_environment_has_some(tmp_path: Path) -> None:
    folder = key_file(tmp_path, f"\n{NEW}\n  {OLD}\n\n")
    assert read_keys(folder, "feedpub.key", {}) == Keys((NEW, OLD))
    assert read_keys(folder, "feedpub.key", {"FEEDPUB_KEY": f"{OLD},{NEW}"}) == Keys((OLD, NEW))
    assert read_keys(folder, "feedpub.key", {"FEEDPUB_KEY": f"{OLD}\n{NEW}\n"}) == Keys((OLD, NEW))
    assert NEW not in repr(Keys((NEW,)))


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    [
        (None, 0, "feedpub.key: there is no key to sign links with; make it with feedpub init"),
        ("", 0o600, "feedpub.key: holds no key"),
        (f"{NEW}\nsecret\n", 0o600, "feedpub.key: holds a key that could be guessed"),
        (NEW, 0o640, "feedpub.key: others on this machine can read the keys in it; run: chmod 600 feedpub.key"),
        (NEW, 0o604, "feedpub.key: others on this machine"),
    ],
)
def test_what_is_wrong_with_a_key_is_told_in_one_line(tmp_path: Path, text: str | None, mode: int, told: str) -> None:
    if text is not None:
        key_file(tmp_path, text, mode)
    with pytest.raises(FeedpubError) as raised:
        read_keys(tmp_path, "feedpub.key", {})
    (problem,) = raised.value.problems
    assert str(problem).startswith(told)
    assert NEW not in str(problem)


def test_a_short_key_in_the_environment_is_refused_too(tmp_path: Path) -> None:
    with pytest.raises(FeedpubError, match="FEEDPUB_KEY: holds a key that could be guessed"):
        read_keys(tmp_path, "feedpub.key", {"FEEDPUB_KEY": "short"})


def test_the_first_key_signs_and_all_are_believed() -> None:
    ticket = Ticket("t" * 24, ("weekly", "daily"))
    before, after = Keys((OLD,)), Keys((NEW, OLD))
    assert after.read("confirm", before.link("confirm", ticket, SLOT), SLOT) == ticket
    assert before.read("confirm", after.link("confirm", ticket, SLOT), SLOT) is None
    assert Keys((NEW,)).read("confirm", after.link("confirm", ticket, SLOT), SLOT) == ticket


def test_a_link_is_made_of_what_no_mail_program_breaks() -> None:
    link = Keys((NEW,)).link("undo", Ticket("t-_" * 8, ("weekly",)), SLOT)
    assert set(link) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
    assert link[0] != "."


def test_several_postmen_send_each_note_once(house_of_each_kind: House) -> None:
    house = house_of_each_kind
    for number in range(12):
        house.client().post("/subscribe", data={"email": f"r{number}@readers.example", "digests": "weekly"})
    threads = [threading.Thread(target=Postman(house.later, house.engine, house.keys).send_waiting) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mail["To"] for mail in house.mailbox.mails) == sorted(f"r{number}@readers.example" for number in range(12))


def test_clicks_at_the_same_time_are_one(house_of_each_kind: House) -> None:
    house = house_of_each_kind
    house.subscribe()
    path, codes = f"/unsubscribe/{house.token()}/weekly", []

    def click() -> None:
        codes.append(house.client().post(path, data={"List-Unsubscribe": "One-Click"}).status_code)

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 8
    assert len(house.post()) == 1
    assert house.counts()[1:] == (3, 2)


def test_the_same_new_address_at_the_same_time_is_one_person(house_of_each_kind: House) -> None:
    house = house_of_each_kind
    codes = []

    def ask() -> None:
        codes.append(house.client().post("/subscribe", data={"email": ADA, "digests": "weekly"}).status_code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 8
    assert house.counts() == (1, 1, 1)


def test_a_template_of_ones_own_is_used_and_its_fault_keeps_the_note(house: House, caplog: pytest.LogCaptureFixture) -> None:
    settings = house.folder / "feedpub.toml"
    settings.write_text(settings.read_text().replace('name = "weekly"', 'name = "weekly"\ntemplate = "mine"'))
    (house.folder / "mine").mkdir()
    own = house.folder / "mine/confirm.txt.j2"
    own.write_text("{{ nonsense }}")
    house = House(house.folder, house.engine, house.mailbox)
    house.client().post("/subscribe", data={"email": ADA, "digests": "weekly"})
    with caplog.at_level(logging.ERROR):
        assert house.post() == []
    assert "confirm.txt.j2:1: " in caplog.text
    assert ADA not in caplog.text
    own.write_text('{% extends "feedpub/confirm.txt.j2" %}{% set subject = "Bitte bestätigen: " ~ titles %}')
    house.clock.now = house.clock.now.replace(hour=9)
    (mail,) = house.post()
    assert mail["Subject"] == "Bitte bestätigen: The Signal"


def test_a_dead_mail_server_delays_no_page_and_loses_nothing(house: House) -> None:
    settings = house.folder / "feedpub.toml"
    alive = settings.read_text()
    settings.write_text(alive.replace("smtp://127.0.0.1:", "smtp://127.0.0.1:1#"))
    dead = House(house.folder, house.engine, house.mailbox)
    assert dead.client().post("/subscribe", data={"email": ADA, "digests": "weekly"}).status_code == 200
    assert dead.post() == []
    house.clock.now = house.clock.now.replace(hour=9)
    assert len(house.post()) == 1
