"""A full durable turn and a button press, beside two yardsticks in the same run.

    python -m bench.turns [--seconds 4]

Every server runs in a process of its own on the first core, the load on the second. Read the ratios:
absolute numbers belong to the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from bench.load import Measured, mentions, presses, run

CONNECTIONS = (1, 32)
WARM_UP = 0.5


async def main(seconds: float) -> None:
    """Measure all three, and print them side by side."""
    _print("A signed mention that sends a patient: read, kept with full sync, then answered 200.\n")
    results: dict[str, dict[int, Measured]] = {}
    pressed: dict[str, dict[int, Measured]] = {}
    for kind in ("ack", "plain", "bot"):
        with tempfile.TemporaryDirectory() as folder:
            async with server(kind, Path(folder)) as port:
                await run(mentions(), port, 4, WARM_UP)
                results[kind] = {n: await run(mentions(), port, n, seconds) for n in CONNECTIONS}
                if kind == "bot":
                    pressed = await press_all(port, Path(folder), seconds)
    _print_turns(results)
    print("\nA button press, acknowledged after its commit.\n")
    _print(f"{'':12}{'connections':>12}{'presses/s':>12}{'p50 ms':>9}{'p99 ms':>9}")
    for action, by_connections in pressed.items():
        for connections, m in by_connections.items():
            row = f"{action:12}{connections:>12}{m.rate:>12.0f}"
            row += f"{m.percentile(0.5):>9.2f}{m.percentile(0.99):>9.2f}"
            _print(row + (f"  {m.refused} refused" if m.refused else ""))


async def press_all(port: int, folder: Path, seconds: float) -> dict[str, dict[int, Measured]]:
    """Submit drafts that the mentions have left, then claim what was submitted."""
    drafts = _ids(folder, "draft")
    found: dict[str, dict[int, Measured]] = {"Submit": {}, "Claim": {}}
    waiting = iter(drafts)
    for connections in CONNECTIONS:
        submits = presses("submit", "U0MARIA", "C0LAKESIDE", _some(waiting, connections))
        found["Submit"][connections] = await run(submits, port, connections, seconds)
    sent = iter(_ids(folder, "submitted"))
    for connections in CONNECTIONS:
        claims = presses("claim", "U0TESS", "C0INTAKE", _some(sent, connections))
        found["Claim"][connections] = await run(claims, port, connections, seconds)
    return found


def _some(ids: Iterator[str], connections: int) -> list[str]:
    most = 300 if connections == 1 else 1500
    return [one for one, _ in zip(ids, range(most), strict=False)]


def _ids(folder: Path, state: str) -> list[str]:
    with sqlite3.connect(folder / "bot.db") as database:
        found = database.execute("select id from referral where state = ?", (state,)).fetchall()
    return [row[0] for row in found]


def _print_turns(results: dict[str, dict[int, Measured]]) -> None:
    names = {"ack": "Bolt, acknowledges only", "plain": "plain bot, one insert", "bot": "this bot, full turn"}
    head = f"{'':26}{'connections':>12}{'turns/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'of plain':>10}{'of ack':>8}"
    _print(head)
    for connections in CONNECTIONS:
        for kind, by_connections in results.items():
            m = by_connections[connections]
            plain, ack = results["plain"][connections].rate, results["ack"][connections].rate
            row = f"{names[kind]:26}{connections:>12}{m.rate:>10.0f}{m.percentile(0.5):>9.2f}"
            row += f"{m.percentile(0.99):>9.2f}{m.rate / plain:>10.2f}{m.rate / ack:>8.2f}"
            _print(row + (f"  {m.refused} refused" if m.refused else ""))


def _print(row: str) -> None:
    print(row, flush=True)


@asynccontextmanager
async def server(kind: str, folder: Path) -> AsyncIterator[int]:
    """A server in its own process, and Slack's API for it on the next port."""
    port = _two_free_ports()
    api = await _slack(port + 1)
    process = await asyncio.create_subprocess_exec(
        *_on_core(0), sys.executable, "-m", "bench.servers", kind, str(port), str(folder),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdin is not None
    if (await process.stdout.readline()).strip() != b"ready":
        raise SystemExit(f"The server {kind} did not start.")
    try:
        yield port
    finally:
        process.stdin.close()
        await process.wait()
        await api.cleanup()


def _on_core(core: int) -> list[str]:
    return ["taskset", "-c", str(core)] if sys.platform == "linux" and (os.cpu_count() or 1) > 1 else []


async def _slack(port: int) -> web.AppRunner:
    """A Slack that takes everything."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "ts": "1.0", "channel": "C0", "user_id": "U0BOT"})

    app = web.Application()
    app.add_routes([web.post("/api/{method}", answer)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


def _two_free_ports() -> int:
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each measurement takes")
    asyncio.run(main(parser.parse_args().seconds))
