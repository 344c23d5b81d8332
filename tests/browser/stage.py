"""The demo's page as a person uses it: the real bot behind it, mouse and keyboard in front."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from handlers.demo.run import Demo, demo
from handlers.demo.story import story

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SIZE = (1600, 1000)
MONDAY = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
"""The day on which every story begins, at 9:20 in the practice's zone."""
PATIENCE = 20_000
"""Milliseconds that anything on the page may take before a test gives up: far more than it takes."""
PICTURES = Path(__file__).parents[2] / "artifacts" / "screenshots"

expect.set_options(timeout=PATIENCE)


def picture(title: str) -> Path:
    """Where the screenshot of this title goes: into `SCREENSHOTS`, or the project's artifacts."""
    folder = Path(os.environ.get("SCREENSHOTS") or PICTURES)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')}.png"


def note(troubles: list[str], kind: str, text: str) -> None:
    """Keep what a page's console says went wrong."""
    if kind in ("error", "warning"):
        troubles.append(text)


@asynccontextmanager
async def chromium(path: str) -> AsyncIterator[Browser]:
    """A browser without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        await browser.close()


class Seat:
    """One of the page's two workspaces, and who sits at it."""

    def __init__(self, page: Page, place: str) -> None:
        self.page = page
        self.pane = page.locator(f'[data-pane="{place}"]')
        self.thread = self.pane.get_by_role("complementary", name="Thread")
        self.log = self.pane.locator(".column").get_by_role("log")
        self.home = self.pane.get_by_role("tabpanel", name="Home")
        self.dialog = self.pane.get_by_role("dialog")

    # -- what they do

    async def becomes(self, name: str) -> None:
        """Sit down as somebody else."""
        await self.pane.get_by_role("button", name="You are").click()
        await self.page.get_by_role("menuitemradio", name=name).click()
        await expect(self.pane.get_by_role("button", name=f"You are {name}")).to_be_visible()

    async def writes(self, text: str) -> None:
        """Write into the open channel; a thread that covers it is closed."""
        if await self.thread.is_visible():
            await self.thread.get_by_role("button", name="Close thread").click()
        await self._types(self.pane.locator(".column").get_by_role("textbox"), text)

    async def replies(self, text: str) -> None:
        """Write into the open thread."""
        await self._types(self.thread.get_by_role("textbox"), text)

    async def _types(self, composer: Locator, text: str) -> None:
        await composer.fill(text)
        await composer.press("Enter")
        await expect(composer).to_have_value("")

    async def opens_channel(self, name: str) -> None:
        """Go to a channel, or to the bot."""
        await self.pane.get_by_role("navigation").get_by_role("button", name=name).click()

    async def opens_newest_thread(self) -> None:
        """Open the thread of the channel's newest message that has one."""
        await self.log.locator(".reply-bar").last.click()
        await expect(self.thread).to_be_visible()

    async def presses(self, button: str, where: Locator | None = None) -> None:
        """Press the newest button of this name that stands there."""
        await (where or self.log).get_by_role("button", name=button, exact=True).last.click()

    async def opens(self, button: str, title: str | re.Pattern[str], where: Locator | None = None) -> Locator:
        """Press a button that opens a form."""
        await self.presses(button, where)
        return await self.form(title)

    async def form(self, title: str | re.Pattern[str]) -> Locator:
        """The form before them."""
        form = self.pane.get_by_role("dialog", name=title, exact=True)
        await expect(form).to_be_visible()
        return form

    async def sends(self, form: Locator, button: str) -> None:
        """Send a form; it closes."""
        await form.locator("footer").get_by_role("button", name=button, exact=True).click()
        await expect(form).to_have_count(0)

    async def sends_in_vain(self, form: Locator, button: str) -> None:
        """Send a form that isn't complete."""
        await form.locator("footer").get_by_role("button", name=button, exact=True).click()
        await expect(form.locator(".field__error:visible").first).to_be_visible()

    async def finds(self, form: Locator, label: str, typed: str, option: str) -> None:
        """Type into a type-ahead and take an option."""
        await form.get_by_role("combobox", name=label).fill(typed)
        await form.get_by_role("option", name=option).first.click()

    # -- what they see

    async def reads(self, words: str | re.Pattern[str], where: Locator | None = None) -> None:
        """Wait until this stands there: in the open channel, or where it is looked for."""
        await expect(where or self.log).to_contain_text(words)


@dataclass
class Stage:
    """A demo that runs, and its page."""

    running: Demo
    page: Page
    title: str
    troubles: list[str] = field(default_factory=list)
    _taken: int = 0

    def __post_init__(self) -> None:
        self.left = Seat(self.page, "left")
        self.right = Seat(self.page, "right")
        self.clock = self.page.get_by_role("group", name="The demo's clock")
        self.guide = self.page.get_by_role("region", name="Guide")

    async def turns(self, button: str, until: str) -> None:
        """Turn the clock by one of its buttons."""
        await self.clock.get_by_role("button", name=button).click()
        await expect(self.clock).to_contain_text(until)

    async def picture(self, name: str) -> None:
        """Keep how the page looks now."""
        self._taken += 1
        await self.page.screenshot(path=picture(f"{self.title} {self._taken:02} {name}"))


@asynccontextmanager
async def stage(
    browser: Browser,
    title: str,
    *,
    phi: str = "full",
    size: tuple[int, int] = SIZE,
    teams: str = "",
) -> AsyncIterator[Stage]:
    """The demo, open in the browser; the page must stay without errors. `teams` is who is in Teams too."""
    async with demo(port=free_port(), phi=phi, seed=7, today=MONDAY, teams=teams) as running:
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        playing = Stage(running, page, title)
        page.on("console", lambda message: note(playing.troubles, message.type, message.text))
        page.on("pageerror", lambda error: playing.troubles.append(str(error)))
        await page.goto(running.url)
        try:
            yield playing
        except BaseException:
            print(story(running.workspace))
            await playing.picture("failed")
            raise
        finally:
            await context.close()
    assert playing.troubles == []


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
