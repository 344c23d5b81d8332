"""The picture in the README; `SCREENSHOT_README=1 pytest tests/browser/test_readme_picture.py` makes it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser
from stage import picture, stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

README = Path(__file__).parents[2] / "docs" / "demo.png"
MOST = 400_000
"""Bytes: more than that is slow to load where people meet the project."""


async def test_the_readme_shows_the_demo_in_the_middle_of_the_story(browser: Browser) -> None:
    async with stage(browser, "readme", size=(1600, 1090)) as play:
        maria, tess = play.left, play.right
        await play.guide.get_by_role("button", name="Type it for me").click()
        await play.page.keyboard.press("Enter")
        await maria.opens_newest_thread()
        await maria.presses("Submit", maria.thread)
        await tess.presses("Claim")
        await maria.reads("has your referral", maria.thread)
        await tess.reads("Claimed by: Tess Moran")
        form = await tess.opens("Book", "Book")
        await tess.finds(form, "Time", "Tue, Nov 17", "9:40 AM")
        await tess.sends(form, "Book")
        await maria.reads("Please bring", maria.thread)
        await tess.reads("Booked: Tue, Nov 17")
        await play.page.mouse.move(800, 1)
        await play.page.evaluate("document.activeElement.blur()")
        made = README if os.environ.get("SCREENSHOT_README") else picture("readme")
        await play.page.screenshot(path=made)
    assert 50_000 < made.stat().st_size < MOST
