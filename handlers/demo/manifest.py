"""What a Slack app declares about itself in its manifest, as far as it decides what it may do and is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The scopes any one of which an event needs; events that are not here need none.
# https://docs.slack.dev/reference/events
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "member_joined_channel": "channels:read",
    "reaction_added": "reactions:read",
    "file_shared": "files:read",
}


@dataclass(frozen=True)
class Command:
    """`should_escape`: names in the text are turned into ids."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


@dataclass(frozen=True)
class Shortcut:
    type: str  # "global" or "message"
    name: str
    callback_id: str


@dataclass(frozen=True)
class App:
    """The app as declared: `events` are names as in the manifest ("message.channels", "app_mention")."""

    id: str
    name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    interactive: bool
    home_tab: bool

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any], app_id: str = "A0APP") -> App:
        """Reads the shape of an `app_manifest.yaml`.

        Raises:
            ValueError: an event, command or shortcut is declared without its scope, which Slack refuses too.
        """
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        scopes = frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ()))
        events = frozenset(settings.get("event_subscriptions", {}).get("bot_events", ()))
        for event in sorted(events):
            if event in EVENT_SCOPES and EVENT_SCOPES[event] not in scopes:
                raise ValueError(f"the event {event} needs the scope {EVENT_SCOPES[event]}")
        if (features.get("slash_commands") or features.get("shortcuts")) and "commands" not in scopes:
            raise ValueError("slash commands and shortcuts need the scope commands")
        name = (
            features.get("bot_user", {}).get("display_name")
            or manifest.get("display_information", {}).get("name")
            or "Bot"
        )
        return cls(
            id=app_id,
            name=name,
            scopes=scopes,
            events=events,
            commands=tuple(
                Command(
                    one["command"],
                    one.get("description", ""),
                    one.get("usage_hint", ""),
                    bool(one.get("should_escape", False)),
                )
                for one in features.get("slash_commands", ())
            ),
            shortcuts=tuple(
                Shortcut(one["type"], one["name"], one["callback_id"])
                for one in features.get("shortcuts", ())
            ),
            interactive=bool(settings.get("interactivity", {}).get("is_enabled", False)),
            home_tab=bool(features.get("app_home", {}).get("home_tab_enabled", False)),
        )
