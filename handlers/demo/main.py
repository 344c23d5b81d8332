"""`referral-bot demo`: runs it, and says where to look; or plays one referral in the terminal."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from handlers.app import stop_asked
from handlers.demo import packages
from handlers.demo.run import demo
from handlers.demo.tell import tell as play

IN_TEAMS = "maria"
"""Whose Teams the demo shows."""


async def run_demo(
    *, port: int | None, data: Path | None, speed: float, phi: str, tell: bool, teams: bool
) -> None:
    """Until it is told to stop, or with `tell` until the referral is closed. Raises SetupError."""
    if teams:
        await _prepare_teams()
    shown = IN_TEAMS if teams else ""
    async with demo(port=port, data=data, speed=speed, phi=phi, teams=shown) as running:
        if tell:
            await play(running, typer.echo)
            return
        typer.echo(f"The demo runs. Open {running.url} in a browser; Ctrl-C ends it.")
        if running.teams_url:
            typer.echo(
                f"Maria is in Microsoft Teams too: open {running.teams_url} in another window, and write to "
                "the bot in Personal Chat, or in the channel lakeside with @Referral Bot."
            )
        await stop_asked()


async def _prepare_teams() -> None:
    if not packages.is_installed():
        typer.echo("Getting Microsoft's client for Teams bots from npm, once …")
    await asyncio.to_thread(packages.install)
