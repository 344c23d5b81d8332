"""The workspace itself: who is in it, what was said, and who is told.

Nothing here knows HTTP: `api` is how the app calls in, `outgoing` how it is called, `people` what a person
does, `page` the web page. Everything happens on one event loop, so changes need no locks.

    workspace = Workspace(manifest=manifest, team=Team("T0PRAC", "Practice"), people=[…], channels=[…])
    async with workspace.serve() as url:
        workspace.connect("http://127.0.0.1:3000/slack/events")
        await workspace.person("U0MARIA").say("C0OFFICE", "<@U0BOT> refer …")
        await workspace.until("RB-")
"""

from __future__ import annotations

import asyncio
import mimetypes
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from handlers.demo import api, events
from handlers.demo.changes import Change, Watchers
from handlers.demo.faults import Calls, Faults
from handlers.demo.manifest import App
from handlers.demo.modals import Modals
from handlers.demo.model import Channel, File, Installation, Json, Message, Person, SlackError, Team
from handlers.demo.outgoing import Outgoing
from handlers.demo.people import Player
from handlers.demo.rate import RateLimit
from handlers.demo.response_urls import ResponseUrls
from handlers.demo.story import story

if TYPE_CHECKING:
    from handlers.demo.page import Page


def now_utc() -> datetime:
    return datetime.now(UTC)


class Workspace:
    """One or more Slack workspaces that share channels, with one app.

    Args:
        manifest: the app as its `app_manifest.yaml` declares it, parsed.
        team: the workspace that the app is installed in.
        people: everybody; those without a `team` belong to `team`.
        channels: their members are people's ids; the bot is a member too, except in those in `bot_not_in`.
        teams: further workspaces, e.g. of offices in connected channels.
        installed: ids of the further workspaces that have installed the app too.
        clock: what time messages bear. Signatures always bear the real time, as the receiver checks it.
        monotonic: seconds, for what runs out by itself: triggers, response URLs, rate limits.
        retry_delays: seconds before each further delivery of an event that was not answered with 200.
        deadline: seconds within which the app must answer.
        rate_limit: of chat.postMessage in a channel; None lets everything through.
    """

    def __init__(
        self,
        *,
        manifest: Mapping[str, Any],
        team: Team,
        people: Iterable[Person] = (),
        channels: Iterable[Channel] = (),
        teams: Iterable[Team] = (),
        installed: Sequence[str] = (),
        signing_secret: str = "8f742231b10e8888abcd99yyyzzz85a5",  # noqa: S107 (the example in Slack's documents)
        bot_user: str = "U0BOT",
        bot_token: str = "xoxb-0-embedded",  # noqa: S107
        app_token: str = "xapp-1-embedded",  # noqa: S107
        client_id: str = "0.0",
        client_secret: str = "embedded",  # noqa: S107
        clock: Callable[[], datetime] = now_utc,
        monotonic: Callable[[], float] = time.monotonic,
        retry_delays: Sequence[float] = (0.0, 60.0, 300.0),
        deadline: float = 3.0,
        rate_limit: RateLimit | None = None,
        bot_not_in: Sequence[str] = (),
    ) -> None:
        self.app = App.from_manifest(manifest)
        self.team = team
        self.teams = {one.id: one for one in (team, *teams)}
        self.people = {one.id: replace(one, team=one.team or team.id) for one in people}
        self.signing_secret, self.app_token = signing_secret, app_token
        self.client_id, self.client_secret = client_id, client_secret
        self.clock, self.monotonic, self.rate_limit = clock, monotonic, rate_limit
        self.url = ""

        self.installations: dict[str, Installation] = {}
        self.oauth_codes: dict[str, str] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, dict[str, Message]] = {}
        self.whispers: dict[str, dict[str, Message]] = {}
        self.files: dict[str, File] = {}
        self.message_states: dict[tuple[str, str, str], Json] = {}
        self.offers: dict[tuple[str, str, str, str], list[Json]] = {}

        self.faults, self.calls, self.watchers = Faults(), Calls(), Watchers()
        self.modals = Modals(self)
        self.response_urls = ResponseUrls(self)
        self.outgoing = Outgoing(self, retry_delays, deadline)
        self._ids = count(1)
        self._last_ts = 0

        self.install(team.id, bot_user=bot_user, token=bot_token)
        for other in installed:
            self.install(other)
        for channel in channels:
            self.add_channel(channel, with_bot=channel.id not in bot_not_in)

    # --- Serving and waiting ---------------------------------------------------------------------

    @asynccontextmanager
    async def serve(
        self, host: str = "127.0.0.1", port: int = 0, page: Page | None = None
    ) -> AsyncIterator[str]:
        """Serves the Web API (and the page) until the block is left; yields the base address."""
        async with api.serve(self, host, port, page) as url:
            yield url

    @property
    def api_url(self) -> str:
        """What a client takes as its base address."""
        return f"{self.url}/api/"

    def connect(self, request_url: str) -> None:
        """Sends everything to this address from now on: events, interactivity, commands, options."""
        self.outgoing.request_url = request_url

    async def settled(self) -> None:
        """Waits until every event that was sent has been answered or given up."""
        await self.outgoing.settled()

    async def until(
        self,
        what: str | Callable[[], Any],
        timeout: float = 5.0,  # noqa: ASYNC109 (a wait that ends with a story)
        after: str = "",
    ) -> Any:
        """Waits until a text can be read somewhere, or a function says something true.

        Args:
            what: a text (the newest message or ephemeral message that holds it is returned; of a bot only),
                or a function (what it returns is returned); it is asked again after every change.
            timeout: seconds.
            after: of a text, only messages with a later timestamp count.

        Raises:
            TimeoutError: with the last things that happened.
        """
        condition: Callable[[], Any] = (lambda: self.find(what, after)) if isinstance(what, str) else what
        with self.watch() as changed:
            try:
                async with asyncio.timeout(timeout):
                    while not (found := condition()):
                        await changed.get()
            except TimeoutError:
                raise TimeoutError(f"{what!r} did not come in {timeout} s. {story(self)}") from None
        return found

    def find(self, words: str, after: str = "") -> Message | None:
        """The newest message or ephemeral message of a bot that holds these words."""
        everything = [*self.every_message(), *(m for some in self.whispers.values() for m in some.values())]
        found = [m for m in everything if m.bot and not m.deleted and m.ts > after and words in m.plain]
        return max(found, key=lambda message: message.ts, default=None)

    def every_message(self) -> Iterator[Message]:
        for some in self.messages.values():
            yield from some.values()

    @contextmanager
    def watch(self) -> Iterator[asyncio.Queue[Change]]:
        """A queue of everything that changes while the block runs."""
        with self.watchers.queue() as queue:
            yield queue

    def changed(self, change: Change) -> None:
        self.watchers.tell(change)

    # --- Who and where ---------------------------------------------------------------------------

    def person(self, user: str) -> Player:
        """A person's side: what they do and see."""
        return Player(self, self.people[user])

    def name_of(self, user: str) -> str:
        return self.people[user].name if user in self.people else self.app.name

    def next_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._ids):08d}"

    def next_ts(self) -> str:
        """A new timestamp at the clock's time, later than any before."""
        self._last_ts = max(int(self.clock().timestamp() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def install(self, team: str, *, bot_user: str = "", token: str = "") -> Installation:
        """The app is installed (again) in a workspace, with the scopes that its manifest asks for."""
        old = self.installations.get(team)
        bot_user = bot_user or (old.bot_user if old else f"U0BOT{team[1:]}")
        token = token or (f"{old.token}-again" if old else f"xoxb-{team}")
        self.installations[team] = Installation(team, token, bot_user, f"B{bot_user[1:]}", self.app.scopes)
        return self.installations[team]

    def uninstall(self, team: str) -> None:
        """The app is removed from a workspace: its token is dead, and it is told."""
        installation = self.installations[team]
        installation.revoked = True
        tokens = {"oauth": [], "bot": [installation.bot_user]}
        self.outgoing.event(installation, {"type": "tokens_revoked", "tokens": tokens})
        self.outgoing.event(installation, {"type": "app_uninstalled"})

    def oauth_code(self, team: str) -> str:
        """Somebody of a workspace agrees to the app: the code that their browser brings back."""
        code = self.next_id("code-")
        self.oauth_codes[code] = team
        return code

    def installation_by_token(self, token: str) -> Installation:
        """Raises: SlackError invalid_auth, token_revoked."""
        for installation in self.installations.values():
            if installation.token == token:
                if installation.revoked:
                    raise SlackError("token_revoked")
                return installation
        raise SlackError("invalid_auth")

    def installation_of(self, channel: Channel) -> Installation | None:
        """Where an event of a channel belongs: an installation whose bot is in it, the host's first."""
        for team in channel.teams:
            installation = self.installations.get(team)
            if installation and not installation.revoked and installation.bot_user in channel.members:
                return installation
        return None

    def is_bot(self, user: str) -> bool:
        return any(one.bot_user == user for one in self.installations.values())

    def channel(self, channel: str) -> Channel:
        """Raises: SlackError channel_not_found."""
        try:
            return self.channels[channel]
        except KeyError:
            raise SlackError("channel_not_found") from None

    def add_channel(self, channel: Channel, *, with_bot: bool = True) -> Channel:
        channel = replace(channel, team=channel.team or self.team.id, members=set(channel.members))
        channel.created = channel.created or int(self.clock().timestamp())
        if with_bot and channel.kind != "im":
            here = [self.installations[team] for team in channel.teams if team in self.installations]
            channel.members.update(one.bot_user for one in here[:1])
        self.channels[channel.id] = channel
        self.messages.setdefault(channel.id, {})
        self.whispers.setdefault(channel.id, {})
        self.changed(Change("channel", channel=channel.id))
        return channel

    def dm(self, user: str) -> Channel:
        """A person's direct messages with the bot of their own workspace.

        Raises:
            SlackError: user_not_found, or cannot_dm_bot where their workspace has not installed the app.
        """
        if user not in self.people:
            raise SlackError("user_not_found")
        installation = self.installations.get(self.people[user].team)
        if installation is None or installation.revoked:
            raise SlackError("cannot_dm_bot")
        dm = f"D{user[1:]}"
        if dm not in self.channels:
            members = {user, installation.bot_user}
            self.add_channel(Channel(dm, members=members, kind="im", team=installation.team))
        return self.channels[dm]

    def join(self, channel: str, user: str, inviter: str | None = None) -> None:
        """A person (or the bot) becomes a member; the app is told if it is there."""
        where = self.channel(channel)
        where.members.add(user)
        self.changed(Change("channel", channel=channel))
        if installation := self.installation_of(where):
            self.outgoing.event(installation, events.member_joined(self, where, user, inviter), where)

    def archive(self, channel: str) -> None:
        where = self.channel(channel)
        where.archived = True
        self.changed(Change("channel", channel=channel))

    # --- Messages --------------------------------------------------------------------------------

    def message(self, channel: str, ts: str) -> Message:
        """Raises: SlackError message_not_found."""
        found = self.messages.get(channel, {}).get(ts)
        if found is None or found.deleted:
            raise SlackError("message_not_found")
        return found

    def post(self, message: Message) -> Message:
        """Takes a message in, tells everyone who sees it, and the app."""
        channel = self.channel(message.channel)
        self.messages[channel.id][message.ts] = message
        for file in message.files:
            file.shared.add(channel.id)
        if message.is_reply:
            parent = self.messages[channel.id][message.thread]
            parent.thread_ts = parent.ts
            parent.replies.append(message.ts)
            if message.user not in parent.repliers:
                parent.repliers.append(message.user)
            self.changed(Change("update", channel=channel.id, message=parent))
        self.changed(Change("message", channel=channel.id, message=message))
        if installation := self.installation_of(channel):
            for event in events.posted(self, installation, channel, message):
                self.outgoing.event(installation, event, channel)
        return message

    def edit(self, message: Message, *, by: str, mark: bool = True, **changes: Any) -> Message:
        """Changes a message; `mark` shows that it was edited."""
        channel, before = self.channel(message.channel), replace(message)
        for name, value in changes.items():
            setattr(message, name, value)
        ts = self.next_ts()
        if mark:
            message.edited, message.edited_by = ts, by
        self.changed(Change("update", channel=channel.id, message=message))
        installation = self.installation_of(channel)
        if installation and not message.ephemeral:
            self.outgoing.event(
                installation, events.changed(self, installation, channel, message, before, ts), channel
            )
        return message

    def remove(self, message: Message) -> None:
        """Deletes a message or an ephemeral message."""
        channel = self.channel(message.channel)
        message.deleted = True
        if message.ephemeral:
            del self.whispers[channel.id][message.ts]
        elif message.is_reply:
            parent = self.messages[channel.id][message.thread]
            parent.replies.remove(message.ts)
            self.changed(Change("update", channel=channel.id, message=parent))
        self.changed(Change("delete", channel=channel.id, message=message))
        installation = self.installation_of(channel)
        if installation and not message.ephemeral:
            self.outgoing.event(
                installation, events.deleted(self, installation, channel, message, self.next_ts()), channel
            )

    def reacted(self, message: Message) -> None:
        """Somebody put an emoji to a message."""
        self.changed(Change("update", channel=message.channel, message=message))

    def whisper(self, message: Message) -> Message:
        """Takes in an ephemeral message: only `message.only_for` sees it, and the app hears nothing of it."""
        self.whispers[message.channel][message.ts] = message
        self.changed(Change("ephemeral", channel=message.channel, message=message))
        return message

    def thread(self, channel: str, ts: str) -> list[Message]:
        """A parent (unless it was deleted) and its replies, oldest first."""
        found = self.messages[channel]
        return [
            message
            for message in sorted(found.values(), key=lambda message: message.ts)
            if not message.deleted and message.thread == ts
        ]

    def history(self, channel: str) -> list[Message]:
        """What stands in a channel itself, oldest first: no replies, except those sent to the channel too."""
        found = sorted(self.messages[channel].values(), key=lambda message: message.ts)
        return [
            message
            for message in found
            if not message.deleted and (not message.is_reply or message.broadcast)
        ]

    def add_file(
        self, user: str, name: str, content: bytes, *, title: str = "", complete: bool = True
    ) -> File:
        """Takes in a file; its type is guessed from its name."""
        team = self.people[user].team if user in self.people else self.team.id
        file = File(
            id=self.next_id("F"),
            name=name,
            title=title or name,
            mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
            content=content,
            user=user,
            team=team,
            created=int(self.clock().timestamp()),
            complete=complete,
        )
        self.files[file.id] = file
        return file
