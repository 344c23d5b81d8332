"""Where conversations are reached: kept from every activity that tells of one, looked up to speak first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from handlers.clock import Clock
from handlers.teams import payloads, wire
from referral_bot.model import Conversation, ConversationKind
from referral_bot.store import Result, Store, Transaction

Json = dict[str, Any]

STALE_AFTER: Final = timedelta(hours=1)
"""How long what is kept counts as seen just now: a busy chat writes nothing more than once an hour."""
MOST_REMEMBERED: Final = 10_000


class Addresses:
    """The conversations that the bot knows, with those heard of lately in memory."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._kept: dict[str, Conversation] = {}

    async def keep(self, activity: Json) -> Conversation:
        """Keep where the conversation of an activity is reached. Raises what the store raises."""
        told = self.told(activity)
        kept = self._kept.get(told.id)
        if kept is not None and _same(kept, told) and told.seen_at - kept.seen_at < STALE_AFTER:
            return kept
        await self._transact(lambda tx: tx.keep_conversation(told))
        if len(self._kept) >= MOST_REMEMBERED:
            self._kept.clear()
        self._kept[told.id] = told
        return told

    def told(self, activity: Json) -> Conversation:
        """Where the conversation of an activity is reached, as it says itself."""
        return _told(activity, self._clock.now())

    async def put(self, conversation: Conversation) -> None:
        """Keep a conversation that the bot has begun itself."""
        await self._transact(lambda tx: tx.keep_conversation(conversation))

    async def forget(self, conversation: Conversation) -> None:
        """Forget a conversation that has ended."""
        self._kept.pop(conversation.id, None)
        await self._transact(lambda tx: tx.forget_conversation(conversation))

    async def find(self, conversation: str) -> Conversation | None:
        """Where a conversation is reached, if anything of it has been heard."""
        known = self._kept.get(Conversation.id_of(wire.PLATFORM, conversation))
        return known or await self._transact(lambda tx: tx.conversation(wire.PLATFORM, conversation))

    async def personal(self, account: str) -> Conversation | None:
        """The conversation of one account with the bot."""
        return await self._transact(lambda tx: tx.personal_conversation(wire.PLATFORM, account))

    async def service_url(self, tenant: str) -> str:
        """Where a tenant's conversations are reached; empty if none has been heard of."""
        newest = await self._transact(lambda tx: tx.newest_conversation(wire.PLATFORM, tenant))
        return newest.service_url if newest else ""

    async def _transact(self, use_case: Callable[[Transaction], Result]) -> Result:
        return await asyncio.wrap_future(self._store.transact(use_case))


def conversation(
    tenant: str,
    id: str,
    kind: ConversationKind,
    service_url: str,
    now: datetime,
    *,
    team: str = "",
    account: str = "",
    member: str = "",
) -> Conversation:
    """A conversation of this platform."""
    return Conversation(
        id=Conversation.id_of(wire.PLATFORM, id),
        platform=wire.PLATFORM,
        tenant=tenant,
        conversation=id,
        kind=kind,
        service_url=service_url,
        team=team,
        account=account,
        member=member,
        seen_at=now,
    )


def _told(activity: Json, now: datetime) -> Conversation:
    kind = payloads.kind(activity)
    member = payloads.member(activity) if kind is ConversationKind.PERSONAL else ""
    account = payloads.speaker(activity).account if member else ""
    return conversation(
        payloads.tenant(activity),
        payloads.bare_id(activity["conversation"]["id"]),
        kind,
        activity["serviceUrl"],
        now,
        team=payloads.team(activity),
        account=account,
        member=member,
    )


def _same(one: Conversation, other: Conversation) -> bool:
    fields = ("service_url", "kind", "team", "account", "member")
    return all(getattr(one, name) == getattr(other, name) for name in fields)
