"""`/page/{token}`: one document, shown once, to the person for whom the link was made.

A link carries random ids only, is signed, lives five minutes, and is spent by the person's press:
the link previews of chat platforms fetch an address without anybody having asked for it.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import html
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from aiohttp import web

from handlers.clock import Clock
from referral_bot.desk.documents import SUFFIXES
from referral_bot.desk.pages import open_document
from referral_bot.errors import NotFound, StoreUnavailable
from referral_bot.model import Document
from referral_bot.store import Store, Transaction

LIFETIME = timedelta(minutes=5)

_TAG_BYTES = 32
_MOST_TOKEN = 500
"""Characters; what is longer was not made here."""


@dataclass(frozen=True)
class Ticket:
    """What a link stands for: this document, for this person, until then (UTC), once."""

    document_id: str
    person_key: str
    expires: datetime
    nonce: str

    @property
    def once_key(self) -> str:
        """What `Transaction.first_time` remembers of it."""
        return f"page:{self.nonce}"


class PageLinks:
    """Makes and reads the links. `key`: 32 secret bytes that serve nothing else."""

    def __init__(self, key: bytes, public_url: str) -> None:
        self._key = key
        self._public_url = public_url

    def url(self, document_id: str, person_key: str, now: datetime) -> str:
        """A fresh link to a document for a person."""
        ticket = Ticket(document_id, person_key, now + LIFETIME, secrets.token_urlsafe(12))
        return f"{self._public_url}/page/{self.token(ticket)}"

    def token(self, ticket: Ticket) -> str:
        """The signed form of a ticket."""
        said = json.dumps(
            [ticket.document_id, ticket.person_key, int(ticket.expires.timestamp()), ticket.nonce],
            separators=(",", ":"),
        ).encode()
        return _encode(self._tag(said) + said)

    def read(self, token: str, now: datetime) -> Ticket:
        """The ticket of a token made here that has not run out. Raises NotFound, whatever is wrong."""
        try:
            whole = _decode(token[: _MOST_TOKEN + 1])
            tag, said = whole[:_TAG_BYTES], whole[_TAG_BYTES:]
            if len(token) > _MOST_TOKEN or not hmac.compare_digest(tag, self._tag(said)):
                raise _gone()
            document_id, person_key, expires, nonce = json.loads(said)
        except (ValueError, binascii.Error):
            raise _gone() from None
        ticket = Ticket(document_id, person_key, datetime.fromtimestamp(expires, UTC), nonce)
        if ticket.expires <= now:
            raise _gone()
        return ticket

    def _tag(self, said: bytes) -> bytes:
        return hmac.digest(self._key, b"page\0" + said, hashlib.sha256)


class Pages:
    """The routes of the page."""

    def __init__(self, links: PageLinks, store: Store, clock: Clock) -> None:
        self._links = links
        self._store = store
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """What `handlers/web.py` serves."""
        return [web.get("/page/{token}", self.look), web.post("/page/{token}", self.open)]

    async def look(self, request: web.Request) -> web.Response:
        """Ask for the press. Nothing is read and nothing is spent."""
        try:
            self._links.read(request.match_info["token"], self._clock.now())
        except NotFound as gone:
            return _say(str(gone), status=404)
        return _say(
            "This document is about a patient. It opens once, for the person who asked for it.", button=True
        )

    async def open(self, request: web.Request) -> web.Response:
        """Spend the link and hand the document out as a download."""
        now = self._clock.now()
        try:
            ticket = self._links.read(request.match_info["token"], now)
            document = await asyncio.wrap_future(self._store.transact(partial(self._spend, ticket, now)))
            if document is None:
                raise _gone()
        except NotFound as gone:
            return _say(str(gone), status=404)
        except StoreUnavailable as trouble:
            return _say(str(trouble), status=503)
        suffix = SUFFIXES.get(document.media_type)
        return web.Response(
            body=document.content,
            # Only types that a browser does not run; anything else is bytes to be saved.
            content_type=document.media_type if suffix else "application/octet-stream",
            headers={
                # A name of its own: the document's may name the patient, and would stay in the
                # browser's list of downloads.
                "Content-Disposition": f'attachment; filename="document{suffix or ""}"',
                "Content-Security-Policy": "default-src 'none'; sandbox",
            },
        )

    def _spend(self, ticket: Ticket, now: datetime, tx: Transaction) -> Document | None:
        if not tx.first_time(ticket.once_key, now):
            return None
        return open_document(tx, ticket.document_id, ticket.person_key, now)


def _gone() -> NotFound:
    return NotFound(
        "This link has been used or is more than five minutes old. "
        "Press the button in the chat for a new one."
    )


_STYLE = (
    "body{font:1.05rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem}"
    "body{color:#1d2733;background:#fff}"
    "button{font:inherit;padding:.6rem 1.4rem;border:0;border-radius:.4rem;background:#0b5d7a;color:#fff}"
    "button:focus-visible{outline:3px solid #e0a100;outline-offset:2px}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def _say(sentence: str, *, status: int = 200, button: bool = False) -> web.Response:
    press = '<form method="post"><button type="submit" autofocus>Open the document</button></form>'
    return web.Response(
        status=status,
        content_type="text/html",
        charset="utf-8",
        text=(
            '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">'
            f"<title>Referral Bot</title><style>{_STYLE}</style>"
            f"<main><h1>Referral Bot</h1><p>{html.escape(sentence)}</p>{press if button else ''}</main>"
        ),
        headers={
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
                "frame-ancestors 'none'; base-uri 'none'"
            )
        },
    )


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
