"""Where patients' data may be, and where it is looked for in vain."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from bot import COMPLETE, FORM, PDF, WholeBot

from handlers.demo.faults import server_error
from handlers.settings import given_settings
from referral_bot.errors import SetupError

IDENTIFIERS = {
    "name": "Whitcomb",
    "given name": "Jane",
    "address": "418 Maple Ave",
    "postal code": "61602",
    "birth date": "3/14/1962",
    "birth date in the form": "1962-03-14",
    "birth date in words": "March 14, 1962",
    "telephone": "555-0123",
    "another telephone": "555-0177",
    "fax": "555-0178",
    "e-mail": "jw1962@example.com",
    "social security number": "078-05-1120",
    "record number": "MRN4471902",
    "beneficiary number": "XJH882193400",
    "account number": "88120034",
    "licence": "D400-7836-0001",
    "vehicle": "BK44721",
    "device": "PM-77120-QX",
    "URL": "example.org/jane-photos",
    "IP address": "192.168.10.44",
    "biometric": "VP-00417-A",
    "photograph": "jane-face",
    "any other code": "ZQ-1188-07",
}
"""The eighteen kinds of 45 CFR 164.514(b)(2), by something that gives each away wherever it stands."""
EVERYTHING = (
    "Jane Whitcomb of 418 Maple Ave, Peoria, IL 61602, born 3/14/1962 (March 14, 1962), tel 309-555-0123 or "
    "(309) 555-0177, fax 309-555-0178, jw1962@example.com, SSN 078-05-1120, MRN4471902, member "
    "XJH882193400, account 88120034, licence D400-7836-0001, plate BK44721, pacemaker PM-77120-QX, "
    "https://example.org/jane-photos, seen from 192.168.10.44, voiceprint VP-00417-A, study ZQ-1188-07"
)
PHOTO = ("jane-face-whitcomb.pdf", PDF[1])
POSTS = ("chat.postMessage", "chat.update", "files.getUploadURLExternal", "files.completeUploadExternal")
WHISPERS = ("chat.postEphemeral", "response_url", "views.publish")


def found(text: str) -> list[str]:
    return [kind for kind, value in IDENTIFIERS.items() if value.casefold() in text.casefold()]


async def say_everything(bot: WholeBot) -> None:
    """Type every identifier through every flow that takes words or files, on both sides."""
    office, intake = bot.maria, bot.tess
    message = await office.mentions(f"{COMPLETE}. {EVERYTHING}", files=[PHOTO])
    draft = bot.thread_of(message)
    await office.says(f"notes: {EVERYTHING}", under=draft)
    await office.opens(draft.head, "Edit")
    form = {**FORM, "Notes": EVERYTHING, "Member ID": "XJH882193400", "Files": [PHOTO]}
    assert (await office.fills_in({**form, "Reason": EVERYTHING})).ok
    await office.presses(draft.head, "Submit")
    card = bot.intake
    await office.says(EVERYTHING, under=draft, files=[PHOTO])
    await office.says(f"can you call her? {EVERYTHING}", under=draft)
    await intake.mentions(f"tell them {EVERYTHING}", under=card)
    await intake.opens(card.head, "Ask the office")
    assert (await intake.fills_in({"Question": EVERYTHING})).ok
    await office.says(f"Yes: {EVERYTHING}", under=draft)
    await intake.opens(card.head, "Log a call")
    assert (await intake.fills_in({"How it went": "No answer", "Note": EVERYTHING})).ok
    await office.opens(draft.head, "Change")
    assert (await office.fills_in({"Notes": f"{EVERYTHING}!", "Phone": "309-555-0177"})).ok
    await bot.books()
    await office.opens(draft.head, "Cancel appointment")
    assert (await office.fills_in({"Reason": "Another reason", "In words": EVERYTHING})).ok
    await bot.books()
    await bot.nina.presses(card.head, "Seen")
    await bot.nina.opens(card.head, "Send report")
    assert (await bot.nina.fills_in({"Report": EVERYTHING, "Files": [PHOTO]})).ok
    await intake.opens(card.head, "Close")
    assert (await intake.fills_in({"Reason": "Everything is done", "For the office": EVERYTHING})).ok
    await office.says(f"one more thing? {EVERYTHING}", under=draft)
    await office.mentions(f"status {EVERYTHING}")
    await bot.omar.mentions(f"status of {EVERYTHING}")
    await bot.stranger.mentions(f"refer {EVERYTHING}")
    await office.mentions(f"do you see people like {EVERYTHING}?")
    await intake.mentions(f"tell them yes: {EVERYTHING}", under=bot.intake)
    await office.commands("/referral-status", EVERYTHING)
    await office.commands("/availability", EVERYTHING)
    await office.player.home()
    await intake.player.home()
    await bot.settled()
    await decline_with_everything(bot)
    await bot.later(days=3)


async def decline_with_everything(bot: WholeBot) -> None:
    await bot.sent(COMPLETE)
    await bot.tess.opens(bot.intake.head, "Decline")
    words = {"Reason": "Another reason", "In words": EVERYTHING, "Alternative": EVERYTHING}
    assert (await bot.tess.fills_in(words)).ok


async def test_in_minimal_mode_no_post_carries_anything_of_the_patient(bot: WholeBot) -> None:
    await say_everything(bot)
    posts = bot.workspace.calls.incoming(*POSTS, *WHISPERS)
    assert len(posts) > 40
    for call in posts:
        assert found(json.dumps(call.payload, ensure_ascii=False)) == [], call.payload


@pytest.mark.parametrize("phi", ["full"])
async def test_in_full_mode_no_fall_back_text_or_file_name_carries_anything(bot: WholeBot) -> None:
    await say_everything(bot)
    for call in bot.workspace.calls.incoming(*POSTS):
        for key in ("text", "filename", "files", "metadata"):
            assert found(json.dumps(call.payload.get(key), ensure_ascii=False)) == [], call.payload


@pytest.mark.parametrize("phi", ["full", "minimal"])
async def test_no_log_line_metric_or_address_carries_anything(bot: WholeBot, logs: io.StringIO) -> None:
    await say_everything(bot)
    assert '"started"' in logs.getvalue()
    assert found(logs.getvalue()) == []
    status, metrics = await bot.get("/metrics")
    assert status == 200
    assert found(metrics) == []
    for call in bot.workspace.calls.incoming("views.open", "views.update", "views.publish"):
        for url in _urls(call.payload):
            assert found(url) == []


@pytest.mark.parametrize("phi", ["full", "minimal"])
async def test_nothing_can_be_read_in_the_databases_bytes(bot: WholeBot) -> None:
    await say_everything(bot)
    _search_files(bot)
    await bot.stop()
    _search_files(bot)
    await bot.start()


def _search_files(bot: WholeBot) -> None:
    files = list(bot.folder.glob("bot.db*"))
    assert files
    for file in files:
        assert found(file.read_bytes().decode("latin-1")) == [], file.name


async def test_errors_that_are_logged_carry_nothing(bot: WholeBot, logs: io.StringIO) -> None:
    await bot.sent()
    bot.workspace.faults.next("chat.postMessage", server_error(), times=3)
    await bot.maria.says(EVERYTHING, under=bot.office)
    form = await bot.maria.opens(bot.office.head, "Change")
    with bot.locked():
        assert not (await bot.maria.fills_in({"Notes": EVERYTHING})).ok
    assert form.errors
    for event in ("outbox_retry", "submit_failed"):
        assert event in logs.getvalue()
    assert found(logs.getvalue()) == []


async def test_details_open_for_the_person_who_pressed_alone(bot: WholeBot) -> None:
    await bot.sent()
    form = await bot.tess.opens(bot.intake.head, "Show details")
    for words in ("Jane Whitcomb", "03/14/1962", "309-555-0123", "Blue Cross Blue Shield", "R00.2"):
        assert words in form.plain
    assert bot.raj.view is None
    assert bot.maria.view is None
    assert "Whitcomb" not in bot.intake
    assert bot.audit("referral.details") == [("tess", "viewed")]


async def test_words_that_the_thread_hides_stand_in_the_details(bot: WholeBot) -> None:
    await bot.sent()
    await bot.maria.says("Jane can also be reached at 309-555-0177 after four", under=bot.office)
    assert "J. can also be reached at ••• after four" in bot.intake.news[-1]
    assert "Something is left out here: press Show details on the card." in bot.intake.news[-1]
    form = await bot.tess.opens(bot.intake.head, "Show details")
    assert "Maria Gomez: Jane can also be reached at 309-555-0177 after four" in form.plain


async def test_what_is_medical_is_left_in_the_words(bot: WholeBot) -> None:
    await bot.sent()
    said = "BP 140/90, EF 55%, metoprolol 50 mg, HbA1c 7.2, R00.2; free Mon 9-12 or Dec 9, 10:30 AM"
    await bot.maria.says(said, under=bot.office)
    assert said in bot.intake.news[-1]


async def test_the_office_sees_its_own_details_and_no_others(bot: WholeBot) -> None:
    await bot.sent()
    form = await bot.joy.opens(bot.office.head, "Show details")
    assert "Jane Whitcomb" in form.plain
    bot.workspace.channels["C0LAKESIDE"].members.add("U0OMAR")
    await bot.omar.presses(bot.office.head, "Show details")
    assert bot.omar.view is None
    assert "Whitcomb" not in bot.omar.told
    assert bot.audit("referral.details") == [("joy", "viewed")]
    assert bot.rows("SELECT action FROM audit WHERE actor_key = 'omar'") == [("refused",)]


async def test_every_change_is_in_the_record_and_the_record_holds(bot: WholeBot) -> None:
    await bot.reported()
    done = [what for (what,) in bot.rows("SELECT what FROM audit ORDER BY seq")]
    for what in (
        *("referral.drafted", "referral.submitted", "referral.booked", "referral.seen"),
        "referral.report_sent",
    ):
        assert what in done
    assert all(actor for (actor,) in bot.rows("SELECT actor_key FROM audit WHERE what LIKE 'referral.%'"))


def test_full_mode_without_the_attestation_is_refused_with_a_sentence() -> None:
    for attested in ("", "Priya", "Priya Shah,"):
        with pytest.raises(SetupError, match="PHI_MODE=full needs the attestation"):
            given_settings(slack_bot_token="x", slack_signing_secret="y", phi_mode="full", phi_baa=attested)


def test_none_is_refused_with_a_sentence() -> None:
    with pytest.raises(SetupError, match="PHI_MODE=none is not available yet"):
        given_settings(slack_bot_token="x", slack_signing_secret="y", phi_mode="none")


def _urls(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "url":
                yield str(part)
            yield from _urls(part)
    elif isinstance(value, list):
        for part in value:
            yield from _urls(part)
    elif isinstance(value, str) and value.startswith(("{", "[")):
        yield from _urls(json.loads(value))
