"""Sign up, confirm, leave, come back: what each step does, and that no answer tells what is known of an address."""

from datetime import timedelta
from pathlib import Path

import httpx
import lxml.html
import pytest

from feedpub.mailing.arrivals import Wishes, import_people
from feedpub.store import Kind, add_subscriber, end_subscription, is_suppressed, proof, suppress_subscriber
from feedpub.web.links import Keys
from tests.web.conftest import ADA, NEW, OLD, Client, House, path_in

FORM = {"email": ADA, "digests": "weekly"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def test_nothing_comes_before_the_link_is_confirmed_and_the_proof_is_kept(house_of_each_kind: House) -> None:
    house = house_of_each_kind
    client = house.client()
    assert client.post("/subscribe", data=FORM).status_code == 200
    assert house.states() == {"weekly": "pending"}
    (mail,) = house.post()
    assert mail["To"] == ADA
    assert mail["Subject"] == "Please confirm: The Signal"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in mail
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    link = path_in(mail, "confirm")
    assert ADA not in link
    assert "Yes, subscribe me" in client.get(link).text
    assert house.states() == {"weekly": "pending"}
    for _ in range(2):
        answer = client.post(link, data={})
        assert answer.status_code == 200
        assert "Welcome" in answer.text
    assert house.states() == {"weekly": "active"}
    with house.engine.begin() as conn:
        told = [(state, how) for _, _, state, how in proof(conn, ADA)]
    assert told == [("pending", "form"), ("active", "form, confirmed 2025-11-17")]


def test_every_answer_to_an_address_is_the_same(house: House) -> None:
    house.subscribe("active@readers.example")
    house.client().post("/subscribe", data=FORM | {"email": "pending@readers.example"})
    with house.engine.begin() as conn:
        suppress_subscriber(conn, "gone@readers.example", now=house.clock(), reason="hard bounce")
    house.mailbox.answer = lambda to: "550 5.1.1 no" if to.startswith("refused") else ""
    for path in ("/subscribe", "/unsubscribe"):
        answers = []
        for name in ("new", "active", "pending", "gone", "refused", "unknown", "pending"):
            answer = house.client().post(path, data=FORM | {"email": f"{name}@readers.example"})
            house.post()
            answers.append((answer.status_code, sorted(answer.headers.items()), answer.content))
            assert answer.elapsed > timedelta(seconds=0.2)
        assert answers[0][0] == 200
        assert answers == answers[:1] * len(answers)
    told = {mail["To"] for mail in house.mailbox.mails}
    assert told == {f"{name}@readers.example" for name in ("new", "active", "pending", "unknown")}


def test_who_gets_a_digest_and_asks_for_it_again_is_sent_the_way_to_the_preferences(house: House) -> None:
    house.subscribe()
    house.clock.now += timedelta(hours=2)
    house.client().post("/subscribe", data=FORM)
    (mail,) = house.post()
    assert mail["Subject"] == "Your subscriptions: The Signal"
    assert "Your subscriptions" in house.client().get(path_in(mail, "preferences")).text


def test_an_address_gets_one_mail_an_hour_and_three_a_day_however_it_is_spelled(house_of_each_kind: House) -> None:
    house = house_of_each_kind
    for spelling in (ADA, ADA.upper(), "a.da@readers.example", "ada+1@readers.example", "ａda@readers.example"):
        house.client().post("/subscribe", data=FORM | {"email": spelling})
    assert len(house.post()) == 1
    sent = 0
    for _ in range(20):
        house.clock.now += timedelta(hours=1, seconds=1)
        house.client().post("/subscribe", data=FORM)
        sent += len(house.post())
    assert sent == 2


def test_a_mail_that_was_not_taken_goes_out_later_also_after_a_restart(house_of_each_kind: House) -> None:
    house = house_of_each_kind
    house.mailbox.answer = lambda _: "451 4.7.1 greylisted"
    house.client().post("/subscribe", data=FORM)
    assert house.post() == []
    house.mailbox.answer = lambda _: ""
    assert house.post() == []
    house.clock.now += timedelta(minutes=2)
    assert len(house.post()) == 1
    assert house.post() == []


def test_json_is_answered_in_json(house: House) -> None:
    client = house.client()
    answer = client.post("/subscribe", json={"email": ADA, "digests": ["daily", "weekly"]})
    assert answer.json()["status"] == "asked"
    assert answer.headers["cache-control"] == "no-store"
    assert house.states() == {"daily": "pending", "weekly": "pending"}
    for wrong in ({"email": "x", "digests": ["daily"]}, {"email": ADA}, {"email": ADA, "digests": ["no"]}, {"mail": ADA}, [], 3):
        answer = client.post("/subscribe", json=wrong)
        assert answer.status_code == 400, wrong
        assert answer.json()["error"]


def test_the_form_that_the_docs_offer_for_your_own_site_signs_up(house: House) -> None:
    page = (Path(__file__).parents[2] / "docs/subscribing.md").read_text(encoding="utf-8")
    form = lxml.html.fromstring(page.partition("```html\n")[2].partition("```")[0])
    assert form.action.endswith("/subscribe")
    fields = dict(form.form_values()) | {"email": ADA}
    assert house.client().post("/subscribe", data=fields).status_code == 200
    assert house.states() == {"weekly": "pending"}


def test_who_fills_in_the_trap_hears_the_same_and_is_not_noted(house: House) -> None:
    real, trapped = (house.client().post("/subscribe", data=FORM | {"website": site}) for site in ("", "https://spam.example"))
    assert real.content == trapped.content
    assert house.counts()[0] == 1
    assert len(house.post()) == 1


def test_a_network_may_ask_twenty_times_an_hour(house: House) -> None:
    client = house.client()
    codes = [client.post("/subscribe", data=FORM | {"email": f"r{n}@readers.example"}).status_code for n in range(22)]
    assert codes == [200] * 20 + [429] * 2
    refused = client.post("/unsubscribe", data=FORM)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert house.client().post("/subscribe", data=FORM).status_code == 200
    assert house.counts()[0] == 21


def test_each_client_of_the_old_internet_is_counted_by_itself_where_a_socket_is_for_both(house: House) -> None:
    app = house.app()
    one, two = Client(app, "::ffff:198.51.100.1"), Client(app, "::ffff:198.51.100.2")
    codes = [one.post("/subscribe", data=FORM | {"email": f"r{n}@readers.example"}).status_code for n in range(21)]
    assert codes[-1] == 429
    assert two.post("/subscribe", data=FORM).status_code == 200


def test_what_is_not_done_here_says_what_is(house: House) -> None:
    answer = house.client().request("PUT", "/subscribe")
    assert answer.status_code == 405
    assert sorted(answer.headers["allow"].split(", ")) == ["GET", "HEAD", "POST"]


@pytest.mark.parametrize(
    "address",
    [
        "", "ada", "a@b@c.example", "ada@localhost", "a\r\nBcc: b@c.example", "a@b.example\r\nX: y", "<a@b.example>",
        "x" * 400 + "@readers.example", "ada@readers.example, bob@readers.example", "a\0@readers.example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_and_can_be_mended(house: House, address: str) -> None:
    answer = house.client().post("/subscribe", data=FORM | {"email": address})
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    assert 'value="weekly" checked' in answer.text
    assert house.counts() == (0, 0, 0)


def test_who_chooses_nothing_is_told_so_and_not_that_the_address_is_wrong(house: House) -> None:
    answer = house.client().post("/subscribe", data={"email": ADA})
    assert answer.status_code == 400
    assert "Choose one newsletter at least" in answer.text
    assert "aria-invalid" not in answer.text
    assert f'value="{ADA}"' in answer.text


def test_one_click_ends_it_at_once_and_any_link_is_answered_alike(house_of_each_kind: House) -> None:
    house = house_of_each_kind
    house.subscribe(ADA, "weekly", "daily")
    house.clock.now += timedelta(days=900)
    client = house.client()
    path = f"/unsubscribe/{house.token()}/weekly"
    page = client.get(path)
    assert house.states() == {"daily": "active", "weekly": "active"}
    assert "<script" not in page.text
    as_form = {"content-type": "application/x-www-form-urlencoded"}
    answers = [client.post(path, content="List-Unsubscribe=One-Click", headers=as_form)]
    assert house.states() == {"daily": "active", "weekly": "ended"}
    answers.append(client.post(path, files={"List-Unsubscribe": (None, "One-Click")}))
    answers.append(client.post(f"{path}/", data=ONE_CLICK))
    answers.append(client.post(f"/unsubscribe/{'x' * 24}/weekly", data=ONE_CLICK))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert all("set-cookie" not in answer.headers and "location" not in answer.headers for answer in answers)
    assert client.get(f"/unsubscribe/{'x' * 24}/weekly").content == page.content
    assert ADA not in page.text + answers[0].text


@pytest.mark.parametrize(
    "kind",
    [
        None, "", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8", "text/plain",
        "application/octet-stream", "multipart/form-data", "TEXT/PLAIN;charset=utf-8",
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["", "/"])
def test_one_click_works_with_any_type_and_a_slash(house: House, kind: str | None, end: str) -> None:
    house.subscribe()
    client, path = house.client(), f"/unsubscribe/{house.token()}/weekly{end}"
    for method in ("GET", "HEAD"):
        assert client.request(method, path, params=ONE_CLICK).status_code == 200
    assert house.states() == {"weekly": "active"}
    headers = {} if kind is None else {"content-type": kind}
    for content in (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=One-Click\r\n"):
        assert client.post(path, content=content, headers=headers).status_code == 200
        assert house.states() == {"weekly": "ended"}


@pytest.mark.parametrize("path", ["/subscribe", "/unsubscribe", "/subscribe/"])
def test_a_form_on_a_page_of_strangers_is_refused(house: House, path: str) -> None:
    house.subscribe("other@readers.example")

    def ask(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return house.client().post(path, data=FORM, headers=named).status_code

    for origin in ("https://evil.example", "null", "", "https://news.example.org.evil.example", "http://bread.example"):
        assert ask(origin=origin) == 403
        assert ask(origin=origin, sec_fetch_site="cross-site") == 403
    assert house.counts()[0] == 1
    # Our own page, also behind a proxy that does TLS; one that tells its origin to nobody; the site; a program.
    assert ask(origin="https://news.example.org") == 200
    assert ask(origin="http://news.example.org") == 200
    assert ask(origin="null", sec_fetch_site="same-origin") == 200
    assert ask() == 200


def test_a_form_may_stand_on_the_site_and_where_the_settings_say(house: House) -> None:
    settings = house.folder / "feedpub.toml"
    settings.write_text(
        settings.read_text() + '\n[web]\nurl = "https://mail.example/x"\nform_origins = ["https://Shop.example:443/"]\n'
    )
    house = House(house.folder, house.engine, house.mailbox)
    origins = {house.site.url: 200, "https://mail.example": 200, "https://shop.example": 200, "http://shop.example": 403}
    for origin, status in origins.items():
        answer = house.client().post("/subscribe", data=FORM, headers={"origin": origin})
        assert answer.status_code == status, origin
    assert "https://mail.example/x/subscribe" in answer.text


def test_a_page_behind_a_secret_link_takes_any_origin(house: House) -> None:
    house.subscribe()
    path = f"/unsubscribe/{house.token()}/weekly"
    assert house.client().post(path, data=ONE_CLICK, headers={"origin": "https://webmail.example"}).status_code == 200
    assert house.states() == {"weekly": "ended"}


def test_a_farewell_brings_the_way_back_once_a_day(house_of_each_kind: House) -> None:
    house = house_of_each_kind
    house.subscribe()
    client = house.client()
    path = f"/unsubscribe/{house.token()}/weekly"
    client.post(path, data=ONE_CLICK)
    (mail,) = house.post()
    assert mail["Subject"] == "You have unsubscribed from The Signal"
    undo = path_in(mail, "undo")
    assert "Subscribe me again" in client.get(undo).text
    assert house.states() == {"weekly": "ended"}
    for _ in range(2):
        assert client.post(undo, data={}).status_code == 200
        assert house.states() == {"weekly": "active"}
    for _ in range(3):
        client.post(path, data=ONE_CLICK)
        assert house.post() == []
        client.post(undo, data={})
    house.clock.now += timedelta(hours=25)
    assert house.post() == []  # it was brought back, so there is nothing to tell
    client.post(path, data=ONE_CLICK)
    house.clock.now += timedelta(hours=25)
    assert len(house.post()) == 1


def test_the_owner_hears_of_a_second_click_by_somebody_else(house_of_each_kind: House) -> None:
    house = house_of_each_kind
    house.subscribe()
    client = house.client()
    path = f"/unsubscribe/{house.token()}/weekly"
    client.post(path, data=ONE_CLICK)
    (mail,) = house.post()
    client.post(path_in(mail, "undo"), data={})
    for _ in range(2):
        client.post(path, data=ONE_CLICK)
    assert house.post() == []
    house.clock.now += timedelta(hours=24)
    (mail,) = house.post()
    client.post(path_in(mail, "undo"), data={})
    assert house.states() == {"weekly": "active"}
    house.clock.now += timedelta(hours=1)
    client.post(path, data=ONE_CLICK)
    assert house.post() == []
    house.clock.now += timedelta(hours=23)
    assert len(house.post()) == 1


@pytest.mark.parametrize("sent", [True, False])
def test_a_farewell_brings_back_also_what_somebody_asked_for_anew(house_of_each_kind: House, sent: bool) -> None:
    house = house_of_each_kind
    house.subscribe()
    client = house.client()
    client.post(f"/unsubscribe/{house.token()}/weekly", data=ONE_CLICK)
    mails = house.post() if sent else []
    client.post("/subscribe", data=FORM)  # no second mail to confirm goes out within an hour
    mails += house.post()
    assert house.states() == {"weekly": "pending"}
    (mail,) = mails
    assert client.post(path_in(mail, "undo"), data={}).status_code == 200
    assert house.states() == {"weekly": "active"}


def test_a_suppressed_subscription_is_not_brought_back(house: House) -> None:
    house.subscribe()
    client = house.client()
    client.post(f"/unsubscribe/{house.token()}/weekly", data=ONE_CLICK)
    (mail,) = house.post()
    with house.engine.begin() as conn:
        suppress_subscriber(conn, ADA, now=house.clock(), reason="complaint")
    assert client.post(path_in(mail, "undo"), data={}).status_code == 410
    assert client.post(house.link("confirm", "weekly"), data={}).status_code == 410
    assert client.get(house.link("preferences")).status_code == 410
    assert client.post(house.link("preferences"), data={"do": "save", "digests": "weekly"}).status_code == 410
    assert house.states() == {"weekly": "suppressed"}


def test_preferences_choose_leave_and_forget(house_of_each_kind: House) -> None:
    house = house_of_each_kind
    house.subscribe()
    client, page = house.client(), house.link("preferences")
    text = client.get(page).text
    assert 'value="weekly" checked' in text
    assert 'value="daily">' in text
    client.post(page, data={"do": "save", "digests": "daily"})
    assert house.states() == {"daily": "active", "weekly": "ended"}
    client.post(page, data={"do": "leave"})
    assert house.states() == {"daily": "ended", "weekly": "ended"}
    _, mail = house.post()
    assert "Morning & Noon" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "for good" in client.post(page, data={"do": "ask"}).text
    assert house.counts()[0] == 1
    assert "forgotten" in client.post(page, data={"do": "forget"}).text
    assert house.counts()[:2] == (0, 0)
    assert client.get(page).status_code == 410
    house.clock.now += timedelta(days=3)
    house.client().post("/subscribe", data=FORM)
    assert house.post() == []
    assert house.counts()[0] == 0


def test_what_was_never_confirmed_is_forgotten_after_a_week(house_of_each_kind: House) -> None:
    house = house_of_each_kind
    house.subscribe("old@readers.example")
    house.client().post("/subscribe", data=FORM)
    house.client().post("/subscribe", data={"email": "old@readers.example", "digests": "daily"})
    house.post()
    house.clock.now += timedelta(days=6)
    house.post()
    assert house.states() == {"weekly": "pending"}
    house.clock.now += timedelta(days=2)
    house.post()
    assert house.states() == {}
    assert house.states("old@readers.example") == {"daily": "ended", "weekly": "active"}
    assert house.counts()[0] == 1


def test_who_asks_again_has_a_week_from_then(house_of_each_kind: House) -> None:
    house = house_of_each_kind
    house.client().post("/subscribe", data=FORM)
    house.post()
    house.clock.now += timedelta(days=6)
    house.client().post("/subscribe", data=FORM)
    (mail,) = house.post()
    house.clock.now += timedelta(days=6)
    house.post()
    assert house.client().post(path_in(mail, "confirm"), data={}).status_code == 200
    assert house.states() == {"weekly": "active"}


@pytest.mark.parametrize(("purpose", "days"), [("confirm", 7), ("undo", 30), ("preferences", 365)])
def test_a_link_is_good_for_its_time_its_purpose_and_the_keys_in_use(house: House, purpose, days: int) -> None:  # type: ignore[no-untyped-def]
    with house.engine.begin() as conn:
        add_subscriber(conn, ADA, "weekly", now=house.clock(), how="form", state="pending")
    client, link = house.client(), house.link(purpose, "weekly")
    by_old_key = house.link(purpose, "weekly", keys=Keys((OLD,)))
    by_other_key = house.link(purpose, "weekly", keys=Keys(("x" * 40,)))
    assert client.get(link).status_code == 200
    assert client.get(by_old_key).status_code == 200
    assert client.get(by_other_key).status_code == 404
    assert house.link(purpose, "weekly", keys=Keys((NEW,))) == link
    others = {"confirm", "undo", "preferences"} - {purpose}
    forged = [f"/{other}/{link.rpartition('/')[2]}" for other in others] + [
        link[:-1],
        link + "x",
        link.replace("weekly", "daily"),
    ]
    for wrong in (*forged, f"/{purpose}/x", f"/{purpose}/.", f"/{purpose}/%00%ff", f"/{purpose}/{'a' * 5000}"):
        assert client.get(wrong).status_code == 404, wrong
        assert client.post(wrong, data={"do": "save"}).status_code == 404, wrong
    house.clock.now += timedelta(days=days, seconds=1)
    assert client.get(link).status_code == 410
    over = client.post(link, data={"do": "save", "digests": "weekly"})
    assert over.status_code == 410
    assert 'href="/subscribe"' in over.text
    assert house.states() == {"weekly": "pending"}


def test_every_page_is_kept_and_found_by_nobody(house: House) -> None:
    house.subscribe()
    client = house.client()
    paths = ["/subscribe", "/unsubscribe", f"/unsubscribe/{house.token()}/weekly", house.link("confirm", "weekly"), "/undo/x"]
    answers = [client.get(path) for path in paths] + [client.post(path, data=FORM | {"do": "x"}) for path in paths]
    # A form whose address is no secret tells its origin, if to nobody else.
    policies = {"/subscribe": "same-origin", "/unsubscribe": "same-origin"}
    for answer, path in zip(answers, paths + paths, strict=True):
        assert answer.headers["cache-control"] == "no-store"
        expected = policies.get(path, "no-referrer") if answer.request.method == "GET" else "no-referrer"
        assert answer.headers["referrer-policy"] == expected
        assert answer.headers["x-robots-tag"] == "noindex"
        assert "default-src 'none'; style-src 'self'" in answer.headers["content-security-policy"]
        assert "<script" not in answer.text
        assert "style=" not in answer.text
    sheet = client.get(answers[0].text.partition('stylesheet" href="')[2].partition('"')[0])
    assert sheet.headers["content-type"].startswith("text/css")
    assert "max-age=31536000" in sheet.headers["cache-control"]


def test_while_the_database_is_away_pages_say_so(house: House, tmp_path: Path) -> None:
    client = house.client()
    with house.engine.begin() as conn:
        conn.exec_driver_sql("DROP TABLE notes")
    answer: httpx.Response = client.post("/subscribe", data=FORM)
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    assert house.states() == {}


@pytest.mark.parametrize(("kind", "after"), [("bounce", "active"), ("complaint", "suppressed"), ("hand", "suppressed")])
def test_a_suppression_ends_by_the_owners_confirmation_only_after_a_bounce(
    house_of_each_kind: House, kind: Kind, after: str
) -> None:
    house = house_of_each_kind
    house.subscribe()
    with house.engine.begin() as conn:
        suppress_subscriber(conn, ADA, now=house.clock(), reason="told by a server", kind=kind)
    house.clock.now += timedelta(hours=2)  # an hour is between two mails that ask
    client = house.client()
    client.post("/subscribe", data=FORM | {"email": ADA})
    mails = house.post()
    assert len(mails) == (1 if kind == "bounce" else 0)
    for mail in mails:
        assert client.post(path_in(mail, "confirm"), data={}).status_code == 200
    assert house.states() == {"weekly": after}
    with house.engine.begin() as conn:
        assert is_suppressed(conn, ADA) == (kind != "bounce")


def test_an_import_that_asks_first_writes_to_who_left_too_and_waits_for_their_word(house: House) -> None:
    house.subscribe()
    with house.engine.begin() as conn:
        end_subscription(conn, ADA, None, now=house.clock(), how="page")
    house.clock.now += timedelta(hours=2)
    people = house.folder / "people.csv"
    people.write_text(f"email\n{ADA}\n")
    outcome = import_people(house.engine, house.site, people, Wishes("weekly", confirm=True), now=house.clock())
    assert dict(outcome.tally) == {"pending": 1}
    assert house.states() == {"weekly": "pending"}
    (mail,) = house.post()
    assert house.client().post(path_in(mail, "confirm"), data={}).status_code == 200
    assert house.states() == {"weekly": "active"}
