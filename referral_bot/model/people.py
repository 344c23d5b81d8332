"""Offices, people, their accounts and their channels."""

from __future__ import annotations

from sqlmodel import Field, SQLModel

from referral_bot.model.codes import ChannelKind, Role, Side


class Office(SQLModel):
    """A referring office."""

    key: str = Field(primary_key=True)
    name: str
    phone: str = ""
    fax: str = ""
    liaison_key: str | None = None
    timezone: str | None = None
    active: bool = True


class Person(SQLModel):
    """Anyone of the practice or of an office. Leavers stay, inactive, with their history."""

    key: str = Field(primary_key=True)
    name: str
    role: Role
    side: Side
    office_key: str | None = Field(default=None, index=True)
    npi: str = ""
    timezone: str | None = None
    active: bool = True


class Identity(SQLModel):
    """A person's account on a platform. `tenant` (Slack team, Teams tenant) is empty until first met."""

    id: str = Field(primary_key=True)
    platform: str
    tenant: str = ""
    account: str
    person_key: str = Field(index=True)
    active: bool = True


class Channel(SQLModel):
    """A chat channel and whom it belongs to. `office_key` is none for the practice's own."""

    id: str = Field(primary_key=True)
    platform: str
    channel: str
    kind: ChannelKind
    office_key: str | None = Field(default=None, index=True)
