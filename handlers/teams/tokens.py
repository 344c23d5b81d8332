"""Who is at the door: the token that the Bot Connector sends with every activity, checked to the end.

Its signature, by a key that Microsoft publishes for the channel it is used on; its issuer; that it was made
for this bot; its time; and that the service URL which the activity names is the one that was signed, since
replies and the bot's own token go there.

Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import aiohttp
import jwt
import structlog

from handlers.hosts import is_loopback

Json = dict[str, Any]

log = structlog.get_logger()

ISSUER: Final = "https://api.botframework.com"
KEYS_URL: Final = "https://login.botframework.com/v1/.well-known/keys"
ALGORITHMS: Final = ("RS256",)
SKEW_SECONDS: Final = 300
KEYS_LAST: Final = 24 * 3600.0
"""Seconds after which the keys are fetched anew."""
KEYS_REST: Final = 60.0
"""Seconds between two fetches at least, however many tokens name a key that nobody knows."""
TROUBLE_REST: Final = 5.0
"""Seconds after a fetch that brought nothing, in which nobody waits for another."""
FETCH_SECONDS: Final = 5.0


class NotAdmitted(Exception):
    """The activity is not the Bot Connector's, or not for this bot. `code` says why, for the log."""

    def __init__(self, code: str, status: int = 401) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class SigningKey:
    """A public key, and the channels that it may sign for; none named means all."""

    key: Any
    endorsements: frozenset[str]


class Keys(Protocol):
    """Where an issuer's keys come from."""

    async def find(self, kid: str) -> SigningKey | None:
        """The key of this id. Raises NotAdmitted where the keys can't be had."""


def signing_keys(jwks: Mapping[str, Any]) -> dict[str, SigningKey]:
    """The keys of a JWKS by their ids; what can't be read as an RSA key is left out."""
    found: dict[str, SigningKey] = {}
    for one in jwks.get("keys") or ():
        try:
            key = jwt.PyJWK(one, algorithm=ALGORITHMS[0]).key
            found[str(one["kid"])] = SigningKey(key, frozenset(one.get("endorsements") or ()))
        except (jwt.PyJWTError, KeyError, TypeError, ValueError):
            continue
    return found


class PublishedKeys:
    """The keys that an issuer publishes at an address, fetched when they are needed."""

    def __init__(self, url: str = KEYS_URL, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._monotonic = monotonic
        self._known: dict[str, SigningKey] = {}
        self._stale_at = -math.inf
        self._rests_until = -math.inf
        self._fetching = asyncio.Lock()

    async def find(self, kid: str) -> SigningKey | None:
        """The key of this id; one that isn't known may have been published since."""
        if self._is_wanting(kid):
            async with self._fetching:
                if self._is_wanting(kid):
                    await self._fetch()
        if not self._known:
            raise NotAdmitted("keys_unreachable", status=503)
        return self._known.get(kid)

    def _is_wanting(self, kid: str) -> bool:
        now = self._monotonic()
        return (kid not in self._known or now > self._stale_at) and now > self._rests_until

    async def _fetch(self) -> None:
        timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.get(self._url, allow_redirects=False) as answer,
            ):
                published = await answer.json(content_type=None)
                found = signing_keys(published) if answer.status == 200 else {}
        except (aiohttp.ClientError, TimeoutError, ValueError, AttributeError, TypeError):
            found = {}
        now = self._monotonic()
        if found:
            self._known = found
            self._stale_at, self._rests_until = now + KEYS_LAST, now + KEYS_REST
        else:
            log.warning("teams_keys_not_fetched")
            self._rests_until = now + TROUBLE_REST


class Gate:
    """Lets in what the Bot Connector sends to the bot of `app_id`."""

    def __init__(self, app_id: str, issuers: Mapping[str, Keys]) -> None:
        self._app_id = app_id
        self._issuers = issuers

    async def admit(self, header: str, activity: Json) -> Json:
        """The claims of the token that came with an activity. Raises NotAdmitted."""
        scheme, _, token = header.strip().partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAdmitted("no_token")
        if not token.isascii():
            raise NotAdmitted("not_a_token")
        try:
            claims, key = await self._verified(token.strip())
        except (jwt.PyJWTError, ValueError) as error:
            raise NotAdmitted(type(error).__name__) from None
        if key.endorsements and activity["channelId"] not in key.endorsements:
            raise NotAdmitted("key_not_for_channel", status=403)
        if not same_url(claims.get("serviceurl"), activity["serviceUrl"]):
            raise NotAdmitted("service_url_not_signed", status=403)
        return claims

    async def _verified(self, token: str) -> tuple[Json, SigningKey]:
        header = jwt.get_unverified_header(token)
        kid = header.get("kid")
        # Only to find the key: everything is looked at again once the signature has been checked.
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        keys = self._issuers.get(issuer) if isinstance(issuer, str) else None
        if keys is None or not isinstance(kid, str):
            raise NotAdmitted("unknown_issuer" if keys is None else "no_key_id")
        key = await keys.find(kid)
        if key is None:
            raise NotAdmitted("unknown_key")
        claims: Json = jwt.decode(
            token,
            key=key.key,
            algorithms=list(ALGORITHMS),
            audience=self._app_id,
            issuer=issuer,
            leeway=SKEW_SECONDS,
            options={"require": ["exp", "iss", "aud"]},
        )
        return claims, key


class OpenGate:
    """Lets in what comes unsigned from this machine and is to be answered on this machine: for tests only."""

    async def admit(self, header: str, activity: Json) -> Json:
        """No claims. Raises NotAdmitted for an activity that is to be answered elsewhere."""
        if not is_loopback(urlsplit(activity["serviceUrl"]).hostname or ""):
            raise NotAdmitted("service_url_elsewhere", status=403)
        return {}


def same_url(signed: object, named: str) -> bool:
    """Whether a service URL is the one that was signed, but for letters' case and a last slash."""
    if not isinstance(signed, str) or not signed:
        return False
    return _plain(signed) == _plain(named)


def _plain(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}".casefold().rstrip("/")
