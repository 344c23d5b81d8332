"""Where a turn's time goes, part by part: a mention that sends a patient, on SQLite.

    python -m bench.parts [--turns 600]

Each row is measured by itself, in one process; what a part costs is the difference to the row before.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bench.databases import EXAMPLE
from bench.load import mentions
from bench.servers import SECRET, bolt_app
from handlers.importing import import_directory
from referral_bot.desk.front import Desk
from referral_bot.desk.packets import vocabulary
from referral_bot.desk.turn import Account, Message, Place
from referral_bot.model import Phi
from referral_bot.reading import Context, read
from storage import SqlStore, open_store
from storage.transaction import SqlTransaction

MARIA = Account("slack", "T0BENCH", "U0MARIA", "Maria")
AT_ONCE = 32


def main(turns: int) -> None:
    """Measure every part, and print what each adds."""
    sent = (json.loads(body)["event"]["text"] for body in mentions())
    texts = [text.removeprefix("<@U0BOT> ") for text in islice(sent, turns)]
    rows = [
        ("Bolt: verify, parse, dispatch, answer", asyncio.run(_bolt(turns))),
        ("reading the text", _each(texts, _reader())),
    ]
    with tempfile.TemporaryDirectory() as folder:
        memory = _in_turn(open_store("sqlite://"), texts)
        rows.append(("deciding, sealing, statements", memory - rows[1][1]))
        alone = _in_turn(open_store(f"sqlite:///{Path(folder) / 'one.db'}"), texts)
        rows.append(("commit to disk, one turn at a time", alone - memory))
        together = _together(open_store(f"sqlite:///{Path(folder) / 'many.db'}"), texts)
    print(f"{'part of a turn':42}{'ms':>8}")
    for name, milliseconds in rows:
        print(f"{name:42}{milliseconds:>8.3f}")
    print(f"{'a whole turn in the store, one at a time':42}{alone:>8.3f}")
    print(f"{f'the same, {AT_ONCE} at once in shared commits':42}{together:>8.3f}")


def _each(texts: list[str], act: Callable[[str], object]) -> float:
    """Median milliseconds of `act` over the texts."""
    times = []
    for text in texts:
        began = time.perf_counter()
        act(text)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def _reader() -> Callable[[str], object]:
    store = open_store("sqlite://")
    import_directory(store, EXAMPLE.read_text("utf-8"))
    practice = store.transact(lambda tx: tx.practice()).result()
    store.close()
    assert practice is not None
    words, now = vocabulary(practice), datetime.now(UTC)
    return lambda text: read(text, now=now, context=Context(), vocabulary=words)


async def _bolt(turns: int) -> float:
    app = bolt_app()

    @app.event("app_mention")
    async def mention(body: dict[str, object]) -> None:
        """Nothing is kept."""

    verifier, bodies, times = SignatureVerifier(SECRET), mentions(), []
    for _ in range(turns):
        body = next(bodies).decode()
        stamp = str(int(time.time()))
        signature = verifier.generate_signature(timestamp=stamp, body=body)
        headers = {
            "content-type": "application/json",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": signature or "",
        }
        began = time.perf_counter()
        answer = await app.async_dispatch(AsyncBoltRequest(body=body, headers=headers))
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status == 200
    return statistics.median(times)


def _uses(texts: list[str]) -> Iterator[Callable[[SqlTransaction], object]]:
    desk = Desk(Phi.FULL, lambda document, person, now: "")
    for number, text in enumerate(texts):
        place = Place("slack", "T0BENCH", "C0LAKESIDE", f"{number}.0")
        message, now = Message(text, place, addressed=True), datetime.now(UTC)

        def use_case(
            tx: SqlTransaction, message: Message = message, now: datetime = now, key: str = f"bench:{number}"
        ) -> object:
            return tx.first_time(key, now) and desk.hear(tx, MARIA, message, now)

        yield use_case


def _in_turn(store: SqlStore, texts: list[str]) -> float:
    import_directory(store, EXAMPLE.read_text("utf-8"))
    times = []
    for use_case in _uses(texts):
        began = time.perf_counter()
        store.transact(use_case).result()
        times.append((time.perf_counter() - began) * 1000)
    store.close()
    return statistics.median(times)


def _together(store: SqlStore, texts: list[str]) -> float:
    import_directory(store, EXAMPLE.read_text("utf-8"))
    waiting = list(_uses(texts))
    began = time.perf_counter()
    for start in range(0, len(waiting), AT_ONCE):
        wait([store.transact(use_case) for use_case in waiting[start : start + AT_ONCE]])
    spent = (time.perf_counter() - began) * 1000 / len(waiting)
    store.close()
    return spent


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Where a turn's time goes, in milliseconds.")
    parser.add_argument("--turns", type=int, default=600)
    main(parser.parse_args().turns)
