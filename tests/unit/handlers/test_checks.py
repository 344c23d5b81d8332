from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from handlers.checks import Finding, Level, check_everything, declared_scopes
from handlers.importing import import_directory
from handlers.settings import Settings, given_settings
from handlers.shipped import EXAMPLE, shipped
from storage import new_key, open_store


@dataclass
class FakeSlack:
    """Answers auth.test."""

    url: str = ""
    answer: dict[str, object] = field(default_factory=lambda: {"ok": True, "team": "Riverbend"})
    scopes: set[str] = field(default_factory=declared_scopes)

    async def auth_test(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer xoxb-1"
        return web.json_response(self.answer, headers={"x-oauth-scopes": ",".join(sorted(self.scopes))})


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    fake = FakeSlack()
    app = web.Application()
    app.add_routes([web.post("/api/auth.test", fake.auth_test)])
    async with TestServer(app) as server:
        fake.url = f"{server.make_url('/api/')}"
        yield fake


def settings_for(slack: FakeSlack, folder: Path, **more: object) -> Settings:
    given = {
        "slack_bot_token": "xoxb-1",
        "slack_signing_secret": "secret",
        "slack_api_url": slack.url,
        "database_url": f"sqlite:///{folder / 'bot.db'}",
        "public_url": "https://bot.example.org",
    }
    return given_settings(**given | more)


def import_example(settings: Settings) -> None:
    store = open_store(settings.database_url)
    import_directory(store, shipped(EXAMPLE).read_text())
    store.close()


async def find(settings: Settings, part: str) -> Finding:
    (finding,) = [one for one in await check_everything(settings) if one.part == part]
    return finding


async def test_where_everything_is_in_order_nothing_is_wrong(slack: FakeSlack, tmp_path: Path) -> None:
    settings = settings_for(slack, tmp_path)
    import_example(settings)
    findings = await check_everything(settings)
    assert {finding.part for finding in findings} >= {"settings", "database", "directory", "slack"}
    assert [finding for finding in findings if finding.level is Level.WRONG] == []


async def test_without_a_platform_the_demo_is_pointed_at(tmp_path: Path) -> None:
    settings = given_settings(database_url=f"sqlite:///{tmp_path / 'bot.db'}")
    finding = await find(settings, "settings")
    assert finding.level is Level.WRONG
    assert "referral-bot demo" in str(finding)


async def test_checking_makes_no_database(slack: FakeSlack, tmp_path: Path) -> None:
    finding = await find(settings_for(slack, tmp_path), "database")
    assert finding.level is Level.WRONG
    assert "referral-bot import" in finding.mend
    assert os.listdir(tmp_path) == []


async def test_a_database_without_tables_is_told_to_be_upgraded(slack: FakeSlack, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "bot.db").execute("create table other (id)").connection.close()
    finding = await find(settings_for(slack, tmp_path), "database")
    assert finding.level is Level.WRONG
    assert "referral-bot db upgrade" in finding.said


async def test_a_database_sealed_with_another_key_is_told(slack: FakeSlack, tmp_path: Path) -> None:
    import_example(settings_for(slack, tmp_path))
    finding = await find(settings_for(slack, tmp_path, referral_bot_keys=new_key()), "database")
    assert finding.level is Level.WRONG
    assert "key" in finding.said


async def test_an_empty_database_asks_for_the_directory(slack: FakeSlack, tmp_path: Path) -> None:
    settings = settings_for(slack, tmp_path)
    open_store(settings.database_url).close()
    finding = await find(settings, "directory")
    assert finding.level is Level.WRONG
    assert "referral-bot import FILE" in finding.mend


async def test_links_that_open_on_this_machine_alone_are_noted(slack: FakeSlack, tmp_path: Path) -> None:
    finding = await find(settings_for(slack, tmp_path, public_url=""), "address")
    assert finding.level is Level.NOTE
    assert "PUBLIC_URL" in finding.mend


@pytest.mark.parametrize(("version", "noted"), [((3, 40, 1), True), ((3, 51, 3), False)])
async def test_an_old_sqlite_is_noted_calmly(
    slack: FakeSlack,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: tuple[int, int, int],
    noted: bool,
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    findings = await check_everything(settings_for(slack, tmp_path))
    assert [f.level for f in findings if f.part == "sqlite"] == ([Level.NOTE] if noted else [])


async def test_a_token_that_slack_refuses_is_told_with_its_reason(slack: FakeSlack, tmp_path: Path) -> None:
    slack.answer = {"ok": False, "error": "invalid_auth"}
    finding = await find(settings_for(slack, tmp_path), "slack")
    assert finding.level is Level.WRONG
    assert "invalid_auth" in finding.said
    assert "OAuth & Permissions" in finding.mend


async def test_missing_scopes_are_named(slack: FakeSlack, tmp_path: Path) -> None:
    slack.scopes = declared_scopes() - {"chat:write"}
    finding = await find(settings_for(slack, tmp_path), "slack")
    assert finding.level is Level.WRONG
    assert "chat:write" in finding.said
    assert "app_manifest.yaml" in finding.mend


async def test_a_slack_that_does_not_answer_is_told(slack: FakeSlack, tmp_path: Path) -> None:
    finding = await find(settings_for(slack, tmp_path, slack_api_url="http://127.0.0.1:9/api/"), "slack")
    assert finding.level is Level.WRONG
    assert "SLACK_API_URL" in finding.mend


async def test_no_secret_is_shown(slack: FakeSlack, tmp_path: Path) -> None:
    told = "\n".join(map(str, await check_everything(settings_for(slack, tmp_path))))
    assert "xoxb-1" not in told
    assert "secret" not in told
