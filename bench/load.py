"""Signed requests as Slack sends them, over a number of connections, each timed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.servers import SECRET
from handlers.slack.wire import action_id, button_value

FIRST = ("Jane", "Omar", "Lucia", "Peter", "Amara", "Yuki", "Tomas", "Ingrid", "Ravi", "Chloe")
LAST = ("Whitcomb", "Okonkwo", "Delgado", "Lindqvist", "Barrow", "Tanaka", "Novak", "Haugen", "Iyer", "Marsh")
_numbers = itertools.count(1)

Request = Callable[[bytes, int], bytes]
"""Writes a body out as a request to a port of this machine."""


@dataclass
class Measured:
    """What a run showed: requests a second, and each answer's time in milliseconds."""

    rate: float
    times: list[float] = field(default_factory=list)
    refused: int = 0

    def percentile(self, share: float) -> float:
        """The time that this share of the answers did not exceed."""
        ordered = sorted(self.times)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def mentions() -> Iterator[bytes]:
    """Mentions that each send another patient."""
    for number in _numbers:
        first, last = FIRST[number % 10], LAST[number // 10 % 10]
        text = (
            f"<@U0BOT> refer {first} {last}, DOB {number % 12 + 1}/{number % 28 + 1}/{1940 + number % 60}, "
            f"309-555-01{number % 100:02d}, BCBS PPO. Palpitations R00.2, cardiology, urgent. Dr. Patel"
        )
        yield mention(text, number)


def mention(text: str, number: int) -> bytes:
    """One mention by Maria in her office's channel."""
    stamp = f"{1_700_000_000 + number}.{number % 1_000_000:06d}"
    return json.dumps(
        {
            "token": "x",
            "team_id": "T0BENCH",
            "api_app_id": "A0BENCH",
            "type": "event_callback",
            "event_id": f"Ev{number:010d}",
            "event_time": 1_700_000_000 + number,
            "authorizations": [{"team_id": "T0BENCH", "user_id": "U0BOT", "is_bot": True}],
            "is_ext_shared_channel": False,
            "event": {
                "type": "app_mention",
                "user": "U0MARIA",
                "team": "T0BENCH",
                "text": text,
                "ts": stamp,
                "event_ts": stamp,
                "channel": "C0LAKESIDE",
            },
        }
    ).encode()


def presses(action: str, person: str, channel: str, subjects: list[str]) -> Iterator[bytes]:
    """A button pressed by a person on one subject after the other."""
    for subject in subjects:
        number = next(_numbers)
        stamp = f"{1_800_000_000 + number}.000100"
        payload = {
            "type": "block_actions",
            "team": {"id": "T0BENCH", "domain": "bench"},
            "user": {"id": person, "name": "bench", "team_id": "T0BENCH"},
            "api_app_id": "A0BENCH",
            "token": "x",
            "trigger_id": f"1.{number}",
            "container": {
                "type": "message",
                "message_ts": stamp,
                "channel_id": channel,
                "is_ephemeral": False,
            },
            "channel": {"id": channel, "name": "bench"},
            "message": {"type": "message", "ts": stamp, "thread_ts": stamp, "text": "x", "bot_id": "B0BENCH"},
            "response_url": f"http://127.0.0.1:1/{number}",
            "actions": [
                {
                    "type": "button",
                    "action_id": action_id(action, 1),
                    "block_id": "b",
                    "action_ts": stamp,
                    "text": {"type": "plain_text", "text": action},
                    "value": button_value(subject, ""),
                }
            ],
        }
        yield urlencode({"payload": json.dumps(payload)}).encode()


def _request(body: bytes, port: int) -> bytes:
    stamp = str(int(time.time()))
    signed = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    kind = b"application/json" if body.startswith(b"{") else b"application/x-www-form-urlencoded"
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Slack-Request-Timestamp: {stamp}\r\n"
        f"X-Slack-Signature: v0={signed}\r\nContent-Length: {len(body)}\r\nContent-Type: "
    )
    return head.encode() + kind + b"\r\n\r\n" + body


async def run(
    bodies: Iterator[bytes], port: int, connections: int, seconds: float, request: Request = _request
) -> Measured:
    """Send bodies over this many connections until they or the time run out; `request` writes each out."""
    measured = Measured(0.0)
    ends = time.perf_counter() + seconds
    began = time.perf_counter()
    await asyncio.gather(*(_one(bodies, port, ends, measured, request) for _ in range(connections)))
    measured.rate = len(measured.times) / (time.perf_counter() - began)
    return measured


async def _one(bodies: Iterator[bytes], port: int, ends: float, measured: Measured, request: Request) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < ends and (body := next(bodies, None)) is not None:
        written = request(body, port)
        began = time.perf_counter()
        writer.write(written)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
        )
        await reader.readexactly(length)
        measured.times.append((time.perf_counter() - began) * 1000)
        measured.refused += not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 202"))
    writer.close()
