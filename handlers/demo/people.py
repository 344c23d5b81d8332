"""A person's side of the workspace: what they say, press, fill in, and see.

    maria = workspace.person("U0MARIA")
    message = await maria.say("C0OFFICE", "<@U0BOT> refer …")
    card = await workspace.until("Submit")
    await maria.press(card, "Edit")
    view = await workspace.until(lambda: maria.view)
    await maria.fill(view, {"Patient name": "Ana Ruiz", "Insurance": "Aetna"})
    await maria.submit_view()

Everything that a real client refuses is refused here: a button that isn't there, a command in a workspace
without the app, a channel one isn't in. An app that does not answer in time raises `AppDidNotAnswer`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from handlers.demo import inputs, interactions
from handlers.demo.blockkit import MOST_FILE_INPUT_BYTES, MOST_TEXT, validate_options
from handlers.demo.composing import escaped, rich_text, typed
from handlers.demo.events import file_json
from handlers.demo.inputs import Spot
from handlers.demo.modals import Submitted
from handlers.demo.model import (
    Channel,
    File,
    Installation,
    Json,
    Message,
    NotPossible,
    Person,
    SlackError,
    View,
)

if TYPE_CHECKING:
    from handlers.demo.workspace import Workspace

Upload = tuple[str, bytes]


class Player:
    """One person's client. Holds no state: two of the same person are the same."""

    def __init__(self, workspace: Workspace, person: Person) -> None:
        self.workspace, self.me = workspace, person

    @property
    def id(self) -> str:
        return self.me.id

    # --- Seeing ----------------------------------------------------------------------------------

    @property
    def channels(self) -> list[Channel]:
        return [one for one in self.workspace.channels.values() if self.id in one.members]

    @property
    def dm_channel(self) -> Channel:
        """Raises: NotPossible where this person's workspace has not installed the app."""
        try:
            return self.workspace.dm(self.id)
        except SlackError:
            raise NotPossible(f"the app is not installed in {self.me.name}'s workspace") from None

    def messages(self, channel: str) -> list[Message]:
        """What stands in a channel, oldest first, without replies; ephemeral messages are in their place."""
        self.seen(channel)
        whispers = [one for one in self.ephemerals(channel) if not one.is_reply]
        return sorted([*self.workspace.history(channel), *whispers], key=lambda message: message.ts)

    def thread(self, channel: str, ts: str) -> list[Message]:
        """A message and its replies, oldest first; ephemeral replies are in their place."""
        self.seen(channel)
        whispers = [one for one in self.ephemerals(channel) if one.thread == ts]
        return sorted([*self.workspace.thread(channel, ts), *whispers], key=lambda message: message.ts)

    def ephemerals(self, channel: str | None = None) -> list[Message]:
        """What only this person sees, oldest first; in one channel or in all."""
        some = [channel] if channel else list(self.workspace.whispers)
        found = [one for c in some for one in self.workspace.whispers[c].values() if one.only_for == self.id]
        return sorted(found, key=lambda message: message.ts)

    @property
    def view(self) -> View | None:
        """The modal before this person, if one is open."""
        return self.workspace.modals.current(self.id)

    def sees(self, words: str) -> bool:
        """Whether these words stand anywhere this person can look: messages, threads, modals, home tab."""
        said = [m for c in self.channels for m in self.workspace.messages[c.id].values() if not m.deleted]
        views = [one for one in (self.view, self.workspace.modals.home(self.id)) if one]
        read = [*(one.plain for one in [*said, *self.ephemerals()]), *(one.plain for one in views)]
        return any(words in text for text in read)

    def seen(self, channel: str) -> Channel:
        found = self.workspace.channels.get(channel)
        if found is None or self.id not in found.members:
            raise NotPossible(f"{self.me.name} is not in {channel}")
        return found

    # --- Saying ----------------------------------------------------------------------------------

    async def say(
        self,
        channel: str,
        text: str = "",
        thread_ts: str | None = None,
        files: Sequence[Upload | File] = (),
    ) -> Message:
        """Sends a message. `<@U…>` and `@Name` become mentions; everything else is text, not markup.

        Returns at once; the app hears of it meanwhile (`workspace.settled()` waits until it has answered).
        """
        where = self.seen(channel)
        if where.archived:
            raise NotPossible(f"{channel} is archived")
        text = typed(self.workspace, self.me, text)[:MOST_TEXT]
        if not text and not files:
            raise NotPossible("an empty message")
        if thread_ts is not None and thread_ts not in self.workspace.messages[channel]:
            raise NotPossible(f"no message {thread_ts} in {channel}")
        message = Message(
            ts=self.workspace.next_ts(),
            channel=channel,
            user=self.id,
            team=self.me.team,
            text=text,
            blocks=[rich_text(self.workspace.next_id("b"), text)] if text else [],
            thread_ts=self.workspace.messages[channel][thread_ts].thread if thread_ts else None,
            files=[self.upload(one) for one in files],
            client_msg_id=self.workspace.next_id("msg-"),
        )
        return self.workspace.post(message)

    async def dm(
        self, text: str = "", thread_ts: str | None = None, files: Sequence[Upload | File] = ()
    ) -> Message:
        """Sends the bot a direct message."""
        return await self.say(self.dm_channel.id, text, thread_ts, files)

    async def edit(self, message: Message, text: str) -> None:
        """Changes one's own message."""
        self.own(message)
        text = typed(self.workspace, self.me, text)
        self.workspace.edit(
            message, by=self.id, text=text, blocks=[rich_text(self.workspace.next_id("b"), text)]
        )

    async def delete(self, message: Message) -> None:
        """Deletes one's own message; ephemeral messages are dismissed."""
        if not message.ephemeral:
            self.own(message)
        self.workspace.remove(message)

    def own(self, message: Message) -> None:
        if message.user != self.id:
            raise NotPossible("somebody else's message")

    def upload(self, file: Upload | File) -> File:
        return file if isinstance(file, File) else self.workspace.add_file(self.id, *file)

    # --- Pressing and choosing -------------------------------------------------------------------

    async def press(self, where: Message | View, button: str, value: str | None = None) -> None:
        """Presses a button.

        Args:
            button: its action_id or its text; for feedback buttons the text (or action_id).
            value: tells apart buttons that are otherwise the same.

        Raises:
            NotPossible: there is no such button, or more than one.
        """
        spot, side = inputs.find_button(where.blocks, button, value)
        await self.act(where, inputs.action(spot, self.workspace.next_ts(), press=side))

    async def press_spot(self, where: Message | View, spot: Spot, value: str | None = None) -> None:
        """Presses the button at a spot; of feedback buttons the one with `value`."""
        side = ""
        if spot.type == "feedback_buttons":
            side = next((one for one in inputs.FEEDBACK if spot.element[one]["value"] == value), "")
            if not side:
                raise NotPossible(f"no button {value!r}")
        await self.act(where, inputs.action(spot, self.workspace.next_ts(), press=side))

    async def select(self, where: Message | View, element: str, value: Any) -> None:
        """Chooses in a menu, picker, radio or checkbox group, or overflow menu, that tells the app at once.

        Args:
            element: its action_id, block_id, label or placeholder.
            value: an option's text or value; a list of them, a date, a user id: as the element takes it.
        """
        await self.choose_and_tell(where, inputs.find(where.blocks, element), value)

    async def choose_and_tell(self, where: Message | View, spot: Spot, value: Any) -> None:
        if spot.type == "overflow":
            chosen = {"type": "overflow", "selected_option": inputs.pick(spot.options, value, spot)}
        else:
            chosen = await self.choose(where, spot, value)
        await self.act(where, inputs.action(spot, self.workspace.next_ts(), chosen))

    async def choose(self, where: Message | View, spot: Spot, value: Any) -> Json:
        """Enters a value, asking the app what an external menu offers; the state that now holds it."""
        offered = await self.offered(where, spot, value) if "external" in spot.type else ()
        chosen = inputs.state_value(spot, value, offered)
        self.state(where).setdefault(spot.block_id, {})[spot.action_id] = chosen
        return chosen

    async def offered(self, where: Message | View, spot: Spot, value: Any) -> list[Json]:
        """The options that an external menu showed last; asks for those of what would be typed if need be."""
        wanted = [value] if isinstance(value, str | dict) else list(value or ())
        first = spot.element.get("initial_options") or [spot.element.get("initial_option")]
        options = [one for one in first if one] + self.workspace.offers.get(self.offer_key(where, spot), [])
        for one in wanted:
            known = one.get("value") if isinstance(one, dict) else one
            if not any(known in (option["value"], option["text"]["text"]) for option in options):
                options = [*options, *flat(await self.suggest_at(where, spot, str(known)))]
        return options

    def state(self, where: Message | View) -> Json:
        """What this person has entered there so far: {block_id: {action_id: …}}."""
        if isinstance(where, View):
            return where.state
        key = (self.id, where.channel, where.ts)
        fresh = inputs.carried_over(self.workspace.message_states.get(key, {}), where.blocks)
        self.workspace.message_states[key] = fresh
        return fresh

    async def act(self, where: Message | View, action: Json) -> None:
        """Sends block_actions; an app's direct answer has no effect, as with Slack."""
        if not self.workspace.app.interactive:
            raise NotPossible("the app has no interactivity")
        if isinstance(where, View):
            installation = self.workspace.installations[where.team]
            payload = interactions.on_view(self.workspace, self.me, installation, where, action)
        else:
            self.seen(where.channel)
            if where.deleted:
                raise NotPossible("the message was deleted")
            installation = self.installation(where)
            payload = interactions.on_message(
                self.workspace, self.me, installation, where, self.state(where), action
            )
        if installation.revoked:
            raise NotPossible("the app was removed")
        await self.workspace.outgoing.interaction(payload)

    async def suggest(self, where: Message | View, element: str, text: str = "") -> Json:
        """Types into an external menu: {"options": […]} or {"option_groups": […]} that the app offers.

        Raises:
            NotPossible: fewer characters than the menu asks for, or an answer that Slack would not take.
        """
        return await self.suggest_at(where, inputs.find(where.blocks, element), text)

    async def suggest_at(self, where: Message | View, spot: Spot, text: str) -> Json:
        least = spot.element.get("min_query_length", 3)
        if len(text) < least:
            raise NotPossible(f"the menu asks only from {least} characters on")
        installation = (
            self.workspace.installations[where.team] if isinstance(where, View) else self.installation(where)
        )
        payload = interactions.suggestion(
            self.workspace, self.me, installation, where, spot.block_id, spot.action_id, text
        )
        answer = (await self.workspace.outgoing.interaction(payload)).body
        if problems := validate_options(answer):
            raise NotPossible(f"Slack would not show these options: {problems}")
        offer: Json = answer
        self.workspace.offers.setdefault(self.offer_key(where, spot), []).extend(flat(offer))
        return offer

    def offer_key(self, where: Message | View, spot: Spot) -> tuple[str, str, str, str]:
        place = where.id if isinstance(where, View) else f"{where.channel}:{where.ts}"
        return self.id, place, spot.block_id, spot.action_id

    # --- Modals and home tab ---------------------------------------------------------------------

    async def fill(self, view: View, values: Mapping[str, Any]) -> None:
        """Enters values, in order, by label, block_id or action_id; see `inputs` for what a value is.

        Inputs with `dispatch_action` tell the app at once, which may change the view meanwhile.
        """
        for name, value in values.items():
            spot = inputs.find(view.blocks, name)
            if spot.type == "file_input":
                value = [self.for_input(spot, one) for one in value or ()]
            chosen = await self.choose(view, spot, value)
            if not spot.is_input or spot.block.get("dispatch_action"):
                await self.act(view, inputs.action(spot, self.workspace.next_ts(), chosen))

    def for_input(self, spot: Spot, file: Upload | File) -> Json:
        """Uploads a file into a file_input, if it is of a type and size that it takes."""
        name, size = (file.name, len(file.content)) if isinstance(file, File) else (file[0], len(file[1]))
        types = spot.element.get("filetypes")
        if types and name.rpartition(".")[2].lower() not in types:
            raise NotPossible(f"{name}: only {', '.join(types)} are taken")
        if size > MOST_FILE_INPUT_BYTES:
            raise NotPossible(f"{name}: more than 10 MB")
        return file_json(self.workspace, self.upload(file))

    async def submit_view(self, view: View | None = None) -> Submitted:
        """Presses the modal's submit button; does what the app answers."""
        view = view or self.view
        if view is None:
            raise NotPossible("no modal is open")
        if wrong := inputs.missing_or_wrong(view.blocks, view.state):
            self.workspace.modals.fail(view, wrong)
            return Submitted("errors", wrong)
        installation = self.workspace.installations[view.team]
        payload = interactions.view_submission(self.workspace, self.me, installation, view)
        answer = (await self.workspace.outgoing.interaction(payload)).body
        return self.workspace.modals.answered(view, answer, installation)

    async def close_view(self, view: View | None = None, *, everything: bool = False) -> None:
        """Cancels the modal (with `everything`, all of them); the app is told if it asked to be."""
        view = view or self.view
        if view is None:
            raise NotPossible("no modal is open")
        for gone in self.workspace.modals.close(view, everything=everything):
            if gone.content.get("notify_on_close"):
                payload = interactions.view_closed(self.workspace, self.me, gone, cleared=everything)
                await self.workspace.outgoing.interaction(payload)

    async def home(self) -> View | None:
        """Opens the app's home tab; the app is told, and may publish a view meanwhile."""
        dm = self.dm_channel
        view = self.workspace.modals.home(self.id)
        event = {"type": "app_home_opened", "user": self.id, "channel": dm.id, "tab": "home"}
        if view:
            event |= {"view": view.as_slack()}  # type: ignore[dict-item]
        self.workspace.outgoing.event(self.workspace.installations[dm.team], event)
        return view

    # --- Commands and shortcuts ------------------------------------------------------------------

    async def slash(self, command: str, text: str = "", channel: str | None = None) -> None:
        """Types a slash command in a channel (by default in the direct messages with the bot).

        Raises:
            NotPossible: the app has no such command, or is not installed in this person's workspace.
        """
        installation = self.own_installation()
        declared = next((one for one in self.workspace.app.commands if one.command == command), None)
        if declared is None:
            raise NotPossible(f"{command} is not a valid command")
        where = self.seen(channel) if channel else self.dm_channel
        text = typed(self.workspace, self.me, text) if declared.should_escape else escaped(text)
        payload = interactions.command(self.workspace, self.me, installation, where, command, text)
        answer = (await self.workspace.outgoing.command(payload)).body
        if answer:
            body = {"text": answer} if isinstance(answer, str) else answer
            self.workspace.response_urls.use(payload["response_url"].rpartition("/")[2], body)

    async def global_shortcut(self, callback_id: str) -> None:
        """Runs a global shortcut."""
        await self.shortcut("global", callback_id, None)

    async def message_shortcut(self, callback_id: str, message: Message) -> None:
        """Runs a shortcut on a message."""
        self.seen(message.channel)
        await self.shortcut("message", callback_id, message)

    async def shortcut(self, kind: str, callback_id: str, message: Message | None) -> None:
        installation = self.own_installation()
        for one in self.workspace.app.shortcuts:
            if (one.type, one.callback_id) == (kind, callback_id):
                payload = interactions.shortcut(self.workspace, self.me, installation, one, message)
                await self.workspace.outgoing.interaction(payload)
                return
        raise NotPossible(f"no {kind} shortcut {callback_id}")

    def own_installation(self) -> Installation:
        """Commands and shortcuts are only there in a workspace that has installed the app."""
        installation = self.workspace.installations.get(self.me.team)
        if installation is None or installation.revoked:
            raise NotPossible(f"the app is not installed in {self.me.name}'s workspace")
        return installation

    def installation(self, message: Message | None = None) -> Installation:
        """The installation that a message belongs to: its author's, else that of the channel."""
        if message is None:
            return self.workspace.installations[self.workspace.team.id]
        return self.workspace.installations[message.team]


def flat(offer: Json) -> list[Json]:
    groups = offer.get("option_groups") or []
    return [*(offer.get("options") or []), *(option for group in groups for option in group["options"])]
