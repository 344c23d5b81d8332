"""The HTTP side: health, readiness, metrics, and what the platforms and the page route here."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from handlers.clock import Clock
from handlers.metrics import CONTENT_TYPE, Metrics
from storage.store import Readiness

log = structlog.get_logger()

MOST_BODY = 1_000_000
"""Bytes. Files never come this way: they are fetched from the platform."""
STUCK_AFTER = timedelta(minutes=15)
"""An outbox whose oldest message that may leave has waited longer is stuck."""
DATABASE_SECONDS = 2.0

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Watched(Protocol):
    """A store that can tell how it stands."""

    def readiness(self, now: datetime, timeout: float = ...) -> Readiness:
        """How it stands; blocks for at most `timeout` seconds."""


class Health:
    """Whether this process can do its work now, part by part."""

    def __init__(self, store: Watched, clock: Clock, metrics: Metrics) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics

    async def parts(self) -> dict[str, str]:
        """Each part with `ok`, or one word for what it is; no details, since anybody may ask."""
        found = await asyncio.to_thread(self._store.readiness, self._clock.now(), DATABASE_SECONDS)
        if not found.reachable:
            return {"database": "unreachable", "outbox": "unknown"}
        self._metrics.outbox(found.waiting, found.oldest)
        return {
            "database": "ok" if found.migrated else "not_migrated",
            "outbox": "ok" if found.oldest <= STUCK_AFTER else "stuck",
        }


def build_web(routes: Iterable[web.AbstractRouteDef], health: Health, metrics: Metrics) -> web.Application:
    """The web application: the routes given, and those by which an operator watches the process."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_: web.Request) -> web.Response:
        parts = await health.parts()
        ready = all(state == "ok" for state in parts.values())
        body = {"status": "ready" if ready else "not ready", "parts": parts}
        return web.json_response(body, status=200 if ready else 503)

    async def serve_metrics(_: web.Request) -> web.Response:
        return web.Response(body=metrics.page(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application(client_max_size=MOST_BODY, middlewares=[_answer_failures])
    app.on_response_prepare.append(_add_headers)
    app.add_routes(
        [
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", serve_metrics),
            *routes,
        ]
    )
    return app


@web.middleware
async def _answer_failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A failure is answered in a word and logged by its route: addresses hold tokens, errors hold words."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:
        resource = request.match_info.route.resource
        path = resource.canonical if resource is not None else ""
        log.exception("request_failed", method=request.method, path=path)
        return web.json_response({"error": "internal"}, status=500)


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "referral-bot"
