from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from handlers.teams.tokens import (
    KEYS_LAST,
    KEYS_REST,
    TROUBLE_REST,
    NotAdmitted,
    PublishedKeys,
    same_url,
)

Json = dict[str, Any]


def jwk(kid: str, *endorsements: str) -> Json:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    made: Json = RSAAlgorithm.to_jwk(key, as_dict=True)
    return {
        **made,
        "kid": kid,
        "use": "sig",
        **({"endorsements": list(endorsements)} if endorsements else {}),
    }


class Time:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Published:
    """A place where keys are published."""

    def __init__(self) -> None:
        self.keys: list[Json] = []
        self.status = 200
        self.asked = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        return web.json_response({"keys": self.keys}, status=self.status)


@asynccontextmanager
async def published() -> AsyncIterator[tuple[Published, PublishedKeys, Time]]:
    place, time, app = Published(), Time(), web.Application()
    app.add_routes([web.get("/keys", place.answer)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield place, PublishedKeys(f"http://127.0.0.1:{runner.addresses[0][1]}/keys", time), time
    finally:
        await runner.cleanup()


async def test_keys_are_fetched_once_and_kept() -> None:
    async with published() as (place, keys, _):
        place.keys = [jwk("a", "msteams"), {"kty": "EC", "kid": "odd"}, {"kid": "broken"}]
        found = await keys.find("a")
        assert found is not None
        assert found.endorsements == {"msteams"}
        assert await keys.find("odd") is None
        assert await keys.find("a") is found
        assert place.asked == 1


async def test_a_key_published_later_is_found_but_nobody_makes_the_bot_ask_without_end() -> None:
    async with published() as (place, keys, time):
        place.keys = [jwk("a")]
        assert await keys.find("b") is None
        place.keys.append(jwk("b"))
        assert await keys.find("b") is None
        assert place.asked == 1
        time.now += KEYS_REST + 1
        assert await keys.find("b") is not None


async def test_keys_are_renewed_after_a_day_and_kept_where_that_fails() -> None:
    async with published() as (place, keys, time):
        place.keys = [jwk("a")]
        assert await keys.find("a") is not None
        time.now += KEYS_LAST + 1
        place.status = 500
        assert await keys.find("a") is not None
        assert place.asked == 2


async def test_without_any_keys_nothing_is_let_in() -> None:
    async with published() as (place, keys, _):
        place.status = 500
        with pytest.raises(NotAdmitted, match="keys_unreachable") as refused:
            await keys.find("a")
        assert refused.value.status == 503


async def test_where_keys_cannot_be_had_nobody_waits_for_the_same_trouble_again() -> None:
    async with published() as (place, keys, time):
        place.status = 500
        refused = await asyncio.gather(*(keys.find(f"{n}") for n in range(8)), return_exceptions=True)
        assert {str(one) for one in refused} == {"keys_unreachable"}
        assert place.asked == 1
        time.now += TROUBLE_REST + 1
        place.status, place.keys = 200, [jwk("a")]
        assert await keys.find("a") is not None


async def test_keys_that_could_not_be_renewed_are_asked_for_again_soon() -> None:
    async with published() as (place, keys, time):
        place.keys = [jwk("a")]
        assert await keys.find("a") is not None
        time.now += KEYS_LAST + 1
        place.status = 500
        assert await keys.find("a") is not None
        time.now += TROUBLE_REST + 1
        place.status = 200
        assert await keys.find("a") is not None
        assert place.asked == 3


@pytest.mark.parametrize(
    ("signed", "named", "same"),
    [
        ("https://smba.example/amer/", "https://smba.example/amer/", True),
        ("https://SMBA.example/amer", "https://smba.example/amer/", True),
        ("https://smba.example/amer/", "https://smba.example/emea/", False),
        ("https://smba.example/amer/", "http://smba.example/amer/", False),
        ("https://smba.example:444/amer/", "https://smba.example/amer/", False),
        ("https://smba.example@evil.example/amer/", "https://smba.example/amer/", False),
        (None, "https://smba.example/amer/", False),
        ("", "", False),
    ],
)
def test_a_service_url_is_the_signed_one_or_it_is_not(signed: object, named: str, same: bool) -> None:
    assert same_url(signed, named) is same
