"""`referral-bot check`: whether everything is in order, part by part, each with its mend. Changes nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from sqlalchemy.engine import make_url

from handlers.hosts import is_loopback
from handlers.settings import Settings, require_platform
from handlers.shipped import MANIFEST, shipped
from referral_bot.errors import ReferralBotError, SetupError
from referral_bot.model import Phi
from referral_bot.practice import Practice
from storage import SqlStore, migrations, open_store
from storage.opening import engine_for

SLACK_SECONDS = 10.0
TEAMS_SECONDS = 15.0


class Level(StrEnum):
    """How a finding stands. Only `WRONG` makes the check fail."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What was found of one part, and what to do about it where there is something to do."""

    part: str
    level: Level
    said: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.level:5}  {self.part:9}  {self.said}{f' {self.mend}' if self.mend else ''}"


async def check_everything(settings: Settings) -> list[Finding]:
    """Every finding, in the order in which one sets things up."""
    findings = list(check_settings(settings))
    findings += await asyncio.to_thread(lambda: list(check_database(settings)))
    if settings.slack_bot_token is not None:
        findings.append(await check_slack(settings.slack_bot_token.get_secret_value(), settings))
    if settings.has_teams:
        findings.append(await check_teams(settings))
    return findings


def check_settings(settings: Settings) -> Iterator[Finding]:
    """The settings as such; those that cannot be together were refused when they were read."""
    try:
        require_platform(settings)
        yield Finding("settings", Level.OK, f"{_platforms(settings)}, at {settings.public_url}.")
    except SetupError as nothing:
        yield Finding("settings", Level.WRONG, str(nothing))
    if settings.phi is Phi.FULL:
        yield Finding(
            "patients", Level.OK, f"Details stand in the threads; BAA attested by {settings.phi_baa}."
        )
    else:
        yield Finding(
            "patients", Level.OK, "Threads carry the reference and initials; details open privately."
        )
    host = make_url(settings.public_url).host or ""
    if is_loopback(host):
        yield Finding(
            "address",
            Level.NOTE,
            "Links to pages open on this machine only.",
            "Set PUBLIC_URL to how people's browsers reach this server.",
        )


def _platforms(settings: Settings) -> str:
    slack = f"Slack {'in Socket Mode' if settings.socket_mode else 'over HTTP'}"
    served = [(settings.has_slack, slack), (settings.has_teams, "Teams")]
    return " and ".join(name for is_served, name in served if is_served)


def check_database(settings: Settings) -> Iterator[Finding]:
    """The database, its keys, and what has been imported into it."""
    yield from _check_sqlite(settings)
    try:
        store = _open_as_it_is(settings)
    except SetupError as trouble:
        yield Finding("database", Level.WRONG, str(trouble))
        return
    if store is None:
        yield Finding(
            "database",
            Level.WRONG,
            "There is no database yet.",
            "`referral-bot import FILE` makes it, with a key file beside it.",
        )
        return
    try:
        yield Finding("database", Level.OK, f"Reachable, at migration {migrations.HEAD}, and its keys fit.")
        yield _check_directory(store, settings)
        yield from _check_outbox(store)
    except ReferralBotError as trouble:
        yield Finding("database", Level.WRONG, str(trouble))
    finally:
        store.close()


def _check_sqlite(settings: Settings) -> Iterator[Finding]:
    version = sqlite3.sqlite_version_info
    if settings.database_url.startswith("sqlite") and (3, 7, 0) <= version < (3, 51, 3):
        yield Finding(
            "sqlite",
            Level.NOTE,
            f"SQLite {sqlite3.sqlite_version} has a rare fault with two writers at once (mended in 3.51.3). "
            "This program writes through one connection, so it is not affected.",
            "Do not let other programs write to the file.",
        )


def _open_as_it_is(settings: Settings) -> SqlStore | None:
    """The store, if its database is there and needs no migration; none if there is no file."""
    keys = settings.referral_bot_keys
    if settings.database_url.startswith("sqlite"):
        if not Path(make_url(settings.database_url).database or "").is_file():
            return None
        engine = engine_for(settings.database_url)
        try:
            found = migrations.current(engine)
        finally:
            engine.dispose()
        if found is None or found < migrations.HEAD:
            raise SetupError(
                f"The database is at migration {found or 'none'}, this program wants {migrations.HEAD}: "
                "run `referral-bot db upgrade`."
            )
    return open_store(settings.database_url, keys.get_secret_value() if keys else None)


def _check_directory(store: SqlStore, settings: Settings) -> Finding:
    practice: Practice | None = store.transact(lambda tx: tx.practice()).result()
    if practice is None:
        mend = "Describe the practice as examples/practice.yaml does, and run `referral-bot import FILE`."
        return Finding("directory", Level.WRONG, "No practice has been imported.", mend)
    offices = len(store.transact(lambda tx: tx.offices()).result())
    staff = len(store.transact(lambda tx: tx.people(None)).result())
    said = f"{practice.name}: {staff} of its people and {offices} offices."
    served = {"slack": settings.has_slack, "teams": settings.has_teams}
    if any(served.values()) and not any(served.get(platform) for platform in practice.channels):
        mend = "Add `channels: {slack: C…}` or `channels: {teams: 19:…}` to the practice and import it again."
        return Finding("directory", Level.WRONG, f"{said} Its staff have no channel to answer in.", mend)
    return Finding("directory", Level.OK, said)


def _check_outbox(store: SqlStore) -> Iterator[Finding]:
    count = len(store.transact(lambda tx: tx.dead_letters()).result())
    if count:
        yield Finding(
            "outbox",
            Level.NOTE,
            "1 message could not be delivered."
            if count == 1
            else f"{count} messages could not be delivered.",
            "`referral-bot outbox show` says why; after the mend, `referral-bot outbox resend`.",
        )


async def check_slack(token: str, settings: Settings) -> Finding:
    """Whether Slack takes the token, and whether it has every scope that the manifest asks for."""
    try:
        answer, granted = await _auth_test(token, settings.slack_api_url)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return Finding(
            "slack",
            Level.WRONG,
            f"{settings.slack_api_url} does not answer.",
            "Check the network and SLACK_API_URL.",
        )
    if not answer.get("ok"):
        code = str(answer.get("error", "no reason"))
        mend = "Copy SLACK_BOT_TOKEN anew from the Slack app's page OAuth & Permissions."
        return Finding("slack", Level.WRONG, f"Slack refuses the token ({code}).", mend)
    if granted is None:
        return Finding("slack", Level.NOTE, "Slack takes the token, but did not say what it may do.")
    if missing := sorted(declared_scopes() - granted):
        mend = "Put app_manifest.yaml into the app's page App Manifest, and install the app again."
        return Finding("slack", Level.WRONG, f"The token lacks {', '.join(missing)}.", mend)
    return Finding("slack", Level.OK, f"The token is good for {answer.get('team', 'the workspace')}.")


async def check_teams(settings: Settings) -> Finding:
    """Whether Microsoft's sign-in takes the app's password."""
    if settings.teams_allow_anonymous:
        return Finding(
            "teams",
            Level.NOTE,
            "Nothing is signed: activities are taken from this machine alone, and answered on it.",
            "Unset TEAMS_ALLOW_ANONYMOUS before real people use it.",
        )
    from handlers.delivery import SendFailed
    from handlers.teams.connector import AppToken

    password = settings.teams_app_password
    token = AppToken(
        settings.teams_app_id or "",
        password.get_secret_value() if password else "",
        settings.teams_tenant_id or "",
    )
    try:
        async with asyncio.timeout(TEAMS_SECONDS):
            await token.get()
    except (SendFailed, TimeoutError) as failure:
        if isinstance(failure, SendFailed) and failure.code == "token_refused":
            mend = "Compare TEAMS_APP_ID and TEAMS_TENANT_ID, and make a new client secret for the app."
            return Finding("teams", Level.WRONG, "Microsoft's sign-in refuses the app.", mend)
        return Finding("teams", Level.WRONG, "Microsoft's sign-in does not answer.", "Check the network.")
    return Finding("teams", Level.OK, "Microsoft's sign-in takes the app and its password.")


def declared_scopes() -> set[str]:
    """The bot's scopes in the manifest that comes with the program."""
    manifest: dict[str, Any] = yaml.safe_load(shipped(MANIFEST).read_text("utf-8"))
    return set(manifest["oauth_config"]["scopes"]["bot"])


async def _auth_test(token: str, api_url: str) -> tuple[dict[str, Any], set[str] | None]:
    timeout = aiohttp.ClientTimeout(total=SLACK_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout, headers={"Authorization": f"Bearer {token}"}) as session,
        session.post(f"{api_url}auth.test") as response,
    ):
        answer: dict[str, Any] = await response.json()
        scopes = response.headers.get("x-oauth-scopes")
    return answer, None if scopes is None else {scope.strip() for scope in scopes.split(",")}
