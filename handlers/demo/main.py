"""`referral-bot demo`: runs it, and says where to look; or plays one referral in the terminal."""

from __future__ import annotations

from pathlib import Path

import typer

from handlers.app import stop_asked
from handlers.demo.run import demo
from handlers.demo.tell import tell as play


async def run_demo(*, port: int | None, data: Path | None, speed: float, phi: str, tell: bool) -> None:
    """Until it is told to stop, or with `tell` until the referral is closed."""
    async with demo(port=port, data=data, speed=speed, phi=phi) as running:
        if tell:
            await play(running, typer.echo)
            return
        typer.echo(f"The demo runs. Open {running.url} in a browser; Ctrl-C ends it.")
        await stop_asked()
