"""What Slack sends, as the desk's values. Verified before it gets here; nothing here decides anything.

Sources: https://docs.slack.dev/reference/interaction-payloads and …/reference/events/message; for connected
channels https://docs.slack.dev/apis/slack-connect.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Final

from handlers.slack import wire
from handlers.slack.files import incoming_files
from handlers.slack.text import typed
from referral_bot.desk.turn import Account, Message, Place

Json = dict[str, Any]

SPOKEN_SUBTYPES: Final = (None, "file_share", "thread_broadcast")
"""Kinds of messages in which a person says something new; the others tell of edits, joins and the like."""


def is_spoken(event: Json) -> bool:
    """Whether a message event is a person's own new words: not a bot's, not an edit, not a deletion."""
    return event.get("subtype") in SPOKEN_SUBTYPES and not event.get("bot_id") and bool(event.get("user"))


def is_of_nobody(event: Json, actor_team: str | None) -> bool:
    """Whether a mention leaves open who spoke, which the `message` event of the same post tells.

    Of a person in another Enterprise organisation a mention names that, and not their workspace.
    """
    return event["type"] == "app_mention" and actor_team is None


def speaker(event: Json, actor_team: str | None, team: str) -> Account:
    """Who an event is about. In a connected channel that is a person of another workspace than `team`.

    `actor_team` is that workspace, where it could be told from the event's envelope.
    """
    tenant = actor_team or event.get("user_team") or event.get("team") or team
    return Account(wire.PLATFORM, str(tenant), str(event["user"]))


def message(event: Json, team: str, bots: Container[str]) -> Message:
    """What was said; `bots` are the accounts under which this bot is mentioned."""
    said = str(event.get("text") or "")
    text, mentions = typed(said, bots)
    direct = event.get("channel_type") == "im"
    addressed = direct or event["type"] == "app_mention" or _mentions_one(said, bots)
    place = spot(event, team, direct=direct)
    return Message(text, place, addressed, incoming_files(event.get("files")), mentions)


def spot(event: Json, team: str, *, direct: bool) -> Place:
    """Where a message stands."""
    ts, thread = str(event["ts"]), str(event.get("thread_ts") or "")
    return Place(wire.PLATFORM, team, str(event["channel"]), ts, "" if thread == ts else thread, direct)


def presser(body: Json, team: str) -> Account:
    """Who used a button, a form or a shortcut."""
    user = body["user"]
    tenant = user.get("team_id") or team
    return Account(wire.PLATFORM, str(tenant), str(user["id"]), str(user.get("name") or ""))


def commander(body: Json) -> Account:
    """Who used a slash command."""
    return Account(wire.PLATFORM, body["team_id"], body["user_id"], body.get("user_name") or "")


def modal(body: Json) -> Json | None:
    """The modal that something was pressed in; none in messages and on the home tab."""
    view: Json | None = body.get("view")
    return view if view and view["type"] == "modal" else None


def on_home(body: Json) -> bool:
    """Whether something was pressed on the home tab."""
    view: Json = body.get("view") or {}
    return view.get("type") == "home"


def pressed_at(body: Json, team: str) -> Place:
    """Where a button stands: in a message, or in a modal, which stands for where it was opened from."""
    if view := body.get("view"):
        return wire.read_metadata(view.get("private_metadata") or "").place(team)
    container, shown = body.get("container") or {}, body.get("message") or {}
    channel = str((body.get("channel") or {}).get("id") or container.get("channel_id") or "")
    ts = str(container.get("message_ts") or shown.get("ts") or "")
    thread = str(container.get("thread_ts") or shown.get("thread_ts") or "")
    direct = channel.startswith("D")
    return Place(wire.PLATFORM, team, channel, ts, "" if thread == ts else thread, direct)


def _mentions_one(said: str, bots: Container[str]) -> bool:
    return any(account in bots for account in typed(said, ())[1].values())
