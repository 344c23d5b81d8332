"""Modals and home tabs, and the triggers that open them.

Source: https://docs.slack.dev/surfaces/modals and …/reference/methods/views.open (push, update, publish).
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handlers.demo.blockkit import elements_of, every_block, validate_view
from handlers.demo.changes import Change
from handlers.demo.inputs import carried_over, initial_state, spots
from handlers.demo.model import Installation, Json, NotPossible, SlackError, View

if TYPE_CHECKING:
    from handlers.demo.workspace import Workspace

TRIGGER_SECONDS = 3.0
MOST_VIEWS = 3


@dataclass
class Trigger:
    """The right to open one modal before one person; `view` is the modal that they were in."""

    user: str
    team: str
    expires: float
    view: str | None
    used: bool = False


@dataclass(frozen=True)
class Submitted:
    """What became of a submission: the app's action, or the errors that stand under the fields."""

    action: str
    errors: Mapping[str, str]

    @property
    def ok(self) -> bool:
        return not self.errors


class Modals:
    """What every person has open: a stack of at most three modals, the top one visible, and a home tab."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.stacks: dict[str, list[View]] = defaultdict(list)
        self.homes: dict[tuple[str, str], View] = {}
        self.triggers: dict[str, Trigger] = {}

    # --- Triggers --------------------------------------------------------------------------------

    def trigger(self, user: str, installation: Installation, view: View | None = None) -> str:
        """A new trigger_id, good for one use within three seconds."""
        number = len(self.triggers) + 1
        trigger_id = f"{number:013d}.{number:012d}.{number:032x}"
        expires = self.workspace.monotonic() + TRIGGER_SECONDS
        self.triggers[trigger_id] = Trigger(user, installation.team, expires, view.id if view else None)
        return trigger_id

    def exchange(self, trigger_id: str, installation: Installation) -> Trigger:
        """Spends a trigger.

        Raises:
            SlackError: invalid_trigger_id, expired_trigger_id, exchanged_trigger_id.
        """
        trigger = self.triggers.get(trigger_id)
        if trigger is None or trigger.team != installation.team:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self.workspace.monotonic() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    # --- What the app asks for -------------------------------------------------------------------

    def open(self, trigger_id: str, content: Json, installation: Installation) -> View:
        check(content, "modal")
        trigger = self.exchange(trigger_id, installation)
        view = self.new(trigger.user, content, installation)
        self.stacks[trigger.user] = [view]
        return self.shown("open", view)

    def push(self, trigger_id: str, content: Json, installation: Installation) -> View:
        check(content, "modal")
        trigger = self.exchange(trigger_id, installation)
        if not trigger.view or not self.stacks[trigger.user]:
            raise SlackError("not_found")
        return self.on_top(trigger.user, content, installation)

    def on_top(self, user: str, content: Json, installation: Installation) -> View:
        stack = self.stacks[user]
        if len(stack) >= MOST_VIEWS:
            raise SlackError("push_limit_reached")
        view = self.new(user, content, installation)
        view.root, view.previous = stack[0].id, stack[-1].id
        stack.append(view)
        return self.shown("push", view)

    def update(self, content: Json, view_id: str = "", external_id: str = "", expected: str = "") -> View:
        """Raises: SlackError not_found, hash_conflict."""
        view = next(
            (
                one
                for stack in [*self.stacks.values(), list(self.homes.values())]
                for one in stack
                if one.id == view_id or (external_id and one.content.get("external_id") == external_id)
            ),
            None,
        )
        if view is None:
            raise SlackError("not_found")
        check(content, view.type)
        if expected and expected != view.hash:
            raise SlackError("hash_conflict")
        return self.replace(view, content)

    def replace(self, view: View, content: Json) -> View:
        view.content = content | {"blocks": with_ids(self.workspace, content["blocks"])}
        view.state = carried_over(view.state, view.blocks)
        view.errors = {}
        view.hash = self.new_hash()
        return self.shown("update" if view.type == "modal" else "home", view)

    def publish(self, user: str, content: Json, installation: Installation, expected: str = "") -> View:
        """Raises: SlackError user_not_found, hash_conflict, not_enabled."""
        check(content, "home")
        if not self.workspace.app.home_tab:
            raise SlackError("not_enabled")
        if user not in self.workspace.people or self.workspace.people[user].team != installation.team:
            raise SlackError("user_not_found")
        old = self.homes.get((user, installation.team))
        if expected and (old is None or old.hash != expected):
            raise SlackError("hash_conflict")
        view = self.new(user, content, installation)
        if old:
            view.id = view.root = old.id
        self.homes[user, installation.team] = view
        return self.shown("home", view)

    # --- What the person does --------------------------------------------------------------------

    def current(self, user: str) -> View | None:
        return self.stacks[user][-1] if self.stacks[user] else None

    def home(self, user: str) -> View | None:
        return self.homes.get((user, self.workspace.people[user].team))

    def close(self, view: View, *, everything: bool = False) -> list[View]:
        """Takes a modal (with `everything`, the stack) away; those that are gone, the topmost first."""
        stack = self.stacks[view.user]
        gone = list(reversed(stack)) if everything else [view]
        self.stacks[view.user] = [one for one in stack if one not in gone]
        now = self.current(view.user)
        self.workspace.changed(Change("view", user=view.user, view=now, action="close"))
        return gone

    def fail(self, view: View, errors: dict[str, str]) -> None:
        """The app objects to what was submitted."""
        view.errors = errors
        self.shown("update", view)

    def answered(self, view: View, answer: Any, installation: Installation) -> Submitted:
        """Carries out a `response_action`; without one the modal closes.

        Raises:
            SlackError: a view that Slack would not take.
        """
        action = answer.get("response_action", "close") if isinstance(answer, dict) else "close"
        if action == "errors":
            errors: dict[str, str] = dict(answer["errors"])
            unknown = errors.keys() - {one.block_id for one in spots(view.blocks) if one.is_input}
            if unknown or not errors:
                raise NotPossible(f"errors for blocks that are no inputs of this view: {sorted(unknown)}")
            self.fail(view, errors)
            return Submitted("errors", errors)
        if action == "update":
            self.update(answer["view"], view.id)
        elif action == "push":
            check(answer["view"], "modal")
            self.on_top(view.user, answer["view"], installation)
        elif action in ("clear", "close"):
            self.close(view, everything=action == "clear")
        else:
            raise NotPossible(f"no response_action {action!r}")
        return Submitted(action, {})

    # --- Inside ----------------------------------------------------------------------------------

    def new(self, user: str, content: Json, installation: Installation) -> View:
        external = content.get("external_id")
        if external and any(
            one.content.get("external_id") == external for stack in self.stacks.values() for one in stack
        ):
            raise SlackError("duplicate_external_id")
        content = content | {"blocks": with_ids(self.workspace, content["blocks"])}
        view_id = self.workspace.next_id("V")
        return View(
            id=view_id,
            user=user,
            team=installation.team,
            user_team=self.workspace.people[user].team,
            bot=installation.bot,
            app=self.workspace.app.id,
            content=content,
            hash=self.new_hash(),
            root=view_id,
            state=initial_state(content["blocks"]),
        )

    def new_hash(self) -> str:
        return f"{int(self.workspace.clock().timestamp())}.{self.workspace.next_id('')}"

    def shown(self, action: str, view: View) -> View:
        if view.type == "home":
            self.workspace.changed(Change("home", user=view.user, view=view))
        else:
            self.workspace.changed(Change("view", user=view.user, view=view, action=action))
        return view


def check(content: Json, kind: str) -> None:
    """Raises: SlackError invalid_arguments or view_too_large, as views.open answers."""
    problems = validate_view(content)
    if any("view_too_large" in problem for problem in problems):
        raise SlackError("view_too_large")
    if content.get("type") != kind and not problems:
        problems = [f"must be one of: {kind} [json-pointer:/view/type]"]
    if problems:
        raise SlackError(
            "invalid_arguments", response_metadata={"messages": [f"[ERROR] {one}" for one in problems]}
        )


def with_ids(workspace: Workspace, blocks: list[Json]) -> list[Json]:
    """A copy in which every block has a block_id and every interactive element an action_id."""
    blocks = copy.deepcopy(blocks)
    for _, block in every_block(blocks):
        block["block_id"] = block.get("block_id") or workspace.next_id("b")
        for element in elements_of(block):
            if element["type"] not in ("image", "plain_text", "mrkdwn"):
                element["action_id"] = element.get("action_id") or workspace.next_id("a")
    return blocks
