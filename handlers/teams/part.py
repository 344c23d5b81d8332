"""Teams as one part of the program: its route, the SDK's adapter behind it, and the sender of the outbox.

An activity is looked at before the SDK sees it: whether it has every part, who sent it, and for whom. The SDK
then makes its turn of it, in which the listeners run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from microsoft_agents.activity import Activity, ActivityTypes, InvokeResponse
from microsoft_agents.hosting.aiohttp import CloudAdapter
from microsoft_agents.hosting.core import Agent, ClaimsIdentity, TurnContext
from microsoft_agents.hosting.core.channel_service_client_factory_base import ChannelServiceClientFactoryBase
from microsoft_agents.hosting.core.connector import ConnectorClientBase, UserTokenClientBase
from pydantic import ValidationError

from handlers.background import Background
from handlers.clock import Clock
from handlers.hosts import is_loopback
from handlers.teams import invokes, payloads, wire
from handlers.teams.addresses import Addresses
from handlers.teams.connector import AppToken, Connector, NoToken, Token
from handlers.teams.listeners import Listeners
from handlers.teams.render import PLAYGROUND, TEAMS, Client
from handlers.teams.replies import Replies
from handlers.teams.sender import TeamsSender
from handlers.teams.tokens import ISSUER, Gate, Keys, NotAdmitted, OpenGate, PublishedKeys
from handlers.turns import NOT_KEPT, Desk, Turns
from referral_bot.cards.elements import Card, Text, Tone
from referral_bot.store import Store

Json = dict[str, Any]

log = structlog.get_logger()

PATH: Final = "/api/messages"
GOODBYE_SECONDS: Final = 2.0
"""How long private answers may still take when the program ends."""
NOT_HEARD: Final = Card(
    NOT_KEPT,
    elements=(Text("I could not keep that just now. Please send it again in a moment.", Tone.WARNING),),
)


class TeamsPart:
    """Between `start` and `stop` it serves. `routes` go into the web application, `sender` to the outbox."""

    def __init__(
        self,
        routes: Sequence[web.AbstractRouteDef],
        sender: TeamsSender,
        connector: Connector,
        background: Background,
        *,
        signed: bool,
    ) -> None:
        self.routes = routes
        self.sender = sender
        self._connector = connector
        self._background = background
        self._signed = signed

    async def start(self) -> None:
        """Open the connections on the running loop."""
        await self._connector.start()
        if not self._signed:
            # TEAMS_ALLOW_ANONYMOUS=1 is for trying it on this machine, and never for real people.
            log.warning("teams_takes_unsigned_activities_and_sends_without_a_token")

    async def stop(self) -> None:
        """Give back what is under way, and close the connections."""
        await self._background.finish(GOODBYE_SECONDS)
        await self._connector.stop()


def build_teams(
    *,
    app_id: str,
    tenant: str,
    desk: Desk,
    store: Store,
    clock: Clock,
    wake: Callable[[], None],
    password: str = "",
    allow_anonymous: bool = False,
    token: Token | None = None,
    issuers: Mapping[str, Keys] | None = None,
    client: Client | None = None,
) -> TeamsPart:
    """Teams for one tenant. `wake` says that the outbox may hold something.

    With `allow_anonymous` nothing is signed, in neither direction, and all of it stays on this machine; cards
    are then drawn for Microsoft's Playground unless `client` says otherwise. `token` and `issuers` stand for
    Microsoft's sign-in and for the keys of its connector where neither can be reached.
    """
    app_id, tenant = app_id.lower(), tenant.lower()
    if allow_anonymous:
        gate: Gate | OpenGate = OpenGate()
        token = NoToken()
    else:
        gate = Gate(app_id, issuers or {ISSUER: PublishedKeys()})
        token = token or AppToken(app_id, password, tenant)
    client = client or (PLAYGROUND if allow_anonymous else TEAMS)
    connector, addresses, background = Connector(token), Addresses(store, clock), Background()
    sender = TeamsSender(
        connector,
        addresses,
        clock,
        client,
        bot=f"28:{app_id}",
        tenant=tenant,
        on_this_machine=allow_anonymous,
    )
    replies = Replies(connector, sender, client)
    turns = Turns(desk, store, clock, wake)
    listeners = Listeners(turns, addresses, replies, background, client, tenant)
    receiver = _Receiver(gate, listeners, addresses, replies, only_here=allow_anonymous)
    return TeamsPart(
        [web.post(PATH, receiver.receive)], sender, connector, background, signed=not allow_anonymous
    )


class _Receiver:
    """What arrives at the route: looked at before the SDK sees it."""

    def __init__(
        self,
        gate: Gate | OpenGate,
        listeners: Listeners,
        addresses: Addresses,
        replies: Replies,
        *,
        only_here: bool,
    ) -> None:
        self._gate = gate
        self._listeners = listeners
        self._addresses = addresses
        self._replies = replies
        self._only_here = only_here
        self._adapter = CloudAdapter(channel_service_client_factory=_NoClients())
        self._adapter.on_turn_error = self._failed

    async def receive(self, request: web.Request) -> web.Response:
        """Answer an activity; refuse what isn't one, or isn't for this bot."""
        if self._only_here and not _is_of_this_machine(request):
            return web.Response(status=403)
        try:
            activity = payloads.checked(json.loads(await request.read()))
        except payloads.Malformed as missing:
            return _bad(f"The activity lacks {missing}, or it is not of the right kind.")
        except (ValueError, RecursionError):
            return _bad("The body is not JSON.")
        try:
            claims = await self._gate.admit(request.headers.get("Authorization", ""), activity)
        except NotAdmitted as refused:
            log.warning("teams_refused", code=refused.code)
            return web.Response(status=refused.status)
        incoming = _Incoming(activity, ClaimsIdentity(claims, "Bearer" if claims else None))
        try:
            response = await self._adapter.process_request(incoming, _Hearing(self._listeners, activity))
        except (ValidationError, RecursionError):
            return _bad("The activity has a part that is not of the right kind.")
        if response.body is not None:
            content = wire.encoded(response.body)
            return web.Response(
                body=content, status=response.status_code, content_type="application/json", charset="utf-8"
            )
        return web.Response(status=response.status_code)

    async def _failed(self, context: TurnContext, error: Exception) -> None:
        """What a person is told where a listener raised: nothing of the error.

        Raises it again where nobody spoke to the bot, or not even that could be said, so that the activity
        may be brought again.
        """
        log.error("teams_request_failed", exc_info=error)
        activity = cast(Json, context.turn_state["activity"])
        if activity["type"] == "invoke":
            await _answer(context, invokes.failed(activity["name"], NOT_KEPT))
        elif payloads.speaks_to_bot(activity):
            place = payloads.place(activity, activity["id"])
            if not await self._replies.say(place, self._addresses.told(activity), NOT_HEARD):
                raise error
        else:
            raise error


class _Hearing(Agent):
    """The listeners as the SDK calls them: one for each activity, which it knows as it came."""

    def __init__(self, listeners: Listeners, activity: Json) -> None:
        self._listeners = listeners
        self._activity = activity

    async def on_turn(self, context: TurnContext) -> None:
        """Hear the activity, and answer it if it is an invoke."""
        context.turn_state["activity"] = self._activity  # as it came, for what may go wrong
        if self._activity["type"] == "invoke":
            await _answer(context, await self._listeners.invoked(self._activity))
        else:
            await self._listeners.heard(self._activity)


async def _answer(context: TurnContext, answer: invokes.Answer) -> None:
    value = InvokeResponse(status=answer.status, body=answer.body)
    await context.send_activity(Activity(type=ActivityTypes.invoke_response, value=value))


class _Incoming:
    """A request that has been looked at, as the SDK takes it."""

    method = "POST"

    def __init__(self, activity: Json, identity: ClaimsIdentity) -> None:
        self._activity = activity
        self._identity = identity
        self.headers: Mapping[str, str] = {}

    async def json(self) -> Json:
        """The activity."""
        return self._activity

    def get_claims_identity(self) -> ClaimsIdentity:
        """Whose token came with it."""
        return self._identity

    def get_path_param(self, name: str) -> str:
        """There are none."""
        return ""


class _NoClients(ChannelServiceClientFactoryBase):
    """No clients for the SDK's turns: whatever is sent leaves through this program's own connector.

    The SDK would else ask for a token and open two sessions for each activity.
    """

    async def create_connector_client(self, *args: Any, **kwargs: Any) -> ConnectorClientBase:
        """Nothing that can send."""
        return cast(ConnectorClientBase, _Closed())

    async def create_user_token_client(self, *args: Any, **kwargs: Any) -> UserTokenClientBase:
        """Nothing that knows users' tokens."""
        return cast(UserTokenClientBase, _Closed())


class _Closed:
    async def close(self) -> None:
        """There is nothing to close."""


def _is_of_this_machine(request: web.Request) -> bool:
    """Whether a request was made here and by a program: not passed on by a proxy, not by a page in a browser.

    A page of another site can have the browser send text to this machine, but not as JSON, and not under the
    machine's own name.
    """
    passed_on = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP"))
    try:
        host = urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        return False
    by_program = request.content_type == "application/json" and is_loopback(host)
    return is_loopback(request.remote or "") and by_program and not passed_on


def _bad(sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=400)
