"""Records put straight into a database, for tests that begin where many are there already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from handlers.demo.model import Channel, Message
from handlers.demo.workspace import Workspace
from referral_bot.cards import elements, replies
from referral_bot.desk import due
from referral_bot.model import (
    Audience,
    FollowUp,
    FollowUpKind,
    OutboxKind,
    OutboxMessage,
    Promise,
    Referral,
    Role,
    Side,
    State,
    Thread,
)
from referral_bot.practice import PromiseKind, Urgency
from referral_bot.store import Transaction
from storage import SqlStore

AT_ONCE = 500


def promises_due(store: SqlStore, workspace: Workspace, numbers: Sequence[int], now: datetime) -> None:
    """Sent referrals, each with a promise whose reminder is due: one message into a thread each.

    They are in a channel of their own, since the workspace gets slow where very much is said in one.
    """
    channel = f"C0DUE{numbers[0]}"
    workspace.add_channel(Channel(channel, channel.lower()))
    for first in range(0, len(numbers), AT_ONCE):
        some = [(number, opened(workspace, channel)) for number in numbers[first : first + AT_ONCE]]
        store.transact(partial(_promises, channel, some, now)).result()


def opened(workspace: Workspace, channel: str) -> str:
    """A message of the bot's that stands in a channel, to have a thread under it."""
    bot = workspace.installations[workspace.team.id]
    message = Message(workspace.next_ts(), channel, bot.bot_user, bot.team, "A referral.", bot=bot.bot)
    workspace.messages[channel][message.ts] = message
    return message.ts


def _promises(channel: str, some: list[tuple[int, str]], now: datetime, tx: Transaction) -> None:
    for number, root in some:
        name = f"due{number}"
        referral = Referral(
            id=name,
            reference=f"RB-DUE{number}",
            state=State.SUBMITTED,
            office_key="lakeside",
            service_key="cardiology",
            urgency=Urgency.ROUTINE,
            sent_by="maria",
            next_actor=Side.PRACTICE,
            next_kind=PromiseKind.ACKNOWLEDGE,
            due_at=now + timedelta(hours=1),
            started_at=now - timedelta(hours=3),
            submitted_at=now - timedelta(hours=3),
        )
        promise = Promise(
            id=name,
            subject_id=name,
            kind=PromiseKind.ACKNOWLEDGE,
            owed_by=Side.PRACTICE,
            role=Role.INTAKE,
            made_at=now - timedelta(hours=3),
            due_at=now + timedelta(hours=1),
        )
        thread = Thread(
            id=name,
            subject_id=name,
            audience=Audience.PRACTICE,
            platform="slack",
            channel=channel,
            root=root,
        )
        reminder = FollowUp(
            id=name,
            key=name,
            subject_id=name,
            kind=FollowUpKind.PROMISE,
            due_at=now - timedelta(minutes=1),
            argument=f"{name}:{due.awaited(promise)}",
        )
        for record in (referral, promise, thread, reminder):
            tx.add(record)


def thread_of_messages(
    store: SqlStore, name: str, channel: str, root: str, messages: range, now: datetime
) -> None:
    """A thread with messages that wait to be sent, numbered in their order."""

    def use_case(tx: Transaction) -> None:
        thread = Thread(
            id=name,
            subject_id=name,
            audience=Audience.PRACTICE,
            platform="slack",
            channel=channel,
            root=root,
        )
        tx.add(thread)
        for number in messages:
            row = OutboxMessage(
                id=f"{name}-{number}",
                thread_id=name,
                kind=OutboxKind.POST,
                created_at=now,
                not_before=now,
                content=elements.dump(replies.says(f"Message {number} of {name}.")),
            )
            tx.add(row)

    store.transact(use_case).result()
