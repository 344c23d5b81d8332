"""Where people follow a referral, and the messages that must reach them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from referral_bot.model.codes import Audience, ConversationKind, OutboxKind, OutboxStatus


class Thread(SQLModel):
    """Where an audience follows a subject. `root` and `head` are the platform's message ids."""

    id: str = Field(primary_key=True)
    version: int = 0
    subject_id: str = Field(index=True)
    audience: Audience
    platform: str
    tenant: str = ""
    channel: str
    root: str | None = None
    """The message the thread hangs under; none until the first post has made it."""
    head: str | None = None
    """The card that shows the present state."""
    flat: bool = False
    """Whether it stands in a conversation without threads, among everything else that is said there."""


class Conversation(SQLModel):
    """Where a platform's conversation is reached, as the platform told it last: needed to speak first.

    `tenant` is the platform's; `conversation` its id, without what names a thread.
    """

    id: str = Field(primary_key=True)
    """As `id_of` makes it."""
    platform: str
    tenant: str
    conversation: str
    kind: ConversationKind
    service_url: str
    team: str = ""
    """The team that a channel belongs to."""
    account: str = ""
    """Of a personal conversation: whose it is, by the id that the directory may know."""
    member: str = ""
    """The same person, by the id that the platform itself uses."""
    seen_at: datetime

    @staticmethod
    def id_of(platform: str, conversation: str) -> str:
        """The id under which a platform's conversation is kept."""
        return f"{platform}:{conversation}"


class OutboxMessageBase(SQLModel):
    """A message that must reach a thread or a person, written with the event that caused it."""

    id: str = Field(primary_key=True)
    thread_id: str | None = Field(default=None, index=True)
    person_key: str | None = None
    """For a direct message: whom it is for."""
    kind: OutboxKind
    seq: int = 0
    """Order within its thread, given by the store."""
    created_at: datetime
    not_before: datetime
    status: OutboxStatus = OutboxStatus.PENDING
    attempts: int = 0
    leased_until: datetime | None = None
    sent_at: datetime | None = None
    sent_as: str | None = None
    """The platform's message id."""
    failure: str | None = None
    """A code, never the platform's own words."""


class OutboxMessage(OutboxMessageBase):
    """An outbox row with what it carries (a card's JSON, or a document's id), kept sealed."""

    content: dict[str, Any] = Field(default_factory=dict)
