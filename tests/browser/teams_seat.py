"""A person at Microsoft's client for Teams, as it shows itself in a browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Locator, Page, expect
from stage import PATIENCE, picture

BOT = "Referral Bot"
PERSONAL, GROUP = "Personal Chat", "Group chat"


class TeamsSeat:
    """Their page: the list of chats and channels, and the conversation that is open."""

    def __init__(self, page: Page, title: str) -> None:
        self.page = page
        self.cards = page.locator(".ac-adaptiveCard")
        self._title = title
        self._open = ""
        self._taken = 0

    # -- what they do

    async def opens(self, name: str) -> None:
        """Go to a chat or a channel."""
        await self.page.get_by_text(name, exact=True).first.click()
        self._open = name
        await expect(self._box(last=False)).to_be_visible()

    async def writes(self, text: str) -> None:
        """Write in the open chat; in a group the bot has to be named."""
        await self._box(last=False).click()
        if self._open == GROUP:
            await self._mentions()
        await self.page.keyboard.insert_text(text)
        await self.page.keyboard.press("Enter")

    async def posts(self, text: str, *, naming: bool = True) -> None:
        """Begin a thread in the open channel, to the bot if it is named."""
        await self._box(last=False).click()
        if naming:
            await self._mentions()
        await self.page.keyboard.insert_text(" " + text)
        await self.page.get_by_role("button", name="Post", exact=True).click()

    async def replies(self, text: str) -> None:
        """Write in the only thread of the open channel."""
        await self._box(last=True).click()
        await self._mentions()
        await self.page.keyboard.insert_text(" " + text)
        await self.page.keyboard.press("Enter")

    async def _mentions(self) -> None:
        await self.page.keyboard.type("@")
        await self.page.get_by_role("menuitem", name=BOT).last.click()

    async def makes_referral(self) -> None:
        """Use the message extension on the newest post."""
        await self.page.get_by_role("button", name="Show more information").first.click()
        await self.page.get_by_text("Action Command").click()
        # The client doesn't read the manifest, so it asks for the command.
        await self.page.get_by_role("dialog").get_by_role("textbox").fill("make_referral")
        await self.page.get_by_role("button", name="Create").click()

    async def leaves_dialog(self) -> None:
        """Close the dialog that covers the page."""
        dialog = self.page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Close").click()
        await expect(dialog).to_have_count(0)

    async def searches(self, words: str) -> Locator:
        """Search from the compose box; returns where what is found stands."""
        await self.page.get_by_role("button", name="Trigger Message Extension App").last.click()
        await self.page.get_by_text("Search Command").click()
        await self.page.get_by_placeholder("Enter a search term").fill(words)
        return self.page.locator("[role=dialog], [role=group], .fui-PopoverSurface").last

    async def presses(self, button: str, where: Locator | None = None) -> None:
        """Press the newest button of this name."""
        await (where or self.page).get_by_role("button", name=button, exact=True).last.click()

    async def form(self, title: str) -> Locator:
        """The card that is a form of this title."""
        form = self.cards.filter(has=self.page.get_by_text(title, exact=True)).filter(
            has=self.page.locator("input, textarea")
        )
        await expect(form.last).to_be_visible()
        return form.last

    async def chooses(self, form: Locator, label: str, option: str | re.Pattern[str]) -> None:
        """Take an option of a menu."""
        await form.get_by_role("combobox", name=label).click()
        await self.page.get_by_role("option", name=option).first.click()

    # -- what they see

    async def reads(self, words: str | re.Pattern[str]) -> None:
        """Wait until the bot has said this in the open conversation."""
        await expect(self.cards.filter(has_text=words).last).to_be_visible()

    async def told(self) -> list[str]:
        """What stands on the bot's cards of the open conversation, from above."""
        return [" ".join(text.split()) for text in await self.cards.all_inner_texts()]

    async def picture(self, name: str) -> None:
        """Keep how the page looks now."""
        self._taken += 1
        await self.page.screenshot(path=picture(f"{self._title} {self._taken:02} {name}"))

    def _box(self, *, last: bool) -> Locator:
        boxes = self.page.locator('[contenteditable=true][role="textbox"]')
        return boxes.last if last else boxes.first


@asynccontextmanager
async def teams_seat(browser: Browser, address: str, title: str) -> AsyncIterator[TeamsSeat]:
    """The client, open in the browser. What it fetches from elsewhere it must do without."""
    context = await browser.new_context(viewport={"width": 1500, "height": 1100}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    await context.route(lambda url: not url.startswith(address), lambda route: route.abort())
    page = await context.new_page()
    await page.goto(address)
    seat = TeamsSeat(page, title)
    try:
        yield seat
    except BaseException:
        await seat.picture("failed")
        raise
    finally:
        await context.close()
