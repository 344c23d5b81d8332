"""Whatever comes in wrong gets a clear answer and loses nothing."""

from __future__ import annotations

import asyncio
import json
import random
import time

import aiohttp
import pytest
from bot import COMPLETE, FORM, LAKESIDE, WholeBot, buttons

from handlers.demo.faults import drop_before, hang, rate_limited, server_error, slack_error
from handlers.demo.outgoing import signature
from handlers.turns import NOT_KEPT
from referral_bot.desk import delivery
from referral_bot.model import State

EMOJI = "👩🏽‍⚕️🫀 Ana"
RTL = "نور الدين"
COMBINING = "Zoë Müller-Ñandú"
MARKUP = "<!channel> <@U0TESS> *bold* _it_ ~no~ `code` <https://evil.example|Click> &amp; </script>"


async def test_a_message_with_nothing_readable_is_answered_with_what_can_be_said(bot: WholeBot) -> None:
    for said in ("asdf qwer zxcv", "🙃🙃🙃", "...", "12"):
        message = await bot.maria.mentions(said)
        assert 'Write "refer" and the patient' in bot.thread_of(message), said
    message = await bot.maria.mentions("")
    assert bot.thread_of(message).of_bot, "an empty mention is answered"


@pytest.mark.parametrize("born", ["2/30/1962", "13/45/1962", "3/14/2062", "3/14/1762"])
async def test_an_impossible_or_future_birth_date_is_said_and_asked_for(bot: WholeBot, born: str) -> None:
    await bot.maria.mentions(f"refer Jane Whitcomb, DOB {born}, 309-555-0123, palpitations, cardiology")
    assert "Date of birth" in bot.office.head
    assert "I still need: date of birth" in bot.office.head
    assert "That birth date can't be right." in bot.office.head
    assert (await bot.referral()).packet.patient.name == "Jane Whitcomb"


@pytest.mark.parametrize("born", ["2062-03-14", "1762-03-14"])
async def test_an_impossible_birth_date_in_the_form_is_said_under_it(bot: WholeBot, born: str) -> None:
    await bot.maria.commands("/refer")
    done = await bot.maria.fills_in({**FORM, "Date of birth": born})
    assert set(done.errors) == {"dob"}
    assert bot.maria.form.state["reason"]["in"]["value"] == FORM["Reason"]


async def test_a_phone_of_seven_digits_is_said_and_asked_for(bot: WholeBot) -> None:
    await bot.maria.mentions("refer Jane Whitcomb, DOB 3/14/1962, 555-0123, palpitations, cardiology")
    assert "The phone number has no area code. Please give all ten digits." in bot.office.head
    assert "I still need: phone" in bot.office.head
    await bot.maria.says("309-555-0123", under=bot.office)
    assert (await bot.referral()).packet.patient.phone == "+13095550123"


async def test_a_payer_that_is_not_accepted_is_said_with_the_alternative_and_may_be_sent(
    bot: WholeBot,
) -> None:
    await bot.maria.mentions(COMPLETE.replace("BCBS", "Ambetter"))
    assert "Ambetter" in bot.office.head
    assert "not accepted" in bot.office.head
    assert "Submit" in buttons(bot.office.head)
    await bot.maria.presses(bot.office.head, "Submit")
    assert (await bot.referral()).state is State.SUBMITTED


async def test_an_unknown_service_is_offered_the_practices_own(bot: WholeBot) -> None:
    message = await bot.maria.mentions(COMPLETE.replace("cardiology", "dermatology"))
    thread = bot.thread_of(message)
    assert "Which service is it for?" in thread.last
    await bot.maria.presses(thread.last, "Cardiology")
    assert "Cardiology" in thread.head
    await bot.maria.presses(thread.head, "Submit")
    assert (await bot.referral()).service_key == "cardiology"


async def test_forty_thousand_characters_are_read_and_kept(bot: WholeBot) -> None:
    story = "She has had this for years. " * 1500
    message = await bot.maria.mentions(f"{COMPLETE}. {story}"[:39_900])
    thread = bot.thread_of(message)
    assert "J. W." in thread.head
    await bot.maria.presses(thread.head, "Submit")
    await bot.maria.says(story[:39_900], under=thread)
    assert "adds:" in bot.intake.news[-1]
    assert list(bot.workspace.calls.failed()) == []


async def test_more_than_a_field_shows_is_kept_when_the_form_is_sent_back(bot: WholeBot) -> None:
    await bot.maria.mentions("refer Jane Whitcomb, DOB 3/14/1962, 309-555-0123, palpitations, cardiology")
    await bot.maria.says(
        "pls note: " + "she has told us about this for years, and then again. " * 200, under=bot.office
    )
    long = (await bot.referral()).packet.notes
    await bot.maria.opens(bot.office.head, "Edit")
    assert (await bot.maria.fills_in({"Urgency": "Urgent"})).ok
    assert (await bot.referral()).packet.notes == long
    assert len(long or "") > 3_000


@pytest.mark.parametrize("phi", ["full"])
@pytest.mark.parametrize("name", [EMOJI, RTL, COMBINING])
async def test_emoji_right_to_left_and_combining_characters_are_kept_as_typed(
    bot: WholeBot, name: str
) -> None:
    await bot.maria.commands("/refer")
    given = f"{name} Ruiz"
    assert (await bot.maria.fills_in({**FORM, "Patient name": given, "Notes": f"{EMOJI} {RTL}"})).ok
    assert given in bot.intake.head
    assert (await bot.referral()).packet.patient.name == given
    assert (await bot.referral()).packet.notes == f"{EMOJI} {RTL}"
    await bot.maria.says(f"{EMOJI} {RTL} {COMBINING}", under=bot.office)
    assert f"{EMOJI} {RTL} {COMBINING}" in bot.intake.news[-1]


@pytest.mark.parametrize("phi", ["full"])
async def test_markup_and_mentions_in_every_field_are_only_text(bot: WholeBot) -> None:
    await bot.maria.commands("/refer")
    every = {
        "Patient name": f"Ana {MARKUP}",
        "Member ID": MARKUP[:60],
        "Reason": MARKUP,
        "Referring provider": MARKUP,
        "Preferred time": MARKUP,
        "Notes": MARKUP,
    }
    assert (await bot.maria.fills_in({**FORM, **every})).ok
    await bot.maria.says(f"please add {MARKUP}", under=bot.office)
    await bot.tess.opens(bot.intake.head, "Ask the office")
    await bot.tess.fills_in({"Question": MARKUP})
    await bot.maria.says(f"answer {MARKUP}", under=bot.office)
    await bot.tess.mentions(f"tell them {MARKUP}", under=bot.intake)
    await bot.tess.opens(bot.intake.head, "Decline")
    await bot.tess.fills_in({"Reason": "Another reason", "In words": MARKUP, "Alternative": MARKUP})
    for call in bot.workspace.calls.incoming("chat.postMessage", "chat.update"):
        blocks = json.dumps(call.payload["blocks"])
        assert '"mrkdwn"' not in blocks
        for live in ('"type": "user"', '"type": "broadcast"', '"type": "link"', '"type": "emoji"'):
            assert live not in blocks
        assert "<!channel>" not in call.payload["text"]
        assert "<@U0TESS>" not in call.payload["text"]
    assert "*bold* _it_ ~no~ `code`" in bot.intake.head


async def test_a_file_that_is_too_large_is_refused_in_words(bot: WholeBot) -> None:
    await bot.sent()
    await bot.maria.says("here it is", under=bot.office, files=[("scan.pdf", b"%PDF-" + bytes(21_000_000))])
    assert "A file was not taken: it is larger than 20 MB. Please split it, or send it by fax." in bot.office
    assert "here it is" in bot.intake.news[-1]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("virus.exe", b"MZ\x90"),
        ("fake.pdf", b"MZ\x90 not a pdf"),
        ("page.html", b"<script>"),
        ("x.zip", b"PK"),
    ],
)
async def test_a_file_of_a_type_that_is_not_allowed_is_refused_in_words(
    bot: WholeBot, name: str, content: bytes
) -> None:
    await bot.sent()
    await bot.maria.says(under=bot.office, files=[(name, content)])
    assert "A file was not taken: only PDF, images, Word and text files are taken." in bot.office
    assert "added a file" not in bot.intake


async def test_a_reference_that_does_not_exist_is_said(bot: WholeBot) -> None:
    for said in ("status RB-ZZZZ", "cancel RB-ZZZZ"):
        message = await bot.maria.mentions(said)
        assert "I know of no such referral from your office." in bot.thread_of(message)


async def test_the_same_event_four_times_at_once_has_one_effect(bot: WholeBot) -> None:
    message = await bot.maria.mentions(COMPLETE)
    again = [call for call in bot.workspace.calls.outgoing("message", "app_mention") if call.status == 200]
    for call in again * 4:
        bot.workspace.outgoing.again(call)
    await bot.settled()
    assert len(bot.thread_of(message).of_bot) == 1
    assert bot.rows("SELECT count(*) FROM referral") == [(1,)]


async def test_four_deliveries_of_a_new_event_at_once_have_one_effect(bot: WholeBot) -> None:
    await bot.maria.mentions("help")
    envelope = bot.workspace.calls.outgoing("app_mention")[-1].payload
    event = {**envelope["event"], "ts": "1795536900.000001", "text": f"<@U0BOT> {COMPLETE}"}
    bot.workspace.messages[LAKESIDE][event["ts"]] = bot.workspace.history(LAKESIDE)[0]
    for _ in range(4):
        bot.workspace.outgoing.start_task(bot.workspace.outgoing.deliver({**envelope, "event": event}))
    await bot.settled()
    assert bot.rows("SELECT count(*) FROM referral") == [(1,)]


async def test_submit_pressed_twice_sends_once(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    card = bot.office.head.snapshot()
    await asyncio.gather(*(bot.maria.player.press(card, "Submit") for _ in range(2)))
    await bot.settled()
    assert len(bot.workspace.history("C0INTAKE")) == 1
    reference = (await bot.referral()).reference
    assert f"It was sent already, as {reference}. Nothing was sent twice." in bot.maria.told


async def test_a_form_sent_in_twice_sends_once(bot: WholeBot) -> None:
    await bot.maria.commands("/refer")
    view = bot.maria.form
    await bot.maria.player.fill(view, FORM)
    await bot.maria.player.submit_view(view)
    sent = bot.workspace.calls.outgoing("view_submission")[-1].payload
    await bot.workspace.outgoing.interaction(sent)
    await bot.settled()
    assert len(bot.workspace.history("C0INTAKE")) == 1


async def test_of_two_who_accept_at_once_one_wins_and_the_other_is_told_who(bot: WholeBot) -> None:
    await bot.sent()
    card = bot.intake.head.snapshot()
    both = (bot.tess, bot.raj)
    await asyncio.gather(*(person.player.press(card, "Accept") for person in both))
    await bot.settled()
    referral = await bot.referral()
    winner, loser = both if referral.owner_key == "tess" else reversed(both)
    assert winner.whispers == []
    name = "Tess Moran" if winner is bot.tess else "Raj Patel"
    assert f"Nothing was changed: {name} accepted it" in loser.told
    assert sum("Accepted by" in said for said in bot.office.news) == 1


async def test_of_two_who_take_one_time_at_once_one_gets_it(bot: WholeBot) -> None:
    await bot.sent()
    first = bot.intake
    await bot.sent(COMPLETE.replace("Jane Whitcomb", "Leo Park"))
    second = bot.intake
    wanted = "Tue, Nov 24, 10:20 AM CST, Dr. Anna Lee, North Clinic"
    for person, card in ((bot.tess, first), (bot.raj, second)):
        form = await person.opens(card.head, "Book")
        await person.player.fill(form, {"Time": wanted})
    await asyncio.gather(*(person.player.submit_view() for person in (bot.tess, bot.raj)))
    await bot.settled()
    assert bot.rows("SELECT count(*) FROM appointment WHERE status = 'booked'") == [(1,)]
    told = [person.view.plain for person in (bot.tess, bot.raj) if person.view]
    assert len(told) == 1
    assert "Somebody else took that time just now." in told[0]


# ---------------------------------------------------------------- signatures


async def _post(bot: WholeBot, body: bytes, headers: dict[str, str]) -> int:
    headers = {"Content-Type": "application/json", **headers}
    url = f"{bot.url}/slack/events"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        return answer.status


async def test_a_forged_expired_or_missing_signature_is_refused_and_has_no_effect(bot: WholeBot) -> None:
    await bot.maria.mentions("help")
    envelope = bot.workspace.calls.outgoing("app_mention")[-1].payload
    event = {**envelope["event"], "ts": "1795536900.000001", "text": f"<@U0BOT> {COMPLETE}"}
    body = json.dumps({**envelope, "event": event}).encode()
    now, old = str(int(time.time())), str(int(time.time()) - 301)
    stamp, sign = "X-Slack-Request-Timestamp", "X-Slack-Signature"
    secret = bot.workspace.signing_secret
    right = signature(secret, now, body)
    for headers in (
        {},
        {stamp: now},
        {sign: right},
        {stamp: now, sign: ""},
        {stamp: now, sign: right[:-1] + ("0" if right[-1] != "0" else "1")},
        {stamp: now, sign: signature("another secret", now, body)},
        {stamp: old, sign: signature(secret, old, body)},
        {stamp: "soon", sign: signature(secret, "soon", body)},
        {stamp: now, sign: signature(secret, now, body + b" ")},
    ):
        assert await _post(bot, body, headers) == 401, headers
    await bot.settled()
    assert bot.rows("SELECT count(*) FROM referral") == [(0,)]
    assert await _post(bot, body, {stamp: now, sign: right}) == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"type": "event_callback"}'])
async def test_a_signed_body_that_makes_no_sense_is_no_error_of_ours(bot: WholeBot, body: bytes) -> None:
    now = str(int(time.time()))
    signed = signature(bot.workspace.signing_secret, now, body)
    headers = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": signed}
    assert await _post(bot, body, headers) < 500


# ---------------------------------------------------------------- Slack in trouble


@pytest.mark.parametrize(
    "fault", [rate_limited(2), server_error(500), drop_before(), hang(0.01)], ids=lambda fault: fault.kind
)
async def test_slack_in_trouble_on_a_post_loses_and_doubles_nothing(bot: WholeBot, fault: object) -> None:
    bot.workspace.faults.next("chat.postMessage", fault)  # type: ignore[arg-type]
    message = await bot.maria.mentions(COMPLETE)
    for _ in range(3):
        await bot.later(seconds=5)
    thread = bot.thread_of(message)
    assert len(thread.of_bot) == 1
    await bot.maria.presses(thread.head, "Submit")
    assert (await bot.referral()).state is State.SUBMITTED


async def test_a_form_that_slack_does_not_open_is_said(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    bot.workspace.faults.next("views.open", server_error())
    assert await bot.maria.presses(bot.office.head, "Edit") is None
    assert "Nothing was lost: please press again." in bot.maria.told
    assert await bot.maria.presses(bot.office.head, "Edit") is not None


async def test_a_channel_that_is_gone_is_told_to_the_practice(bot: WholeBot) -> None:
    reference = await bot.sent()
    card = bot.intake
    bot.workspace.archive(LAKESIDE)
    await bot.tess.presses(card.head, "Claim")
    told = bot.newest("C0INTAKE", "could not be delivered")
    about = f"A message about {reference} of Lakeside Family Medicine in channel {LAKESIDE}"
    assert f"{about} could not be delivered (is_archived)." in told.head
    assert "Please tell them another way." in told.head
    assert "Claimed by: Tess Moran" in card.head


async def test_a_lost_intake_channel_is_told_to_the_manager_directly_and_once(bot: WholeBot) -> None:
    await bot.sent()
    bot.workspace.archive("C0INTAKE")
    await bot.maria.says("Her son drives her.", under=bot.office)
    await bot.maria.says("And she needs an interpreter.", under=bot.office)
    told = [said for said in bot.priya.direct if "could not be delivered" in said]
    assert len(told) == 1
    assert "in channel C0INTAKE could not be delivered (is_archived)" in told[0]


async def test_an_emergency_reaches_the_manager_where_the_intake_channel_is_lost(bot: WholeBot) -> None:
    bot.workspace.archive("C0INTAKE")
    await bot.maria.mentions("my patient in the exam room has crushing chest pain and can't breathe")
    assert any("describes an emergency" in said for said in bot.priya.direct)


async def test_a_card_that_somebody_has_deleted_is_posted_anew(bot: WholeBot) -> None:
    await bot.sent()
    posted = "SELECT count(*) FROM outbox WHERE kind = 'head' AND status = 'sent'"
    assert bot.rows(posted) == [(2,)]
    bot.workspace.faults.next("chat.update", slack_error("message_not_found"))
    await bot.tess.presses(bot.intake.head, "Claim")
    assert bot.rows(posted) == [(3,)]
    assert await bot.transact(lambda tx: [row.kind.value for row in tx.dead_letters()]) == ["refresh"]


async def test_what_a_revoked_access_kept_back_leaves_by_command_in_order_and_once(bot: WholeBot) -> None:
    await bot.sent()
    thread = bot.office
    before = len(thread.of_bot)
    for method in ("chat.postMessage", "chat.update"):
        bot.workspace.faults.next(method, slack_error("token_revoked"), times=20)
    await bot.tess.presses(bot.intake.head, "Claim")
    await bot.tess.presses(bot.intake.head, "Accept")
    assert len(thread.of_bot) == before
    assert len(await bot.transact(lambda tx: tx.dead_letters())) >= 4
    bot.workspace.faults.clear()
    assert await bot.transact(lambda tx: delivery.resend_dead(tx, bot.clock.now())) >= 4
    await bot.later(seconds=10)
    assert await bot.transact(lambda tx: tx.dead_letters()) == []
    said = [text.partition(" (intake)")[0] for text in thread.news[-2:]]
    assert said == ["Tess Moran", "Accepted by Tess Moran"]


# ---------------------------------------------------------------- the database in trouble


async def test_a_press_while_the_database_is_locked_is_told_so_and_works_again(bot: WholeBot) -> None:
    await bot.maria.mentions(COMPLETE)
    with bot.locked():
        await bot.maria.presses(bot.office.head, "Submit")
    assert NOT_KEPT in bot.maria.told
    await bot.maria.presses(bot.office.head, "Submit")
    assert (await bot.referral()).state is State.SUBMITTED


async def test_a_message_while_the_database_is_locked_is_brought_again_by_slack(bot: WholeBot) -> None:
    with bot.locked(), bot.workspace.watch() as changes:
        message = await bot.maria.player.say(LAKESIDE, f"<@U0BOT> {COMPLETE}")
        while (await changes.get()).what != "request":
            pass
        assert bot.rows("SELECT count(*) FROM referral") == [(0,)]
    await bot.settled()
    assert "J. W." in bot.thread_of(message).head
    assert len(bot.thread_of(message).of_bot) == 1
    assert any(call.attempt for call in bot.workspace.calls.outgoing("message", "app_mention"))


async def test_a_full_disk_is_told_and_nothing_typed_is_lost(bot: WholeBot) -> None:
    notes = random.Random(1).randbytes(1_400).hex()
    sent = 0
    with bot.disk_full():
        while True:  # a few still find room in pages that are there
            await bot.maria.commands("/refer")
            await bot.maria.player.fill(bot.maria.form, {**FORM, "Notes": notes})
            done = await bot.maria.player.submit_view()
            if not done.ok:
                break
            sent += 1
            assert sent < 30
        assert done.errors == {"patient_name": NOT_KEPT}
        assert bot.maria.form.state["notes"]["in"]["value"] == notes
    assert (await bot.maria.player.submit_view()).ok
    await bot.settled()
    assert bot.rows("SELECT count(*) FROM referral WHERE reference IS NOT NULL") == [(sent + 1,)]
    assert len(bot.workspace.history("C0INTAKE")) == sent + 1


async def test_readiness_tells_of_a_locked_database(bot: WholeBot) -> None:
    assert (await bot.get("/readyz"))[0] == 200
    with bot.locked():
        status, body = await bot.get("/readyz")
    assert status == 503
    assert "unreachable" in body
    assert (await bot.get("/healthz"))[0] == 200
