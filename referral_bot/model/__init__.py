"""The records the bot keeps and their codes.

Codes that are persisted follow FHIR R4 where it has one. A record with patient data comes in two
steps: `…Base` holds the columns that may stand in the clear, the record itself adds what is kept
sealed. `storage/tables.py` gives the bases their tables, so that a field is written once.

All datetimes are aware and in UTC. All `…_key` fields are keys of the practice directory.
"""

from referral_bot.model.codes import (
    AppointmentStatus,
    Audience,
    AuditAction,
    CallOutcome,
    ChannelKind,
    ConversationKind,
    EventKind,
    FollowUpKind,
    OutboxKind,
    OutboxStatus,
    Phi,
    PromiseStatus,
    Role,
    Side,
    State,
)
from referral_bot.model.conversations import (
    Conversation,
    OutboxMessage,
    OutboxMessageBase,
    Thread,
)
from referral_bot.model.packet import (
    Authorization,
    Callback,
    Contact,
    Insurance,
    Needs,
    Packet,
    Patient,
    Preference,
    Referring,
    StatedDocument,
)
from referral_bot.model.people import (
    Channel,
    Identity,
    Office,
    Person,
)
from referral_bot.model.records import (
    Appointment,
    AuditEntry,
    Document,
    DocumentBase,
    Event,
    EventBase,
    FollowUp,
    Promise,
    Question,
    QuestionBase,
    Referral,
    ReferralBase,
)

__all__ = [
    "Appointment",
    "AppointmentStatus",
    "Audience",
    "AuditAction",
    "AuditEntry",
    "Authorization",
    "CallOutcome",
    "Callback",
    "Channel",
    "ChannelKind",
    "Contact",
    "Conversation",
    "ConversationKind",
    "Document",
    "DocumentBase",
    "Event",
    "EventBase",
    "EventKind",
    "FollowUp",
    "FollowUpKind",
    "Identity",
    "Insurance",
    "Needs",
    "Office",
    "OutboxKind",
    "OutboxMessage",
    "OutboxMessageBase",
    "OutboxStatus",
    "Packet",
    "Patient",
    "Person",
    "Phi",
    "Preference",
    "Promise",
    "PromiseStatus",
    "Question",
    "QuestionBase",
    "Referral",
    "ReferralBase",
    "Referring",
    "Role",
    "Side",
    "State",
    "StatedDocument",
    "Thread",
]
