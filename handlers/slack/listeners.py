"""What Slack tells the bot: unpacked, brought to the desk, acknowledged after the commit, and given back."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_sdk.web.async_client import AsyncWebClient

from handlers.background import Background
from handlers.slack import payloads, wire
from handlers.slack.failures import TROUBLE, error_code
from handlers.slack.files import described_files
from handlers.slack.forms import answers, card_view, errors, form_view, has_fields, options
from handlers.slack.render import message
from handlers.slack.replies import DirectMessages, Reach, Replies
from handlers.slack.text import typed
from handlers.turns import Turns, objections
from referral_bot.cards.elements import Card, Text, Tone
from referral_bot.desk.turn import Account, FormAnswer, Outcome, Place, Press

Json = dict[str, Any]

log = structlog.get_logger()

COMMANDS: Final = {"/refer": "refer", "/availability": "availability", "/referral-status": "status"}
REFER: Final = "refer"
MAKE_REFERRAL: Final = "make_referral"

UNKNOWN: Final = Card(
    fallback="I don't know what to do with that.",
    elements=(
        Text("I don't know what to do with that: it may be from an earlier version of me.", Tone.WARNING),
        Text("Write “help” to me and I will say what I can do."),
    ),
)


def register(app: AsyncApp, on: Listeners) -> None:
    """Everything the bot listens to: the frequent first, and last of each kind what no other knows."""
    anything = re.compile("")
    app.event("message")(on.said)
    app.event("app_mention")(on.said)
    app.action(re.compile(f"^{wire.ACTION}"))(on.pressed)
    app.options(re.compile(f"^{wire.SEARCH}"))(on.searched)
    app.view(re.compile(f"^{wire.FORM}"))(on.submitted)
    app.event("app_home_opened")(on.home_opened)
    app.event("tokens_revoked")(on.access_lost)
    app.event("app_uninstalled")(on.access_lost)
    for command in COMMANDS:
        app.command(command)(on.commanded)
    app.shortcut({"type": "shortcut", "callback_id": REFER})(on.global_shortcut)
    app.shortcut({"type": "message_action", "callback_id": MAKE_REFERRAL})(on.message_shortcut)
    app.event(anything)(on.unknown_event)
    app.action(anything)(on.unknown_interaction)
    app.options(anything)(on.unknown_options)
    app.view(anything)(on.unknown_view)
    app.command(anything)(on.unknown_command)
    app.shortcut(anything)(on.unknown_interaction)


class Listeners:
    """The listeners; `register` says what each is for."""

    def __init__(
        self,
        turns: Turns,
        client: AsyncWebClient,
        replies: Replies,
        direct: DirectMessages,
        background: Background,
    ) -> None:
        self._turns = turns
        self._client = client
        self._replies = replies
        self._direct = direct
        self._background = background
        self._own_account = ""

    # -- events: Slack brings them again if they are not answered with 200

    async def said(self, event: Json, body: Json, context: AsyncBoltContext) -> None:
        """Something was said. A mention comes twice: as `message` and as `app_mention`."""
        if not payloads.is_spoken(event) or payloads.is_of_nobody(event, context.actor_team_id):
            return
        said = payloads.message(event, _team(context), await self._bots(body))
        if not said.addressed and not said.place.root:
            return
        if said.files:
            said = replace(said, files=await described_files(self._client, event["files"]))
        account = payloads.speaker(event, context.actor_team_id, _team(context))
        key = f"slack:message:{said.place.channel}:{said.place.message}"
        self._give(Reach(account, said.place), await self._turns.hear(key, account, said))

    async def home_opened(self, event: Json, context: AsyncBoltContext) -> None:
        """A person looks at the bot's home tab."""
        if event.get("tab") == "home":
            account = payloads.speaker(event, context.actor_team_id, _team(context))
            card = await self._turns.home(account)
            self._background.start(self._replies.publish_home(account, card))

    async def access_lost(self, event: Json) -> None:
        """The workspace took the bot's access away: nothing is sent there until it is installed again."""
        log.error("slack_access_lost", kind=str(event["type"]))

    # -- what people do with buttons, forms, commands and shortcuts: Slack does not bring it again

    async def pressed(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A button was pressed, in a message, in a modal or on the home tab."""
        account, place = payloads.presser(body, _team(context)), payloads.pressed_at(body, _team(context))
        if payloads.on_home(body):
            place = await self._reachable(account, place)
        pressed = body["actions"][0]
        subject, value = wire.read_button_value(pressed.get("value") or "")
        press = Press(wire.action_of(pressed["action_id"]), subject, value, place)
        key = f"slack:action:{account.tenant}:{account.account}:{pressed['action_ts']}:{pressed['action_id']}"
        outcome = await self._turns.press(key, account, press)
        await ack()
        self._give(_reach(body, account, place), outcome)
        if payloads.on_home(body):
            self._background.start(self._redraw_home(account))

    async def searched(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A person types into a field that offers what is found."""
        account = payloads.presser(body, _team(context))
        source = body["action_id"].removeprefix(wire.SEARCH)
        await ack(options=options(await self._turns.suggest(account, source, body.get("value") or "")))

    async def submitted(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A form was sent in."""
        view, account = body["view"], payloads.presser(body, _team(context))
        origin = wire.read_metadata(view.get("private_metadata") or "")
        place = origin.place(_team(context))
        action = view["callback_id"].removeprefix(wire.FORM)
        answer = FormAnswer(action, origin.subject, origin.value, answers(view), place)
        outcome = await self._turns.submit(f"slack:view:{view['id']}:{view['hash']}", account, answer)
        if outcome.errors and has_fields(view):
            await ack(response_action="errors", errors=errors(outcome.errors, view))
        elif outcome.errors:
            await ack(response_action="update", view=card_view(objections(outcome), place))
        elif outcome.form:
            await ack(response_action="update", view=form_view(outcome.form, place))
        elif outcome.private:
            await ack(response_action="update", view=card_view(outcome.private, place))
        else:
            await ack()

    async def commanded(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A slash command was used. Its private card goes back with the answer."""
        account = payloads.commander(body)
        place = await self._reachable(account, Place(wire.PLATFORM, _team(context), body["channel_id"]))
        said = await self._typed(body.get("text"), body)
        press = Press(COMMANDS[body["command"]], "", said, place)
        outcome = await self._turns.press(_trigger(body), account, press, typed=said)
        if outcome.private:
            await ack(response_type="ephemeral", **message(outcome.private))
        else:
            await ack()
        self._give(_reach(body, account, place), Outcome(form=outcome.form))

    async def global_shortcut(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The shortcut that opens the form from anywhere; there is no conversation to answer in."""
        account = payloads.presser(body, _team(context))
        place = await self._reachable(account, Place(wire.PLATFORM, _team(context), ""))
        outcome = await self._turns.press(_trigger(body), account, Press(REFER, "", "", place))
        await ack()
        self._give(Reach(account, place, body["trigger_id"], in_modal=True), outcome)

    async def message_shortcut(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The shortcut that makes a referral of a message."""
        account = payloads.presser(body, _team(context))
        shown = {**body["message"], "channel": body["channel"]["id"]}
        place = await self._reachable(account, payloads.spot(shown, _team(context), direct=False))
        press = Press(MAKE_REFERRAL, "", await self._typed(shown.get("text"), body), place)
        outcome = await self._turns.press(_trigger(body), account, press)
        await ack()
        self._give(_reach(body, account, place), outcome)

    # -- what no other listener knows

    async def unknown_event(self) -> None:
        """Not for us: acknowledged, so that Slack does not bring it again."""

    async def unknown_interaction(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A button or shortcut of another time: its person is told."""
        await ack()
        account, place = payloads.presser(body, _team(context)), payloads.pressed_at(body, _team(context))
        self._give(_reach(body, account, place), Outcome(private=UNKNOWN))

    async def unknown_options(self, ack: AsyncAck) -> None:
        """A field of another time: nothing is found."""
        await ack(options=[])

    async def unknown_view(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A form of another time: its person is told."""
        place = payloads.pressed_at(body, _team(context))
        await ack(response_action="update", view=card_view(UNKNOWN, place))

    async def unknown_command(self, ack: AsyncAck) -> None:
        """A command of another time: its person is told."""
        await ack(response_type="ephemeral", **message(UNKNOWN))

    # -- inside

    def _give(self, reach: Reach, outcome: Outcome) -> None:
        if outcome.form or outcome.private:
            self._background.start(self._replies.give(reach, outcome))

    async def _redraw_home(self, account: Account) -> None:
        await self._replies.publish_home(account, await self._turns.home(account))

    async def _typed(self, text: str | None, body: Json) -> str:
        return typed(text or "", await self._bots(body))[0]

    async def _bots(self, body: Json) -> frozenset[str]:
        """The accounts under which this bot is mentioned: the envelope names it, else Slack is asked once."""
        named = [one["user_id"] for one in body.get("authorizations") or () if one.get("is_bot")]
        if named:
            return frozenset(named)
        if not self._own_account:
            try:
                self._own_account = str((await self._client.auth_test())["user_id"])
            except TROUBLE as error:
                log.warning("slack_own_account_unknown", code=error_code(error))
        return frozenset({self._own_account})

    async def _reachable(self, account: Account, place: Place) -> Place:
        """The place itself, or the person's conversation with the bot for one that the bot is never in."""
        if place.channel and not place.channel.startswith("D"):
            return place
        try:
            channel = await self._direct.channel(account.account)
        except TROUBLE as error:
            log.warning("slack_direct_message_failed", code=error_code(error))
            channel = ""
        if place.channel == channel:
            return Place(place.platform, place.tenant, channel, place.message, place.root, direct=True)
        return Place(place.platform, place.tenant, channel, direct=True)


def _team(context: AsyncBoltContext) -> str:
    """The workspace through which this came: the one that installed the bot."""
    return context.team_id or ""


def _trigger(body: Json) -> str:
    return f"slack:trigger:{body['trigger_id']}"


def _reach(body: Json, account: Account, place: Place) -> Reach:
    return Reach(
        account,
        place,
        trigger=body.get("trigger_id") or "",
        response_url=body.get("response_url") or "",
        modal=payloads.modal(body),
        in_modal=payloads.on_home(body),
    )
