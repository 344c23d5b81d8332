"""The demo's page in a real browser, against canned answers: what it draws, and how it is used."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from fixtures.fake_page_server import BLOCKS, WORKSPACE, FakeWorkspace, make_app
from playwright.async_api import Browser, Locator, Page, Route, expect
from stage import note, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

WIDE, NARROW = (1600, 950), (380, 780)
EXAMPLE = "Jane Whitcomb, DOB 3/14/1962"


@dataclass
class Demo:
    """An open page, the workspace behind it, and what went wrong in it."""

    page: Page
    workspace: FakeWorkspace
    troubles: list[str]

    @property
    def left(self) -> Locator:
        return self.page.locator('[data-pane="left"]')

    @property
    def right(self) -> Locator:
        return self.page.locator('[data-pane="right"]')

    async def open_form(self) -> Locator:
        """The referral form, opened as Maria by its shortcut."""
        await self.left.get_by_role("button", name="Shortcuts").click()
        await self.page.get_by_role("menuitem", name="Refer a patient").click()
        dialog = self.left.get_by_role("dialog", name="Refer a patient")
        await expect(dialog).to_be_visible()
        return dialog

    async def open_all_blocks(self) -> Locator:
        """The message with every kind of block, as Tess sees it."""
        await self.right.get_by_role("button", name="all-blocks").click()
        log = self.right.get_by_role("log", name="Messages in #all-blocks")
        await expect(log.get_by_role("heading", name="Every kind of block")).to_be_visible()
        return log


@pytest_asyncio.fixture(loop_scope="module")
async def demo(request: pytest.FixtureRequest, browser: Browser) -> AsyncIterator[Demo]:
    """The page, at the size that the test asks for or wide; it must stay without errors."""
    width, height = getattr(request, "param", WIDE)
    app = make_app()
    async with TestServer(app, host="127.0.0.1") as server:
        context = await browser.new_context(
            viewport={"width": width, "height": height}, timezone_id="Europe/Berlin", reduced_motion="reduce"
        )
        page = await context.new_page()
        demo = Demo(page, app[WORKSPACE], [])
        page.on("console", lambda message: note(demo.troubles, message.type, message.text))
        page.on("pageerror", lambda error: demo.troubles.append(str(error)))
        await page.goto(str(server.make_url("/")))
        await expect(demo.left.locator(".message").first).to_be_visible()
        yield demo
        await page.screenshot(path=picture(request.node.name))
        hacked = await page.evaluate("window.hacked")
        await context.close()
    assert hacked is None
    assert demo.troubles == []


both_widths = pytest.mark.parametrize("demo", [WIDE, NARROW], indirect=True, ids=["wide", "narrow"])
narrow = pytest.mark.parametrize("demo", [NARROW], indirect=True, ids=["narrow"])

# --- Layout --------------------------------------------------------------------------------------


async def test_wide_screen_shows_office_and_practice_side_by_side(demo: Demo) -> None:
    await expect(demo.left).to_have_attribute("data-person", "U0MARIA")
    await expect(demo.right).to_have_attribute("data-person", "U0TESS")
    await expect(demo.left.get_by_role("button", name="You are Maria Gomez")).to_be_visible()
    await expect(demo.right.get_by_role("log", name="Messages in #intake")).to_be_visible()


@narrow
async def test_narrow_screen_shows_one_person_and_switches_to_the_other(demo: Demo) -> None:
    await expect(demo.right).to_be_hidden()
    await demo.page.get_by_role("button", name="Tess Moran").click()
    await expect(demo.right).to_be_visible()
    await expect(demo.left).to_be_hidden()


@both_widths
async def test_page_never_scrolls_sideways(demo: Demo) -> None:
    await demo.open_form()
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await demo.page.evaluate(overflow) == 0


@narrow
async def test_channels_come_from_the_side_on_a_narrow_screen(demo: Demo) -> None:
    channels = demo.left.get_by_role("navigation", name="Channels")
    await expect(channels).to_be_hidden()
    await demo.left.get_by_role("button", name="Show channels").click()
    await channels.get_by_role("button", name="all-blocks").click()
    await expect(channels).to_be_hidden()
    await expect(demo.left.get_by_role("heading", name="#all-blocks")).to_be_visible()


async def test_person_of_a_pane_can_be_changed(demo: Demo) -> None:
    await demo.left.get_by_role("button", name="You are Maria Gomez").click()
    await demo.page.get_by_role("menuitemradio", name="Omar Haddad").click()
    await expect(demo.left).to_have_attribute("data-person", "U0OMAR")
    await expect(demo.left.get_by_role("log", name="Messages in #hillcrest-referrals")).to_be_visible()
    await expect(demo.left.get_by_role("button", name="Shortcuts")).to_have_count(0)


async def test_guest_of_the_practice_is_called_one(demo: Demo) -> None:
    await demo.left.get_by_role("button", name="You are Maria Gomez").click()
    await expect(demo.page.get_by_text("Guests of Riverbend Heart & Vascular")).to_be_visible()
    await demo.page.get_by_role("menuitemradio", name="Gus Guest").click()
    await expect(demo.left.get_by_text("front desk, guest of Riverbend Heart & Vascular")).to_be_visible()


async def test_people_who_cannot_be_played_are_not_offered(demo: Demo) -> None:
    await demo.left.get_by_role("button", name="You are Maria Gomez").click()
    await expect(demo.page.get_by_role("menuitemradio")).to_have_count(9)
    await expect(demo.page.get_by_role("menuitemradio", name="Sunil Patel")).to_have_count(0)


# --- Blocks --------------------------------------------------------------------------------------


async def test_every_kind_of_block_is_drawn(demo: Demo) -> None:
    log = await demo.open_all_blocks()
    kinds = {block["type"] for block in BLOCKS["every_kind"]}
    drawn = await log.locator(".block").evaluate_all("nodes => nodes.map(node => node.dataset.type)")
    assert kinds <= set(drawn)
    await expect(log.get_by_text("This page can't show a “unheard_of” block")).to_be_visible()
    assert await log.locator(".block .unsupported").count() == 1


async def test_mrkdwn_becomes_elements(demo: Demo) -> None:
    log = await demo.open_all_blocks()
    text = log.locator(".section__text").first
    for selector, words in (
        ("strong", "Bold"),
        ("em", "italic"),
        ("s", "struck"),
        ("code", "code"),
        ('a[href="https://example.org"]', "a link"),
        ("blockquote", "quoted words"),
        ("pre", "pre\nformatted"),
    ):
        await expect(text.locator(selector).first).to_have_text(words)
    await expect(text.get_by_text("@Joy Tan")).to_be_visible()
    await expect(text.get_by_text("#lakeside-referrals")).to_be_visible()
    await expect(text).to_contain_text("<escaped>")
    await expect(text).to_contain_text("Visit Nov 24, 2026 at 12:00 AM")


async def test_rich_text_keeps_styles_lists_and_mentions(demo: Demo) -> None:
    rich = (await demo.open_all_blocks()).locator(".rich-text").first
    await expect(rich.locator("strong")).to_have_text("most of it")
    await expect(rich.locator("ul > li")).to_have_count(2)
    await expect(rich.locator("ol > li")).to_have_text("ECG still to come")
    await expect(rich.locator("blockquote")).to_have_text("mornings at North if possible")
    await expect(rich.get_by_text("@Maria Gomez")).to_be_visible()
    await expect(rich).to_contain_text("✅")


async def test_table_has_heads_and_aligned_cells(demo: Demo) -> None:
    table = (await demo.open_all_blocks()).get_by_role("table")
    await expect(table.get_by_role("columnheader")).to_have_text(["Promise", "Owner", "Kept"])
    await expect(table.get_by_role("cell", name="41")).to_have_css("text-align", "end")


async def test_picture_of_another_server_is_not_fetched(demo: Demo) -> None:
    asked: list[str] = []
    demo.page.on("request", lambda request: asked.append(request.url))
    log = await demo.open_all_blocks()
    await expect(log.get_by_role("img", name="A picture from elsewhere")).to_be_visible()
    await expect(log.get_by_role("img", name="Open time by day")).to_be_visible()
    assert not [url for url in asked if "elsewhere" in url]


async def test_collapsed_container_opens(demo: Demo) -> None:
    log = await demo.open_all_blocks()
    inside = log.get_by_text("Nov 23, 4:10 PM: no answer")
    await expect(inside).to_be_hidden()
    await log.get_by_text("Call attempts").click()
    await expect(inside).to_be_visible()


async def test_hostile_text_stays_text(demo: Demo) -> None:
    log = await demo.open_all_blocks()
    assert await log.get_by_text(BLOCKS["hostile"]).count() >= 4
    assert await log.locator("img[onerror], script, a[href^='javascript']").count() == 0
    composer = demo.right.get_by_role("textbox", name="Message #all-blocks")
    await composer.fill(BLOCKS["hostile"])
    await composer.press("Enter")
    await expect(log.locator(".message").last).to_contain_text(BLOCKS["hostile"])
    assert await log.locator("img[onerror], script").count() == 0


# --- Messages ------------------------------------------------------------------------------------


async def test_times_and_days_are_in_the_zone_of_the_workspace(demo: Demo) -> None:
    log = demo.left.get_by_role("log", name="Messages in #lakeside-referrals")
    await expect(log.get_by_role("separator", name="Yesterday")).to_be_visible()
    await expect(log.get_by_role("separator", name="Today")).to_be_visible()
    await expect(log.locator("time").last).to_have_text("9:41 AM")
    await expect(demo.page.get_by_role("group", name="The demo's clock")).to_contain_text("9:41 AM CST")


async def test_message_is_sent_once_and_shows_as_on_its_way_until_it_is(demo: Demo) -> None:
    demo.workspace.delay = 0.3
    composer = demo.left.get_by_role("textbox", name="Message #lakeside-referrals")
    await composer.fill("first line")
    await composer.press("Shift+Enter")
    await composer.press_sequentially("second line")
    await composer.press("Enter")
    await expect(demo.left.get_by_text("Sending…")).to_be_visible()
    await expect(composer).to_have_value("")
    await expect(demo.left.get_by_text("Sending…")).to_have_count(0)
    sent = demo.left.locator(".message", has_text="first line")
    await expect(sent).to_have_count(1)
    await expect(sent).to_have_attribute("data-ts", re.compile(r"^\d+\.\d{6}$"))
    assert [body["text"] for body in demo.workspace.bodies("/page/say")] == ["first line\nsecond line"]


async def test_late_answer_does_not_undo_what_was_pushed_meanwhile(demo: Demo) -> None:
    async def answer_late(route: Route) -> None:
        answer = await route.fetch()
        sent = (await answer.json())["message"]
        await demo.workspace.post("C0LAKESIDE", "U0BOT", "Read.", thread=sent["ts"])
        await expect(bar).to_be_visible()
        await route.fulfill(response=answer)

    await demo.page.route("**/page/say", answer_late)
    bar = demo.left.locator(".message", has_text="status, please").locator(".reply-bar")
    composer = demo.left.get_by_role("textbox", name="Message #lakeside-referrals")
    await composer.fill("status, please")
    async with demo.page.expect_response("**/page/say"):
        await composer.press("Enter")
    await demo.page.evaluate("new Promise(requestAnimationFrame)")
    await expect(bar).to_have_text(re.compile("1 reply"))


async def test_message_that_fails_says_so_and_can_be_sent_again(demo: Demo) -> None:
    demo.workspace.failing.add("/page/say")
    composer = demo.left.get_by_role("textbox", name="Message #lakeside-referrals")
    await composer.fill("are you there?")
    await composer.press("Enter")
    failed = demo.left.get_by_role("article", name="Message not sent")
    await expect(failed).to_contain_text("Referral Bot isn't responding")
    demo.workspace.failing.clear()
    demo.troubles.clear()  # the browser notes the 502 by itself
    await failed.get_by_role("button", name="Send again").click()
    await expect(failed).to_have_count(0)
    await expect(demo.left.locator(".message[data-ts]", has_text="are you there?")).to_have_count(1)


async def test_thread_opens_takes_a_reply_and_closes_with_escape(demo: Demo) -> None:
    await demo.left.get_by_role("button", name="1 reply").last.click()
    thread = demo.left.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_role("heading", name="Referral for Jane Whitcomb")).to_be_visible()
    reply = thread.get_by_role("textbox", name="Reply in this thread")
    await expect(reply).to_be_focused()
    await reply.fill("Her ECG follows")
    await reply.press("Enter")
    await expect(thread.get_by_text("2 replies")).to_be_visible()
    await reply.press("Escape")
    await expect(thread).to_be_hidden()
    await expect(demo.left.get_by_role("button", name="2 replies")).to_be_visible()
    assert demo.workspace.bodies("/page/say")[0]["thread"]


async def test_ephemeral_is_private_and_can_be_dismissed(demo: Demo) -> None:
    private = demo.left.locator(".message", has_text="Only visible to you")
    await expect(private).to_contain_text("Your draft is kept")
    await private.get_by_role("button", name="Dismiss message").click()
    await expect(private).to_have_count(0)
    await demo.right.get_by_role("button", name="lakeside-referrals").click()
    await expect(demo.right.get_by_text("Jane Whitcomb").first).to_be_visible()
    await expect(demo.right.get_by_text("Only visible to you")).to_have_count(0)


async def test_submit_updates_the_card_counts_and_notifies_the_practice(demo: Demo) -> None:
    await demo.right.get_by_role("button", name="Referral Bot").click()
    await demo.left.get_by_role("button", name="1 reply").last.click()
    await demo.left.get_by_role("button", name="Submit").click()
    thread = demo.left.get_by_role("complementary", name="Thread")
    await expect(thread).to_contain_text("RB-7K2M is sent")
    await expect(thread).to_contain_text("(edited)")
    await expect(demo.right.get_by_role("button", name="intake 1 unread")).to_be_visible()
    toast = demo.page.get_by_role("status", name="Notifications, right").get_by_role("button").first
    await expect(toast).to_contain_text("New referral RB-7K2M, urgent")
    await expect(toast).not_to_contain_text("Whitcomb")
    await toast.click()
    await expect(demo.right.get_by_role("log", name="Messages in #intake")).to_be_visible()
    await expect(demo.right.get_by_role("button", name="unread")).to_have_count(1)


async def test_notification_of_a_reply_opens_its_thread(demo: Demo) -> None:
    workspace = demo.workspace
    head = next(message for message in workspace.messages["C0LAKESIDE"] if message["user"] == "U0MARIA")
    await demo.left.get_by_role("button", name="Referral Bot").click()
    await workspace.post("C0LAKESIDE", "U0BOT", "Booked for *Nov 30*.", thread=head["ts"])
    notice = {"type": "notify", "channel": "C0LAKESIDE", "name": "Referral Bot", "text": "Booked"}
    await workspace.tell("U0MARIA", notice)
    await demo.page.get_by_role("status", name="Notifications, left").get_by_role("button").first.click()
    thread = demo.left.get_by_role("complementary", name="Thread")
    await expect(thread).to_contain_text("Booked for Nov 30.")
    await workspace.tell("U0MARIA", notice)
    await workspace.tell("U0MARIA", {**notice, "channel": "D0MARIA", "text": "Good morning"})
    toasts = demo.page.get_by_role("status", name="Notifications, left").locator(".toast")
    await expect(toasts).to_have_count(1)
    await expect(toasts).to_contain_text("Good morning")


async def test_notification_goes_when_its_channel_is_opened(demo: Demo) -> None:
    await demo.left.get_by_role("button", name="Referral Bot").click()
    await demo.workspace.post("C0LAKESIDE", "U0TESS", "<@U0MARIA> we have room on Friday")
    notice = {
        "type": "notify",
        "channel": "C0LAKESIDE",
        "name": "Tess Moran",
        "text": "@Maria Gomez we have room",
    }
    await demo.workspace.tell("U0MARIA", notice)
    toast = demo.page.get_by_role("status", name="Notifications, left").locator(".toast")
    await expect(toast).to_contain_text("we have room")
    await demo.left.get_by_role("button", name="lakeside-referrals").click()
    await expect(toast).to_have_count(0)


async def test_channel_behind_a_thread_stays_unread(demo: Demo) -> None:
    await demo.right.get_by_role("button", name="1 reply").click()
    await demo.workspace.post("C0INTAKE", "U0BOT", "RB-9Q4T is new", blocks=BLOCKS["referral"])
    await demo.workspace.tell("U0TESS", {"type": "unread", "channel": "C0INTAKE", "unread": 1})
    await expect(demo.right.get_by_role("button", name="intake 1 unread")).to_be_visible()
    async with demo.page.expect_response("**/page/read"):
        await demo.page.keyboard.press("Escape")
    await expect(demo.right.get_by_role("button", name="intake 1 unread")).to_have_count(0)
    assert demo.workspace.bodies("/page/read") == [{"as": "U0TESS", "channel": "C0INTAKE"}]


async def test_bot_is_completed_after_an_at_sign(demo: Demo) -> None:
    composer = demo.left.get_by_role("textbox", name="Message #lakeside-referrals")
    await composer.press_sequentially("@ref")
    await expect(demo.page.get_by_role("option", name="Referral Bot")).to_be_visible()
    await composer.press("Enter")
    await expect(composer).to_have_value("@Referral Bot ")
    await composer.press_sequentially("status")
    await composer.press("Enter")
    await expect(demo.left.locator(".message").last).to_contain_text("@Referral Bot status")


async def test_command_is_completed_and_run(demo: Demo) -> None:
    composer = demo.left.get_by_role("textbox", name="Message #lakeside-referrals")
    await composer.press_sequentially("/re")
    await composer.press("Tab")
    await expect(composer).to_have_value("/refer ")
    await composer.press("Enter")
    await expect(demo.left.get_by_role("dialog", name="Refer a patient")).to_be_visible()
    assert demo.workspace.bodies("/page/command")[0]["text"] == "/refer"


async def test_unknown_command_keeps_what_was_typed(demo: Demo) -> None:
    composer = demo.left.get_by_role("textbox", name="Message #lakeside-referrals")
    await composer.fill("/discharge Jane")
    await composer.press("Enter")
    await expect(demo.left.get_by_text("/discharge isn't a command here")).to_be_visible()
    await expect(composer).to_have_value("/discharge Jane")


async def test_file_is_attached_shown_and_sent(demo: Demo) -> None:
    await demo.left.get_by_label("Files to attach").first.set_input_files(
        {"name": "ecg.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 trace"}
    )
    composer = demo.left.get_by_role("textbox", name="Message #lakeside-referrals")
    await expect(demo.left.get_by_role("list", name="Attachments")).to_contain_text("ecg.pdf")
    await composer.press("Enter")
    await expect(demo.left.locator(".message").last.get_by_role("link", name="ecg.pdf")).to_be_visible()
    [file] = demo.workspace.bodies("/page/say")[0]["files"]
    assert file == {"name": "ecg.pdf", "base64": "JVBERi0xLjQgdHJhY2U="}


async def test_message_shortcut_names_its_message(demo: Demo) -> None:
    message = demo.left.locator(".message", has_text="Do you take 16-year-olds")
    await message.hover()
    await message.get_by_role("button", name="More message actions").click()
    await demo.page.get_by_role("menuitem", name="Make this a referral").click()
    await expect(demo.left.get_by_role("dialog", name="Refer a patient")).to_be_visible()
    [body] = demo.workspace.bodies("/page/shortcut")
    assert body["ts"] == await message.get_attribute("data-ts")
    assert body["callback_id"] == "from_message"


async def test_messages_are_walked_with_the_arrows_and_opened_with_enter(demo: Demo) -> None:
    log = demo.left.get_by_role("log", name="Messages in #lakeside-referrals")
    await log.focus()
    await demo.page.keyboard.press("Home")
    await expect(log.locator(".message").first).to_be_focused()
    await demo.page.keyboard.press("ArrowDown")
    await demo.page.keyboard.press("Enter")
    thread = demo.left.get_by_role("complementary", name="Thread")
    await expect(thread).to_contain_text("Done 🎉")


# --- Elements ------------------------------------------------------------------------------------


async def test_confirm_is_asked_before_a_press_reaches_the_app(demo: Demo) -> None:
    log = await demo.open_all_blocks()
    decline = log.get_by_role("button", name="Decline")
    await decline.click()
    question = demo.right.get_by_role("dialog", name="Decline this referral?")
    await question.get_by_role("button", name="Keep it").click()
    await expect(question).to_have_count(0)
    assert demo.workspace.bodies("/page/press") == []
    await decline.click()
    async with demo.page.expect_response("**/page/press"):
        await question.get_by_role("button", name="Decline").click()
    await expect(question).to_have_count(0)
    [body] = demo.workspace.bodies("/page/press")
    assert (body["as"], body["action_id"], body["value"]) == ("U0TESS", "decline", "decline")


async def test_press_that_fails_is_told(demo: Demo) -> None:
    log = await demo.open_all_blocks()
    await log.get_by_role("button", name="Fails").click()
    await expect(
        demo.right.get_by_role("alert").filter(has_text="Referral Bot isn't responding")
    ).to_be_visible()
    demo.troubles.clear()  # the browser notes the 502 by itself


async def test_elements_of_a_message_tell_the_app_what_was_chosen(demo: Demo) -> None:
    log = await demo.open_all_blocks()
    await log.get_by_role("combobox", name="Hand over to").click()
    await demo.page.get_by_role("option", name="Nina Brooks").click()
    async with demo.page.expect_response(lambda answer: "2026-12-01" in (answer.request.post_data or "")):
        await log.get_by_label("A day").fill("2026-12-01")
    await log.get_by_role("button", name="More actions").click()
    await demo.page.get_by_role("menuitem", name="Print").click()
    await log.get_by_role("button", name="Good").click()
    await expect(log.get_by_role("button", name="Good")).to_have_attribute("aria-pressed", "true")
    pressed = {body["action_id"]: body for body in demo.workspace.bodies("/page/press")}
    assert pressed["assign"]["selected"]["value"] == "nina"
    assert pressed["day"]["selected"] == "2026-12-01"
    assert pressed["more"]["selected"]["value"] == "print"
    assert pressed["rate"]["value"] == "good"


# --- Modals --------------------------------------------------------------------------------------


@both_widths
async def test_form_is_filled_and_sent_with_the_keyboard_alone(demo: Demo) -> None:
    dialog = await demo.open_form()
    keyboard = demo.page.keyboard
    await expect(dialog.get_by_label("Patient name")).to_be_focused()
    await keyboard.type("Jane Whitcomb")
    await dialog.get_by_label("Date of birth").fill("1962-03-14")
    reason = dialog.get_by_role("combobox", name="Reason")
    await reason.focus()
    await keyboard.type("s")
    await expect(dialog.get_by_text("Type at least 2 letters to search")).to_be_visible()
    await keyboard.type("yn")
    option = dialog.get_by_role("option", name="R55 Syncope and collapse")
    await expect(option).to_be_visible()
    await expect(dialog.get_by_text("ICD-10-CM", exact=True)).to_be_visible()
    await keyboard.press("Enter")
    await expect(reason).to_have_value("R55 Syncope and collapse")
    await dialog.get_by_role("radio", name="Routine").focus()
    await keyboard.press("ArrowDown")
    await dialog.get_by_role("checkbox", name="Wheelchair").focus()
    await keyboard.press("Space")
    places = dialog.get_by_role("combobox", name="Places")
    await places.focus()
    await keyboard.press("ArrowDown")
    await keyboard.press("ArrowDown")
    await keyboard.press("ArrowDown")
    await keyboard.press("Enter")
    await expect(dialog.get_by_role("button", name="Remove South Clinic")).to_be_visible()
    await keyboard.press("Escape")
    await dialog.get_by_role("button", name="Submit").focus()
    await keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    [body] = demo.workspace.bodies("/page/view/submit")
    values = body["values"]
    assert values["name"] == {"v": "Jane Whitcomb"}
    assert values["dob"] == {"v": "1962-03-14"}
    assert values["reason"]["icd"]["value"] == "R55"
    assert values["payer"]["payer"]["value"] == "blue_cross_blue_shield"
    assert values["service"]["v"]["value"] == "cardiology"
    assert values["urgency"]["v"]["value"] == "urgent"
    assert [option["value"] for option in values["needs"]["v"]] == ["wheelchair"]
    assert [option["value"] for option in values["places"]["v"]] == ["south"]


async def test_type_ahead_waits_for_a_pause_and_walks_with_the_arrows(demo: Demo) -> None:
    dialog = await demo.open_form()
    reason = dialog.get_by_role("combobox", name="Reason")
    await reason.focus()
    await demo.page.keyboard.type("pa")
    await expect(dialog.get_by_role("option")).to_have_count(2)
    assert [body["text"] for body in demo.workspace.bodies("/page/suggest")] == ["pa"]
    await demo.page.keyboard.press("ArrowDown")
    active = await reason.get_attribute("aria-activedescendant")
    await expect(dialog.locator(f"#{active}")).to_have_text("R07.9 Chest pain, unspecified")
    await demo.page.keyboard.press("Escape")
    await expect(dialog.get_by_role("option")).to_have_count(0)
    await expect(reason).to_have_value("")
    await expect(dialog).to_be_visible()


async def test_tab_stays_inside_the_modal_and_escape_returns_the_focus(demo: Demo) -> None:
    dialog = await demo.open_form()
    inside = "dialog => dialog.contains(document.activeElement)"
    for key in [*["Tab"] * 40, *["Shift+Tab"] * 45]:
        await demo.page.keyboard.press(key)
        assert await dialog.evaluate(inside)
    await dialog.get_by_label("Patient name").focus()
    await demo.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(demo.left.get_by_role("button", name="Shortcuts")).to_be_focused()


async def test_closing_a_touched_form_is_asked_about(demo: Demo) -> None:
    dialog = await demo.open_form()
    await dialog.get_by_label("Patient name").fill("Jane")
    await demo.page.keyboard.press("Escape")
    question = demo.left.get_by_role("dialog", name="Close without sending?")
    await question.get_by_role("button", name="Keep writing").click()
    await expect(dialog.get_by_label("Patient name")).to_have_value("Jane")
    await dialog.get_by_role("button", name="Cancel").click()
    await question.get_by_role("button", name="Close").click()
    await expect(dialog).to_have_count(0)


async def test_errors_stand_under_their_fields(demo: Demo) -> None:
    dialog = await demo.open_form()
    await dialog.get_by_role("button", name="Submit").click()
    name = dialog.get_by_label("Patient name")
    await expect(name).to_be_focused()
    await expect(name).to_have_attribute("aria-invalid", "true")
    await expect(name).to_have_accessible_description(re.compile("required"))
    assert demo.workspace.bodies("/page/view/submit") == []
    await name.fill("Jane Whitcomb")
    await dialog.get_by_label("Date of birth").fill("1962-03-14")
    await dialog.get_by_role("combobox", name="Reason").fill("R55")
    await dialog.get_by_role("option", name="R55").click()
    await dialog.get_by_label("Phone").fill("555")
    await dialog.get_by_role("button", name="Submit").click()
    phone = dialog.get_by_label("Phone")
    await expect(phone).to_have_accessible_description("A phone number has ten digits Ten digits")
    await expect(phone).to_be_focused()
    await expect(name).not_to_have_attribute("aria-invalid", "true")


async def test_updated_view_keeps_what_was_typed(demo: Demo) -> None:
    dialog = await demo.open_form()
    await dialog.get_by_label("Patient name").fill("Jane Whitcomb")
    await dialog.get_by_role("combobox", name="Insurance").click()
    await dialog.get_by_role("option", name="Medicare").click()
    await expect(dialog.get_by_text("Accepted at North and South.")).to_be_visible()
    await expect(dialog.get_by_label("Patient name")).to_have_value("Jane Whitcomb")
    await expect(dialog.get_by_role("combobox", name="Insurance")).to_have_value("Medicare")
    [body] = demo.workspace.bodies("/page/press")
    assert body["selected"]["value"] == "medicare"
    assert body["values"]["name"] == {"v": "Jane Whitcomb"}


async def test_pushed_view_goes_back_to_what_was_typed(demo: Demo) -> None:
    dialog = await demo.open_form()
    await dialog.get_by_label("Patient name").fill("Jane Whitcomb")
    await dialog.get_by_role("button", name="More about insurance").click()
    second = demo.left.get_by_role("dialog", name="Insurance")
    await expect(second).to_contain_text("We take four payers.")
    await second.get_by_role("button", name="Back").first.click()
    question = demo.left.get_by_role("dialog", name="Close without sending?")
    await expect(question).to_have_count(0)
    await expect(dialog.get_by_label("Patient name")).to_have_value("Jane Whitcomb")


async def test_file_of_a_form_is_sent_with_it(demo: Demo) -> None:
    dialog = await demo.open_form()
    await dialog.get_by_label("Files").set_input_files(
        {"name": "ecg.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    )
    await expect(dialog.get_by_role("button", name="Remove ecg.pdf")).to_be_visible()
    await dialog.get_by_label("Patient name").fill("Jane Whitcomb")
    await dialog.get_by_label("Date of birth").fill("1962-03-14")
    await dialog.get_by_role("combobox", name="Reason").fill("R55")
    await dialog.get_by_role("option", name="R55").click()
    await dialog.get_by_role("button", name="Submit").click()
    await expect(dialog).to_have_count(0)
    [body] = demo.workspace.bodies("/page/view/submit")
    [file] = body["values"]["files"]["v"]
    assert (file["name"], file["base64"]) == ("ecg.pdf", "JVBERi0xLjQ=")


async def test_home_tab_is_drawn(demo: Demo) -> None:
    await demo.left.get_by_role("button", name="Referral Bot").click()
    await demo.left.get_by_role("tab", name="Home").click()
    home = demo.left.get_by_role("tabpanel", name="Home")
    await expect(home.get_by_role("heading", name="What needs you")).to_be_visible()
    await home.get_by_role("button", name="New referral").click()
    await expect(demo.left.get_by_role("dialog", name="Refer a patient")).to_be_visible()
    assert demo.workspace.bodies("/page/press")[0]["view_id"] == "V0HOME"


# --- Clock and guide -----------------------------------------------------------------------------


async def test_clock_is_turned_and_days_are_named_anew(demo: Demo) -> None:
    clock = demo.page.get_by_role("group", name="The demo's clock")
    await clock.get_by_role("button", name="+1 hour").click()
    await expect(clock).to_contain_text("10:41 AM CST")
    await clock.get_by_role("button", name="Next morning 8:00").click()
    await expect(clock).to_contain_text("Wed, Nov 25")
    await expect(clock).to_contain_text("8:00 AM CST")
    log = demo.left.get_by_role("log", name="Messages in #lakeside-referrals")
    await expect(log.get_by_role("separator", name="Yesterday")).to_be_visible()
    await expect(log.get_by_role("separator", name="Today")).to_have_count(0)
    async with demo.page.expect_response(lambda answer: "speed" in (answer.request.post_data or "")):
        await clock.get_by_label("Speed of the clock").select_option("60")
    assert demo.workspace.bodies("/page/clock")[-1] == {"speed": 60}


@both_widths
async def test_guide_types_for_the_visitor_and_ticks_off_what_was_done(demo: Demo) -> None:
    guide = demo.page.get_by_role("region", name="Guide")
    await guide.get_by_role("button", name="Type it for me").click()
    composer = demo.left.get_by_role("textbox", name="Message #lakeside-referrals")
    await expect(composer).to_be_focused()
    await expect(composer).to_have_value(re.compile(f"^@Referral Bot refer {EXAMPLE}"))
    await composer.press("Enter")
    await expect(guide).to_contain_text("2. Check and submit")
    await guide.get_by_role("button", name="Open the thread").click()
    await demo.left.get_by_role("button", name="Submit").click()
    await expect(guide).to_contain_text("3. Claim it")
    await guide.get_by_role("button", name="Show Tess").click()
    await demo.right.get_by_role("button", name="Claim").last.click()
    await expect(guide).to_contain_text("4. Answer the office")


async def test_dismissed_guide_stays_away_until_it_is_wanted(demo: Demo) -> None:
    guide = demo.page.get_by_role("region", name="Guide")
    await guide.get_by_role("button", name="Close the guide").click()
    await demo.page.reload()
    await expect(demo.left.locator(".message").first).to_be_visible()
    await expect(guide).to_be_hidden()
    await demo.page.get_by_role("button", name="Guide").click()
    await expect(guide).to_be_visible()


async def test_broken_connection_is_told_and_what_was_missed_is_read(demo: Demo) -> None:
    for socket in list(demo.workspace.sockets["U0MARIA"]):
        await socket.close()
    await expect(demo.left.get_by_text("Reconnecting…")).to_be_visible()
    demo.workspace.add("C0LAKESIDE", "U0JOY", "said meanwhile")
    await expect(demo.left.get_by_text("said meanwhile")).to_be_visible()
    await expect(demo.left.get_by_text("Reconnecting…")).to_be_hidden()
