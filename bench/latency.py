"""How long until the card stands in the thread: from a message typed to the draft card, and from Submit
to the practice's card, through the embedded workspace.

    python -m bench.latency [--messages 200]

Bot, workspace and people share one process and one core here, so all of it counts against the bot.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Iterator

from bench.load import FIRST, LAST
from handlers.demo.model import Message
from handlers.demo.run import Demo, demo
from handlers.logs import configure_logs

GOAL_MS = 300.0
LAKESIDE, INTAKE = "C0LAKESIDE", "C0INTAKE"


async def main(count: int) -> None:
    """Send patients one after the other, and print how long people waited."""
    configure_logs("ERROR")
    drafts: list[float] = []
    cards: list[float] = []
    async with demo() as running:
        for text in _texts(count):
            began = time.perf_counter()
            card = await _draft(running, text)
            drafts.append((time.perf_counter() - began) * 1000)
            began = time.perf_counter()
            await _sent(running, card)
            cards.append((time.perf_counter() - began) * 1000)
    print(f"{'':34}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}{'goal':>9}")
    _print("message to draft card", drafts)
    _print("Submit to the practice's card", cards)


async def _draft(running: Demo, text: str) -> Message:
    maria = running.workspace.person("U0MARIA")
    said = await maria.say(LAKESIDE, f"<@U0BOT> {text}")

    def drawn() -> Message | None:
        replies = running.workspace.thread(LAKESIDE, said.ts)
        return next((message for message in replies if message.bot), None)

    card: Message = await running.workspace.until(drawn)
    return card


async def _sent(running: Demo, card: Message) -> None:
    known = len(_heads(running))
    await running.workspace.person("U0MARIA").press(card, "Submit")
    await running.workspace.until(lambda: len(_heads(running)) > known)


def _heads(running: Demo) -> list[Message]:
    """The cards in the practice's channel."""
    messages = running.workspace.messages.get(INTAKE, {}).values()
    return [message for message in messages if message.thread in (None, message.ts)]


def _texts(count: int) -> Iterator[str]:
    for number in range(count):
        yield (
            f"refer {FIRST[number % 10]} {LAST[number // 10 % 10]}, DOB {number % 12 + 1}/{number % 28 + 1}/"
            f"{1940 + number % 60}, 309-555-01{number % 100:02d}, BCBS. Palpitations, cardiology. Dr. Patel"
        )


def _print(name: str, times: list[float]) -> None:
    ordered = sorted(times)
    p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    print(f"{name:34}{p50:>9.1f}{p95:>9.1f}{ordered[-1]:>9.1f}{GOAL_MS:>9.0f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="From message to card, in milliseconds.")
    parser.add_argument("--messages", type=int, default=200)
    asyncio.run(main(parser.parse_args().messages))
