"""The manifest asks for exactly what the code uses: nothing is missing, nothing is more than needed."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from slack_rig import MANIFEST

from handlers import slack
from handlers.demo.manifest import App
from handlers.slack import listeners

# https://docs.slack.dev/reference/methods: the scopes that a bot token needs for each method, for every kind
# of conversation the bot is in.
METHOD_SCOPES: dict[str, set[str]] = {
    "auth_test": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "files_completeUploadExternal": {"files:write"},
    "files_getUploadURLExternal": {"files:write"},
    "files_info": {"files:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
# https://docs.slack.dev/reference/events
EVENT_SCOPES: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "tokens_revoked": set(),
}
MESSAGES = {"message.channels", "message.groups", "message.im"}
PLACEHOLDER = "https://referrals.example.org/slack/events"


class RecordingApp:
    """Stands in for Bolt's app, and notes what is registered."""

    def __init__(self) -> None:
        self.registered: list[tuple[str, Any]] = []

    def __getattr__(self, kind: str) -> Callable[[Any], Callable[[Any], None]]:
        def register(constraint: Any) -> Callable[[Any], None]:
            self.registered.append((kind, constraint))
            return lambda listener: None

        return register

    def named(self, kind: str) -> set[str]:
        return {
            constraint
            for found, constraint in self.registered
            if found == kind and isinstance(constraint, str)
        }


class AnyListener:
    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda: None


@pytest.fixture
def registered() -> RecordingApp:
    app = RecordingApp()
    listeners.register(app, AnyListener())  # type: ignore[arg-type]
    return app


def used_methods() -> set[str]:
    """Every method of Slack's client that the code calls."""
    folder = Path(str(slack.__file__)).parent
    return {
        name for file in folder.glob("*.py") for name in calls_of_client(ast.parse(file.read_text("utf-8")))
    }


def calls_of_client(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if getattr(owner, "attr", getattr(owner, "id", "")) in ("_client", "client"):
                yield node.func.attr


def manifest_events() -> set[str]:
    return set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])


def test_every_method_the_code_calls_is_known_here() -> None:
    assert used_methods() == set(METHOD_SCOPES)


def test_the_scopes_are_exactly_those_of_what_is_used() -> None:
    needed = set().union(*(METHOD_SCOPES[name] for name in used_methods()))
    needed |= set().union(*(EVENT_SCOPES[name] for name in manifest_events()))
    needed |= {"commands"}
    scopes = MANIFEST["oauth_config"]["scopes"]["bot"]
    assert sorted(needed) == scopes


def test_the_events_are_exactly_those_listened_to(registered: RecordingApp) -> None:
    listened = registered.named("event")
    expected = (listened - {"message"}) | (MESSAGES if "message" in listened else set())
    assert manifest_events() == expected


def test_the_commands_are_exactly_those_listened_to(registered: RecordingApp) -> None:
    declared = {one["command"] for one in MANIFEST["features"]["slash_commands"]}
    assert declared == registered.named("command") == {"/refer", "/availability", "/referral-status"}


def test_the_shortcuts_are_exactly_those_listened_to(registered: RecordingApp) -> None:
    kinds = {"shortcut": "global", "message_action": "message"}
    listened = {
        (kinds[constraint["type"]], constraint["callback_id"])
        for kind, constraint in registered.registered
        if kind == "shortcut" and isinstance(constraint, dict)
    }
    declared = {(one["type"], one["callback_id"]) for one in MANIFEST["features"]["shortcuts"]}
    assert declared == listened


def test_every_kind_of_request_has_a_listener_of_last_resort(registered: RecordingApp) -> None:
    last = {kind for kind, constraint in registered.registered if getattr(constraint, "pattern", None) == ""}
    assert last == {"event", "action", "options", "view", "command", "shortcut"}


def test_buttons_forms_home_tab_and_direct_messages_are_switched_on() -> None:
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is True
    assert MANIFEST["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_every_address_is_the_one_route_of_slack() -> None:
    text = (Path(__file__).parents[2] / "app_manifest.yaml").read_text("utf-8")
    addresses = re.findall(r"^[^#\n]*url: (\S+)$", text, re.MULTILINE)
    assert set(addresses) == {PLACEHOLDER}
    assert len(addresses) == 3 + len(MANIFEST["features"]["slash_commands"])


def test_texts_are_within_slacks_limits() -> None:
    features = MANIFEST["features"]
    assert len(MANIFEST["display_information"]["name"]) <= 35
    assert len(MANIFEST["display_information"]["description"]) <= 140
    assert all(len(one["name"]) <= 24 and len(one["description"]) <= 150 for one in features["shortcuts"])
    assert all(len(one["usage_hint"]) <= 1_000 for one in features["slash_commands"])
    assert all(len(one["description"]) <= 2_000 for one in features["slash_commands"])


def test_the_embedded_workspace_takes_the_manifest() -> None:
    assert App.from_manifest(MANIFEST).name == "Referral Bot"
