from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from handlers.checks import Level, check_teams
from handlers.delivery import SendFailed
from handlers.settings import given_settings
from handlers.teams.connector import AppToken

ID = "11111111-1111-1111-1111-111111111111"


class Time:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class SignIn:
    """Stands for MSAL, which blocks the thread it is asked in."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.trouble: Exception | None = None

    async def get_access_token(self, resource: str, scopes: list[str]) -> str:
        self.asked.append(threading.get_ident())
        if self.trouble is not None:
            raise self.trouble
        return f"token-{len(self.asked)}"


def token(sign_in: SignIn, time: Time) -> AppToken:
    made = AppToken(ID, "secret", ID, time)
    made._sign_in = lambda: sign_in
    made._auth = sign_in
    return made


async def test_a_token_is_asked_for_beside_the_loop_and_kept_for_minutes() -> None:
    sign_in, time = SignIn(), Time()
    app = token(sign_in, time)
    assert await asyncio.gather(app.get(), app.get()) == ["token-1", "token-1"]
    assert sign_in.asked[0] != threading.get_ident()
    time.now += AppToken.KEPT_SECONDS + 1
    assert await app.get() == "token-2"


async def test_a_token_that_was_refused_is_asked_for_anew() -> None:
    sign_in = SignIn()
    app = token(sign_in, Time())
    assert await app.get() == "token-1"
    assert await app.get(anew=True) == "token-2"


@pytest.mark.parametrize(
    ("trouble", "code"),
    [(ValueError("AADSTS7000215"), "token_refused"), (OSError("dns"), "sign_in_unreachable")],
)
async def test_trouble_with_the_sign_in_may_pass(trouble: Exception, code: str) -> None:
    sign_in = SignIn()
    sign_in.trouble = trouble
    app = token(sign_in, Time())
    with pytest.raises(SendFailed, match=code) as failed:
        await app.get()
    assert not failed.value.final
    sign_in.trouble = None
    assert await app.get() == "token-2"


@pytest.mark.parametrize(
    ("trouble", "level", "said"),
    [
        (None, Level.OK, "takes the app"),
        (SendFailed("token_refused"), Level.WRONG, "refuses the app"),
        (SendFailed("sign_in_unreachable"), Level.WRONG, "does not answer"),
        (TimeoutError(), Level.WRONG, "does not answer"),
    ],
)
async def test_check_tries_the_password(
    monkeypatch: pytest.MonkeyPatch, trouble: Exception | None, level: Level, said: str
) -> None:
    async def get(self: Any, *, anew: bool = False) -> str:
        if trouble is not None:
            raise trouble
        return "token"

    monkeypatch.setattr(AppToken, "get", get)
    settings = given_settings(teams_app_id=ID, teams_app_password="hunter2", teams_tenant_id=ID)
    finding = await check_teams(settings)
    assert (finding.level, said in finding.said) == (level, True)
    assert "hunter2" not in str(finding)


async def test_check_says_that_nothing_is_signed() -> None:
    finding = await check_teams(given_settings(teams_allow_anonymous=True))
    assert finding.level is Level.NOTE
    assert "TEAMS_ALLOW_ANONYMOUS" in finding.mend
