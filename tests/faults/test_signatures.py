"""F6: requests that are not the platform's."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable

import aiohttp

from handlers.demo.outgoing import JSON_TYPE, signature
from tests.faults.conftest import Runs, Tell
from tests.faults.rig import Rig

Headers = dict[str, str]
TIMESTAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"


def signed(secret: str, stamp: str, body: bytes) -> Headers:
    return {TIMESTAMP: stamp, SIGNATURE: signature(secret, stamp, body)}


def _without(name: str) -> Callable[[str, bytes, random.Random], Headers]:
    def headers(secret: str, body: bytes, rng: random.Random) -> Headers:
        kept = signed(secret, str(int(time.time())), body)
        del kept[name]
        return kept

    return headers


def _truncated(secret: str, body: bytes, rng: random.Random) -> Headers:
    whole = signed(secret, str(int(time.time())), body)
    return {**whole, SIGNATURE: whole[SIGNATURE][: rng.randrange(1, 67)]}


def _one_digit_changed(secret: str, body: bytes, rng: random.Random) -> Headers:
    whole = signed(secret, str(int(time.time())), body)
    place = rng.randrange(3, 67)
    other = rng.choice([digit for digit in "0123456789abcdef" if digit != whole[SIGNATURE][place]])
    return {**whole, SIGNATURE: whole[SIGNATURE][:place] + other + whole[SIGNATURE][place + 1 :]}


def _at(least: int, most: int) -> Callable[[str, bytes, random.Random], Headers]:
    return lambda secret, body, rng: signed(secret, str(int(time.time()) + rng.randrange(least, most)), body)


def _of_no_time(secret: str, body: bytes, rng: random.Random) -> Headers:
    stamp = rng.choice(["now", "1e9", "-1", "1.5", "0x5f", "9" * 40, " 1", "NaN", "", "１２３"])
    whole = signed(secret, stamp, body)
    return {**whole, TIMESTAMP: stamp.encode().decode("latin-1")}


def _of_another_body(secret: str, body: bytes, rng: random.Random) -> Headers:
    return signed(secret, str(int(time.time())), body + b" ")


def _of_another_secret(secret: str, body: bytes, rng: random.Random) -> Headers:
    return signed(f"{rng.getrandbits(128):032x}", str(int(time.time())), body)


def _of_another_time(secret: str, body: bytes, rng: random.Random) -> Headers:
    return {**signed(secret, str(int(time.time())), body), TIMESTAMP: str(int(time.time()) + 1)}


FORGED = {
    "another secret": _of_another_secret,
    "another body": _of_another_body,
    "another time": _of_another_time,
    "one digit changed": _one_digit_changed,
    "truncated": _truncated,
    "expired": _at(-100_000, -310),
    "of the future": _at(310, 100_000),
    "no signature": _without(SIGNATURE),
    "no time": _without(TIMESTAMP),
    "not a time": _of_no_time,
}


async def test_f6_nothing_is_taken_that_the_platform_has_not_signed(
    sqlite_rig: Rig, runs: Runs, rng: random.Random, tell: Tell
) -> None:
    rig, requests = sqlite_rig, runs(1000, 10_000)
    server = await rig.start()
    statuses: dict[str, Counter[int]] = {kind: Counter() for kind in FORGED}
    async with aiohttp.ClientSession() as session:
        for number in range(requests):
            kind = list(FORGED)[number % len(FORGED)]
            _, bodies = rig.mention()
            body = bodies[number % len(bodies)]
            headers = FORGED[kind](rig.workspace.signing_secret, body, rng) | {"Content-Type": JSON_TYPE}
            async with session.post(f"{server.url}/slack/events", data=body, headers=headers) as answer:
                statuses[kind][answer.status] += 1
                assert json.loads(await answer.read() or "{}") == {}, "it is told nothing"
        message, bodies = rig.mention()
        assert await rig.deliver(session, f"{server.url}/slack/events", bodies[0]) == 200
    assert {kind: set(seen) for kind, seen in statuses.items()} == {kind: {401} for kind in FORGED}
    assert rig.kept.count("SELECT count(*) FROM seen") == 1
    rig.assert_kept([message.ts])
    assert rig.kept.count("SELECT count(*) FROM referral") == 1
    assert not server.logged("request_failed")
    tell("F6", "requests that are not the platform's", requests)
