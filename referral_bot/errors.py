"""What can go wrong, in words a person can act on.

Every message is shown to people as it stands: it names no patient and says what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping


class ReferralBotError(Exception):
    """Something the bot will not or cannot do; its text is for the person who asked."""


class Refused(ReferralBotError):
    """The person may not do this; the refusal is kept in the audit log."""


class NotFound(ReferralBotError):
    """There is no such thing, or it is not this person's to know about: the two read the same."""


class Stale(ReferralBotError):
    """Somebody else changed the record since it was read; nothing was written."""


class NotNow(ReferralBotError):
    """The act does not fit the present state; the text says what happened meanwhile."""


class BadInput(ReferralBotError):
    """What was typed cannot be taken. `fields` maps a form field's key to the sentence shown under it."""

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields: dict[str, str] = dict(fields or {})


class TimeTaken(ReferralBotError):
    """The chosen time was taken or held by somebody else in the meantime."""


class SetupError(ReferralBotError):
    """Settings, keys, database or a file are wrong; one line, with the mend."""


class StoreUnavailable(ReferralBotError):
    """The database did not take or give anything just now; nothing was kept. It may be tried again."""


class Unreadable(ReferralBotError):
    """A kept value does not open: it was changed or moved from outside, or its key is not here."""
