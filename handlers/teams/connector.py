"""The Bot Connector's side of a conversation: posts, redraws, conversations begun, and what they refuse.

The SDK's own connector client is not used for this: it keeps nothing of `Retry-After`, and logs what the
connector answered, which may hold what was sent.

Sources: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference and
https://learn.microsoft.com/microsoftteams/platform/bots/build-notification-capability (status codes).
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Final, Protocol
from urllib.parse import quote, urlsplit

import aiohttp

from handlers.delivery import SendFailed, network_code
from handlers.fetching import read_to_end
from handlers.teams import wire
from handlers.teams.payloads import THREAD_MARK

Json = dict[str, Any]

TROUBLE: Final = (aiohttp.ClientError, TimeoutError, OSError)
"""What a call raises where the network is in trouble."""
CALL_SECONDS: Final = 15.0
DEFAULT_PAUSE: Final = 5.0
"""Seconds to wait where Teams limits the rate without saying for how long."""
LONGEST_PAUSE: Final = 600.0
MOST_ANSWER: Final = 64_000

# The message or its target is at fault, or gone: the same message will never be taken.
FINAL: Final = {
    "ConversationNotFound": "conversation_gone",
    "BotNotInConversationRoster": "not_a_member",
    "BotDisabledByAdmin": "disabled_by_admin",
    "BotConversationNotFound": "conversation_gone",
    "ConversationBlockedByUser": "blocked_by_user",
    "ForbiddenOperationException": "forbidden",
    "InvalidBotApiHost": "forbidden",
    "MessageWritesBlocked": "blocked_by_user",
    "MessageSizeTooBig": "message_too_large",
    "ActivityNotFoundInConversation": "message_gone",
    "UnknownActivityId": "message_gone",
    "UserNotFound": "person_gone",
    "BadSyntax": "not_understood",
    "BadArgument": "not_understood",
    "InvalidTeamsActivity": "not_understood",
    "NotEnoughPermissions": "forbidden",
}
"""Teams' codes, and the program's word for each."""
_BY_STATUS: Final = {
    400: "not_understood",
    403: "forbidden",
    404: "conversation_gone",
    413: "message_too_large",
}
"""What a refusal without a known code means; it is final."""
_PASSING: Final = frozenset({408, 409, 412, 425, 429})
"""Refusals of the moment; every other of the request itself is final."""


class Token(Protocol):
    """The bot's own token for the connector."""

    async def get(self, *, anew: bool = False) -> str:
        """The token; empty where none is sent. `anew`: the last one was refused. Raises SendFailed."""


class NoToken:
    """Sends no token: only for conversations on this machine."""

    async def get(self, *, anew: bool = False) -> str:
        """Nothing."""
        return ""


class AppToken:
    """The token of the app's registration in its tenant, as Microsoft's sign-in gives it."""

    SCOPE: Final = "https://api.botframework.com/.default"
    RESOURCE: Final = "https://api.botframework.com"
    KEPT_SECONDS: Final = 240.0
    """MSAL gives a token that ends within five minutes no more, so one this old is still good."""

    def __init__(
        self, app_id: str, password: str, tenant: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        # The SDK is loaded only where Teams is used.
        from microsoft_agents.authentication.msal import MsalAuth
        from microsoft_agents.hosting.core import AgentAuthConfiguration
        from microsoft_agents.hosting.core.authorization.auth_types import AuthTypes

        configuration = AgentAuthConfiguration(
            auth_type=AuthTypes.client_secret, client_id=app_id, tenant_id=tenant, client_secret=password
        )
        self._sign_in: Callable[[], Any] = partial(MsalAuth, configuration)
        self._auth: Any = self._sign_in()
        self._monotonic = monotonic
        self._token = ""
        self._asked_at = 0.0
        self._asking = asyncio.Lock()

    async def get(self, *, anew: bool = False) -> str:
        """The token. Raises SendFailed where Entra refuses it or can't be reached: that may pass."""
        async with self._asking:
            age = self._monotonic() - self._asked_at
            if anew:
                self._auth, self._token = self._sign_in(), ""
            if not self._token or age > self.KEPT_SECONDS:
                asked_at = self._monotonic()
                self._token = await self._ask()
                self._asked_at = asked_at
            return self._token

    async def _ask(self) -> str:
        """A token of MSAL. It looks up the tenant in the calling thread, which must not be the loop's."""
        try:
            asked = self._auth.get_access_token(self.RESOURCE, [self.SCOPE])
            token: str = await asyncio.to_thread(asyncio.run, asked)
        except ValueError:
            raise SendFailed("token_refused") from None
        except Exception:  # noqa: BLE001 - MSAL raises what its HTTP client raises
            raise SendFailed("sign_in_unreachable") from None
        return token


class Connector:
    """Calls of the Bot Connector on one session. Everything raises SendFailed."""

    def __init__(self, token: Token) -> None:
        self._token = token
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the session on the running loop."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_SECONDS))

    async def stop(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session of all calls."""
        if self._session is None:
            raise RuntimeError("the connection to Teams has not been started")
        return self._session

    async def post(self, service_url: str, conversation: str, root: str | None, activity: Json) -> str:
        """Post into a conversation, or the thread under `root`; the message's id, empty if none is told."""
        answer = await self._call("POST", service_url, _activities(conversation, root), activity)
        return str(answer.get("id") or "")

    async def update(
        self, service_url: str, conversation: str, root: str | None, message: str, activity: Json
    ) -> None:
        """Put an activity in the place of a posted one."""
        path = f"{_activities(conversation, root)}/{quote(message, safe='')}"
        await self._call("PUT", service_url, path, {**activity, "id": message})

    async def create(self, service_url: str, parameters: Json) -> tuple[str, str]:
        """Begin a conversation; its id, and that of the message it begins with, if there is one."""
        answer = await self._call("POST", service_url, "v3/conversations", parameters)
        return str(answer.get("id") or ""), str(answer.get("activityId") or "")

    async def authorization(self, service_url: str, url: str) -> dict[str, str]:
        """The header to fetch what lies with the connector; nothing for an address anywhere else."""
        if urlsplit(url)[:2] != urlsplit(service_url)[:2]:
            return {}
        return _header(await self._token.get())

    async def _call(self, method: str, service_url: str, path: str, body: Json) -> Json:
        url = f"{service_url.rstrip('/')}/{path}"
        try:
            status, headers, answer = await self._once(method, url, body, _header(await self._token.get()))
            if status == 401:
                token = await self._token.get(anew=True)
                status, headers, answer = await self._once(method, url, body, _header(token))
        except TROUBLE as error:
            raise SendFailed(network_code(error)) from None
        if status >= 300:
            raise refusal(status, headers, answer)
        return answer

    async def _once(
        self, method: str, url: str, body: Json, headers: dict[str, str]
    ) -> tuple[int, Mapping[str, str], Json]:
        headers = {**headers, "Content-Type": "application/json"}
        async with self.session.request(
            method, url, data=wire.encoded(body), headers=headers, allow_redirects=False
        ) as answer:
            content = await read_to_end(answer, MOST_ANSWER)
        return answer.status, answer.headers, _object(content or b"")


def refusal(status: int, headers: Mapping[str, str], answer: Json, now: datetime | None = None) -> SendFailed:
    """What a refusal means for a message that must arrive.

    What Teams did not have when this was written counts by its status.
    """
    error = answer.get("error")
    told = str(error.get("code") or "") if isinstance(error, dict) else ""
    if status == 429:
        return SendFailed("ratelimited", retry_after=_retry_after(headers, now or datetime.now(UTC)))
    if status == 401:
        return SendFailed("unauthorized")
    if status in (408, 412) or status >= 500:
        asked = "Retry-After" in headers
        pause = _retry_after(headers, now or datetime.now(UTC)) if asked else None
        return SendFailed("server_error", retry_after=pause)
    code = FINAL.get(told) or _BY_STATUS.get(status)
    if code:
        return SendFailed(code, final=True)
    return SendFailed("teams_refused", final=400 <= status < 500 and status not in _PASSING)


def _retry_after(headers: Mapping[str, str], now: datetime) -> float:
    asked = headers.get("Retry-After", "")
    if re.fullmatch(r"\d{1,6}(?:\.\d{1,6})?", asked):
        pause = float(asked)
    else:
        try:
            pause = (parsedate_to_datetime(asked) - now).total_seconds()
        except (ValueError, TypeError):
            pause = DEFAULT_PAUSE
    return min(max(pause, 1.0), LONGEST_PAUSE)


def _activities(conversation: str, root: str | None) -> str:
    id = f"{conversation}{THREAD_MARK}{root}" if root else conversation
    return f"v3/conversations/{quote(id, safe='')}/activities"


def _header(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _object(content: bytes) -> Json:
    try:
        found = json.loads(content) if content else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
