"""What Teams sends, as the desk's values. Verified before it gets here; nothing here decides anything.

Sources: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference
(the activity) and https://learn.microsoft.com/microsoftteams/platform/bots (what Teams adds).
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from handlers.teams import wire
from handlers.teams.typed import attachments, typed_text
from referral_bot.desk.turn import Account, IncomingFile, Message, Place
from referral_bot.model import ConversationKind

Json = dict[str, Any]

CHANNEL: Final = "msteams"
FILE: Final = "application/vnd.microsoft.teams.file.download.info"
THREAD_MARK: Final = ";messageid="
SPEAKS: Final = frozenset({"message", "invoke"})
"""Types of activities that somebody wants an answer to."""
MOST_ID: Final = 1_000

_KINDS: Final = {
    "personal": ConversationKind.PERSONAL,
    "groupChat": ConversationKind.GROUP,
    "channel": ConversationKind.CHANNEL,
}
_TYPES: Final = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
    "txt": "text/plain",
}
"""Media types by the ending that Teams tells of a file."""


class Malformed(Exception):
    """An activity without what every activity has. The message names the part."""


def checked(found: object) -> Json:
    """The activity, if it has the parts that the bot goes by, each of its type. Raises Malformed."""
    if not isinstance(found, dict):
        raise Malformed("the body")
    _text(found, "type")
    _text(found, "channelId")
    if not _is_web(_text(found, "serviceUrl")):
        raise Malformed("serviceUrl")
    if found["channelId"] != CHANNEL:
        raise Malformed("channelId")
    _text(_part(found, "conversation"), "id")
    if found["type"] in SPEAKS:
        for name in ("from", "recipient"):
            _text(_part(found, name), "id")
        _text(found, "id")
        if found["type"] == "invoke":
            _text(found, "name")
    return found


def tenant(activity: Json) -> str:
    """The tenant that the conversation belongs to; empty where none is told."""
    told = as_object(as_object(activity.get("channelData")).get("tenant")).get("id")
    return str(told or activity["conversation"].get("tenantId") or "").lower()


def team(activity: Json) -> str:
    """The team that the conversation belongs to; empty where none is told."""
    return str(as_object(as_object(activity.get("channelData")).get("team")).get("id") or "")


def speaker(activity: Json) -> Account:
    """Who did it: by their object id in Microsoft Entra, and by the id they have with this bot."""
    who = activity["from"]
    entra = who.get("aadObjectId")
    first = entra.lower() if isinstance(entra, str) and entra else who["id"]
    also = who["id"] if first != who["id"] else ""
    return Account(wire.PLATFORM, tenant(activity), first, str(who.get("name") or ""), also)


def member(activity: Json) -> str:
    """Who did it, by the id they have with this bot; empty where that is nobody, or the bot itself."""
    found = as_object(activity.get("from")).get("id")
    bot = as_object(activity.get("recipient")).get("id")
    return found if isinstance(found, str) and found != bot else ""


def kind(activity: Json) -> ConversationKind:
    """What kind of conversation it is in."""
    conversation = activity["conversation"]
    told = _KINDS.get(str(conversation.get("conversationType") or ""))
    if told is not None:
        return told
    return kind_of(conversation["id"])


def kind_of(conversation: str) -> ConversationKind:
    """What kind of conversation an id is one of, as far as it can be told."""
    bare = bare_id(conversation)
    if bare.endswith(("@thread.tacv2", "@thread.skype")):
        return ConversationKind.CHANNEL
    return ConversationKind.GROUP if bare.startswith("19:") else ConversationKind.PERSONAL


def bare_id(conversation: str) -> str:
    """A conversation's id without what names a thread."""
    return conversation.partition(THREAD_MARK)[0]


def place(activity: Json, message: str) -> Place:
    """Where something was said or pressed; `message` is the message it stands in."""
    found = kind(activity)
    channel, _, root = activity["conversation"]["id"].partition(THREAD_MARK)
    return Place(
        wire.PLATFORM,
        tenant(activity),
        channel,
        message,
        "" if root == message or found is not ConversationKind.CHANNEL else root,
        direct=found is ConversationKind.PERSONAL,
        flat=found is not ConversationKind.CHANNEL,
    )


def message(activity: Json) -> Message:
    """What was said."""
    said = typed_text(activity)
    where = place(activity, activity["id"])
    return Message(
        said.text, where, where.direct or said.addressed, files(activity), said.mentions, said.quoted
    )


def speaks_to_bot(activity: Json) -> bool:
    """Whether it is a message for the bot: in a chat of two, with a mention of it, or by a card's button."""
    if activity["type"] != "message":
        return False
    return kind(activity) is ConversationKind.PERSONAL or typed_text(activity).addressed or is_press(activity)


def is_press(activity: Json) -> bool:
    """Whether a message is a card's button, as clients without `Action.Execute` send it."""
    return isinstance(activity.get("value"), dict) and not activity.get("text")


def bot_is_among(activity: Json, members: str) -> bool:
    """Whether the bot is among those of the activity's `membersAdded` or `membersRemoved`."""
    found, bot = activity.get(members), as_object(activity.get("recipient")).get("id")
    return (
        isinstance(found, list) and bot is not None and any(as_object(one).get("id") == bot for one in found)
    )


def bot_was_removed(activity: Json) -> bool:
    """Whether the bot is in the conversation no more."""
    match activity["type"]:
        case "conversationUpdate":
            return bot_is_among(activity, "membersRemoved")
        case "installationUpdate":
            return activity.get("action") == "remove"
        case _:
            return False


def files(activity: Json) -> tuple[IncomingFile, ...]:
    """The files of a message, and the pictures put into its text."""
    return tuple(
        found for one in attachments(activity) if (found := _file(one, activity["serviceUrl"])) is not None
    )


def _file(attachment: Json, service_url: str) -> IncomingFile | None:
    content = as_object(attachment.get("content"))
    kind = str(attachment.get("contentType") or "")
    if kind == FILE:
        url, ending = str(content.get("downloadUrl") or ""), str(content.get("fileType") or "").lower()
        media_type, source = _TYPES.get(ending, "application/octet-stream"), {"url": url}
    elif kind.startswith("image/"):
        # Put into the text: it lies with the connector, which wants the bot's token.
        url = str(attachment.get("contentUrl") or "")
        media_type, source = "", {"url": url, "service_url": service_url}
    else:
        return None
    return IncomingFile(str(attachment.get("name") or "file"), media_type, 0, source) if url else None


def value(activity: Json) -> Json:
    """What an invoke carries."""
    return as_object(activity.get("value"))


def _is_web(address: str) -> bool:
    try:
        url = urlsplit(address)
        return url.scheme in ("http", "https") and bool(url.hostname)
    except ValueError:
        return False


def as_object(found: object) -> Json:
    """What is found, if it is an object; else an empty one."""
    return found if isinstance(found, dict) else {}


def _part(found: Json, name: str) -> Json:
    part = found.get(name)
    if not isinstance(part, dict):
        raise Malformed(name)
    return part


def _text(found: Json, name: str) -> str:
    text = found.get(name)
    if not isinstance(text, str) or not text or len(text) > MOST_ID:
        raise Malformed(name)
    return text
