"""What goes straight back to one person: a private card, or a form.

Everything else that is said goes through the outbox. What is given back here is lost if it can't be
delivered: the person asks or presses again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from handlers.slack.failures import TROUBLE, error_code
from handlers.slack.forms import card_view, form_view, home_view
from handlers.slack.render import message
from referral_bot.cards.elements import Card, Text, Tone
from referral_bot.desk.turn import Account, Outcome, Place

Json = dict[str, Any]

log = structlog.get_logger()

TOO_LATE: Final = Card(
    fallback="That could not be opened.",
    elements=(
        Text("Slack did not let me open that in time. Nothing was lost: please press again.", Tone.WARNING),
    ),
)


@dataclass(frozen=True)
class Reach:
    """The ways to a person that what they did has opened."""

    account: Account
    place: Place
    trigger: str = ""
    """Opens one modal, within three seconds."""
    response_url: str = ""
    modal: Json | None = None
    """The modal that they are in."""
    in_modal: bool = False
    """Whether a private card is shown in a modal, since there is no conversation around."""


class DirectMessages:
    """The bot's conversations with single people."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._channels: dict[str, str] = {}

    async def channel(self, user: str) -> str:
        """The channel of a person's conversation with the bot. Raises what the client raises."""
        if user not in self._channels:
            opened = await self._client.conversations_open(users=user)
            self._channels[user] = str(opened["channel"]["id"])
        return self._channels[user]


class Replies:
    """Gives people back what is for them alone. Nothing here raises for Slack's or the network's trouble."""

    def __init__(self, client: AsyncWebClient, direct: DirectMessages) -> None:
        self._client = client
        self._direct = direct

    async def give(self, reach: Reach, outcome: Outcome) -> None:
        """The form and the private card of an outcome, as far as it has them."""
        if outcome.form is not None:
            await self._open(reach, form_view(outcome.form, reach.place))
        card = outcome.private
        if card is None:
            return
        if (reach.modal or reach.in_modal) and outcome.form is None:
            await self._open(reach, card_view(card, reach.place))
        else:
            await self.whisper(reach, card)

    async def whisper(self, reach: Reach, card: Card) -> None:
        """A card for one person alone, where they are; in their direct messages if that fails."""
        content = message(card)
        for way in (self._by_response_url, self._in_place, self._by_direct_message):
            try:
                if await way(reach, content):
                    return
            except TROUBLE as error:
                log.warning("slack_private_reply_failed", code=error_code(error))

    async def publish_home(self, account: Account, card: Card) -> None:
        """A person's home tab. People of other workspaces have none."""
        try:
            await self._client.views_publish(user_id=account.account, view=home_view(card))
        except TROUBLE as error:
            log.warning("slack_home_failed", code=error_code(error))

    async def _open(self, reach: Reach, view: Json) -> None:
        try:
            await self._show(reach, view)
        except TROUBLE as error:
            log.warning("slack_view_failed", code=error_code(error))
            await self.whisper(reach, TOO_LATE)

    async def _show(self, reach: Reach, view: Json) -> None:
        """Opens a modal; in another one it is put on top, or takes its place if it is the same form again."""
        if reach.modal is None:
            await self._client.views_open(trigger_id=reach.trigger, view=view)
        elif reach.modal["callback_id"] == view["callback_id"]:
            await self._client.views_update(view_id=reach.modal["id"], view=view)
        else:
            try:
                await self._client.views_push(trigger_id=reach.trigger, view=view)
            except SlackApiError as error:
                if error_code(error) != "push_limit_reached":
                    raise
                await self._client.views_update(view_id=reach.modal["id"], view=view)

    async def _by_response_url(self, reach: Reach, content: Json) -> bool:
        if not reach.response_url:
            return False
        webhook = AsyncWebhookClient(
            reach.response_url,
            session=self._client.session,
            proxy=self._client.proxy,
            logger=self._client.logger,
            retry_handlers=[],
        )
        thread = {"thread_ts": reach.place.root} if reach.place.root else {}
        answer = await webhook.send_dict(
            {**content, **thread, "response_type": "ephemeral", "replace_original": False}
        )
        if answer.status_code != 200:
            log.warning("slack_private_reply_failed", code="response_url", status=answer.status_code)
        return answer.status_code == 200

    async def _in_place(self, reach: Reach, content: Json) -> bool:
        place = reach.place
        if not place.channel:
            return False
        thread = place.root or None
        if place.direct:
            await self._client.chat_postMessage(channel=place.channel, thread_ts=thread, **content)
        else:
            await self._client.chat_postEphemeral(
                channel=place.channel, user=reach.account.account, thread_ts=thread, **content
            )
        return True

    async def _by_direct_message(self, reach: Reach, content: Json) -> bool:
        channel = await self._direct.channel(reach.account.account)
        await self._client.chat_postMessage(channel=channel, **content)
        return True
