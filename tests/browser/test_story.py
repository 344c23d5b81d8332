"""The whole story, played on the demo's page against the real bot: every step a person would take."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect
from stage import picture, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

REFERRAL = (
    "@Referral Bot refer Jane Whitcomb, DOB 3/14/1962, 309-555-0123, BCBS. "
    "Palpitations R00.2, cardiology, urgent. Dr. Patel"
)
EKG = {"name": "whitcomb ekg.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + b"trace " * 300}
REPORT = {"name": "echo.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + b"echo " * 300}


async def test_referral_is_sent_answered_booked_seen_reported_and_closed(browser: Browser) -> None:
    async with stage(browser, "story") as play:
        maria, tess = play.left, play.right
        await maria.reads("This is the beginning of #lakeside")
        await play.picture("start")

        await play.guide.get_by_role("button", name="Type it for me").click()
        await play.page.keyboard.press("Enter")
        await maria.opens_newest_thread()
        await maria.reads("New referral, not sent yet", maria.thread)
        await play.picture("draft")
        await maria.replies("Member ID XQZ123456, she needs a Spanish interpreter")
        await maria.reads("XQZ123456", maria.thread)
        await play.picture("answered in the thread")

        form = await maria.opens("Edit", "Edit the draft", maria.thread)
        await play.picture("form")
        await maria.finds(form, "Insurance", "ambet", "Ambetter: not accepted here")
        await form.get_by_role("combobox", name="Insurance").fill("blue")
        await play.picture("payer")
        await form.get_by_role("option", name="Blue Cross Blue Shield: accepted").click()
        await form.get_by_role("combobox", name="Diagnosis codes").fill("syncope")
        await expect(form.get_by_role("option", name="R55 Syncope and collapse")).to_be_visible()
        await play.picture("diagnosis")
        await form.get_by_role("option", name="R55 Syncope and collapse").click()
        await form.locator(".modal__body").evaluate("node => node.scrollTo(0, 1e6)")
        await play.picture("form below")
        await maria.sends(form, "Save")
        await maria.reads("R55", maria.thread)
        await maria.presses("Submit", maria.thread)
        await maria.reads(re.compile("RB-"), maria.thread)
        await tess.reads("Jane Whitcomb")
        await play.picture("submitted")

        await tess.presses("Claim")
        await maria.reads("Tess Moran (intake) has your referral", maria.thread)
        await tess.opens_newest_thread()
        await play.picture("claimed")
        form = await tess.opens("Ask the office", "Ask the office", tess.thread)
        await form.get_by_label("Question").fill("Which medications does she take?")
        await play.picture("ask")
        await tess.sends(form, "Ask")
        await maria.reads("Which medications does she take?", maria.thread)
        await play.picture("asked")
        await maria.replies("Metoprolol 25 mg once a day, nothing else.")
        await tess.reads("Metoprolol 25 mg", tess.thread)
        await play.picture("answered")

        await tess.presses("Accept", tess.thread)
        await maria.reads("Accepted by Tess Moran", maria.thread)
        form = await tess.opens("Book", "Book", tess.thread)
        await play.picture("book")
        await form.get_by_role("combobox", name="Time").fill("Tue, Nov 17")
        await form.get_by_role("option", name="9:40 AM").first.click()
        await tess.sends(form, "Book")
        await maria.reads("100 N Main St", maria.thread)
        await play.picture("booked")

        await play.turns("+1 hour", "10:20 AM")
        await maria.reads("Coming up: Tue, Nov 17, 9:40 AM CST", maria.thread)
        await play.picture("reminded")
        await play.turns("Next morning 8:00", "Tue, Nov 17")
        await play.turns("+1 hour", "9:00 AM")
        await play.turns("+1 hour", "10:00 AM")
        await tess.presses("Arrived", tess.thread)
        await maria.reads("The patient has arrived", maria.thread)
        await play.picture("arrived")
        await tess.presses("Seen", tess.thread)
        await maria.reads("The patient was seen today", maria.thread)

        form = await tess.opens("Send report", "Send report", tess.thread)
        await form.get_by_label("Report").fill("Benign palpitations, echo normal. Continue metoprolol.")
        await form.get_by_label("Files").set_input_files(REPORT)
        await play.picture("report form")
        await tess.sends(form, "Send")
        await maria.reads("Continue metoprolol", maria.thread)
        await expect(maria.thread.get_by_role("link", name=".pdf")).to_be_visible()
        await play.picture("reported")
        await maria.presses("Close", maria.thread)
        await maria.reads("How did we do?", maria.thread)
        await play.picture("closed")
        await maria.presses("Very good", maria.thread)
        await tess.reads("Very good", tess.thread)
        await play.picture("rated")


async def test_time_is_found_chosen_with_a_form_and_booked_by_the_office_itself(browser: Browser) -> None:
    async with stage(browser, "times") as play:
        maria, tess = play.left, play.right
        await maria.writes("@Referral Bot when can you see a new cardiology patient at North, mornings?")
        await maria.opens_newest_thread()
        await expect(maria.thread.get_by_role("button", name="Choose")).to_have_count(5)
        await maria.reads("Dr. Anna Lee, North Clinic", maria.thread)
        await play.picture("open times")

        await maria.writes("/refer ")
        form = await maria.form("New referral")
        await maria.sends_in_vain(form, "Submit")
        await play.picture("errors")
        await form.get_by_label("Patient name").fill("Ruth Okonkwo")
        await form.get_by_label("Date of birth").fill("7/2/1958")
        await form.get_by_label("Phone").fill("309-555-0177")
        await maria.finds(form, "Insurance", "ambet", "Ambetter: not accepted here")
        await form.get_by_role("radio", name="Cardiology").check()
        await maria.sends_in_vain(form, "Submit")
        await play.picture("reason missing")
        await form.get_by_label("Reason").fill("Leg swelling and shortness of breath")
        await maria.sends(form, "Submit")
        await tess.reads("Ruth Okonkwo")
        await play.picture("sent by the form")
        form = await maria.opens("Choose a time", "Choose a time")
        await form.get_by_role("combobox", name="Time").click()
        await play.picture("choose a time")
        await form.get_by_role("option", name="Tue, Nov 17").first.click()
        await maria.sends(form, "Choose")
        await tess.reads("Booked: Tue, Nov 17")
        await maria.reads("Tue, Nov 17")
        await maria.opens_newest_thread()
        await maria.reads("Booked by Maria Gomez", maria.thread)
        await play.picture("booked by the office")


async def test_everybody_sees_what_is_theirs(browser: Browser) -> None:
    async with stage(browser, "people") as play:
        maria, tess = play.left, play.right
        await maria.writes(REFERRAL)
        await maria.opens_newest_thread()
        await maria.presses("Submit", maria.thread)
        await tess.presses("Claim")
        await maria.reads("has your referral", maria.thread)

        for person in (maria, tess):
            await person.opens_channel("Referral Bot")
            await person.pane.get_by_role("tab", name="Home").click()
            await person.reads("Jane Whitcomb", person.home)
        await play.picture("home")

        for person in (maria, tess):
            await person.pane.get_by_role("tab", name="Messages").click()
            await person.writes("help")
        await maria.opens_newest_thread()
        await maria.reads("when can you see", maria.thread)
        await tess.reads("What I can do", tess.pane)
        await play.picture("help")
        await maria.presses("All mine", maria.thread)
        await maria.reads("Received. Next: Tess Moran", maria.thread)
        await play.picture("all mine")

        await maria.becomes("Omar Haddad")
        await maria.writes("@Referral Bot status Jane Whitcomb")
        await maria.opens_newest_thread()
        unknown = maria.thread.locator(".message").last
        await expect(unknown).to_contain_text("Referral Bot")
        await expect(unknown).not_to_contain_text(re.compile("Tess|Received|Cardiology"))
        await play.picture("omar")

        await tess.becomes("Dana Cole")
        await tess.opens_channel("Referral Bot")
        await play.turns("Next morning 8:00", "Tue, Nov 17")
        await play.picture("dana")


async def test_referral_waits_goes_on_and_is_reopened_and_the_morning_list_comes(browser: Browser) -> None:
    async with stage(browser, "waiting") as play:
        maria, tess = play.left, play.right
        await maria.writes(REFERRAL)
        await maria.opens_newest_thread()
        await maria.presses("Submit", maria.thread)
        await tess.presses("Claim")
        await tess.opens_newest_thread()
        form = await tess.opens("Put on hold", "Put on hold", tess.thread)
        await form.get_by_label("Until").fill("2026-11-18")
        await form.get_by_role("combobox", name="Reason").click()
        await form.get_by_role("option", name="The patient asked to wait").click()
        await form.get_by_label("For the office").fill("She is away until Tuesday.")
        await play.picture("hold")
        await tess.sends(form, "Put on hold")
        await maria.reads("On hold until Wed, Nov 18, 8:00 AM CST", maria.thread)
        await maria.reads("She is away until Tuesday.", maria.thread)
        await play.picture("on hold")

        await maria.opens_channel("Referral Bot")
        await maria.writes("all mine")
        await maria.opens_newest_thread()
        await maria.presses("Send me this every morning", maria.thread)
        await maria.reads("first on Tue, Nov 17, 8:00 AM CST", maria.thread)
        await play.picture("morning list asked for")
        await play.turns("Next morning 8:00", "Tue, Nov 17")
        await maria.thread.get_by_role("button", name="Close thread").click()
        await maria.reads("Good morning")
        await maria.reads("On hold until Wed, Nov 18")
        await play.picture("morning list")
        await play.turns("Next morning 8:00", "Wed, Nov 18")
        await tess.reads("The time on hold is over. Next: Tess Moran", tess.thread)
        await play.picture("goes on")

        form = await tess.opens("Decline", "Decline", tess.thread)
        await form.get_by_role("combobox", name="Reason").click()
        await form.get_by_role("option", name="Not enough information to decide").click()
        await form.get_by_label("Alternative").fill("Send us the EKG.")
        await tess.sends(form, "Decline")
        form = await tess.opens("Reopen", "Reopen", tess.thread)
        await form.get_by_label("What is still to be done").fill("The EKG has come by fax.")
        await tess.sends(form, "Reopen")
        await maria.opens_channel("lakeside")
        await maria.opens_newest_thread()
        await maria.reads("Reopened by Tess Moran (intake)", maria.thread)
        await play.picture("reopened")


async def test_minimal_mode_shows_the_patient_only_to_who_asks(browser: Browser) -> None:
    async with stage(browser, "minimal", phi="minimal") as play:
        maria, tess = play.left, play.right
        await maria.writes(REFERRAL)
        await maria.opens_newest_thread()
        await maria.reads("Also given", maria.thread)
        await play.picture("draft")
        await maria.presses("Submit", maria.thread)
        await tess.reads("J. W. · Cardiology")
        await expect(tess.pane).not_to_contain_text("Whitcomb")

        await maria.thread.get_by_label("Files to attach").set_input_files(EKG)
        await maria.replies("Her EKG")
        await tess.opens_newest_thread()
        await tess.reads("added a file", tess.thread)
        await tess.presses("Show details", tess.thread)
        details = await tess.form(re.compile("RB-"))
        await tess.reads("Patient name: Jane Whitcomb", details)
        await expect(maria.dialog).to_have_count(0)
        await play.picture("details")

        async with play.page.context.expect_page() as opening:
            await details.get_by_role("link").click()
        document = await opening.value
        address = document.url
        assert "whitcomb" not in address.lower()
        await document.screenshot(path=picture("minimal 03 document"))
        async with document.expect_download() as loading:
            await document.get_by_role("button", name="Open the document").click()
        download = await loading.value
        assert (await download.path()).read_bytes() == EKG["buffer"]
        assert "ekg" not in download.suggested_filename
        answer = await document.request.post(address)
        assert answer.status == 404
        assert "has been used" in await answer.text()


async def test_one_person_at_a_time_fits_a_phone(browser: Browser) -> None:
    async with stage(browser, "phone", size=(390, 844)) as play:
        maria, tess = play.left, play.right
        await maria.writes(REFERRAL)
        await maria.opens_newest_thread()
        await maria.reads("New referral, not sent yet", maria.thread)
        await play.picture("draft")
        form = await maria.opens("Edit", "Edit the draft", maria.thread)
        await play.picture("form")
        await maria.sends(form, "Save")
        await maria.presses("Submit", maria.thread)
        await play.page.get_by_role("button", name="Tess Moran").click()
        await tess.reads("Jane Whitcomb")
        await play.picture("card")
        await tess.presses("Claim")
        await tess.opens_newest_thread()
        await tess.reads("claimed it", tess.thread)
        await play.picture("thread")
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await play.page.evaluate(overflow) == 0
