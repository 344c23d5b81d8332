"""The browser that the tests of this folder look through."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from stage import chromium

from handlers.demo import packages

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip("no Chromium; `make.py test` looks for one, or set CHROMIUM to its path")
    async with chromium(CHROMIUM) as running:
        yield running


@pytest.fixture(scope="session")
def teams_client() -> None:
    """Microsoft's client for Teams, and its card renderer, are there."""
    if not packages.is_installed(for_tests=True):
        pytest.skip("no client for Teams; `make.py test` gets it from npm")
