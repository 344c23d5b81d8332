"""What goes straight back to one person who wrote: a private card.

In a chat of two it stands there. Elsewhere everybody would read it, so it goes into the person's own chat
with the bot; where that can't be reached, they are asked to come there. What is given back here is lost if
it can't be delivered: the person asks again.
"""

from __future__ import annotations

from typing import Any, Final

import structlog

from handlers.delivery import SendFailed
from handlers.teams.connector import Connector
from handlers.teams.render import Client, message
from handlers.teams.sender import TeamsSender
from referral_bot.cards.elements import Card, Text
from referral_bot.desk.turn import Account, Place
from referral_bot.model import Conversation, ConversationKind

Json = dict[str, Any]

log = structlog.get_logger()

COME_HERE: Final = Card(
    "Please write to me directly.",
    elements=(Text("I have an answer for you alone. Please ask me again in our own chat."),),
)


class Replies:
    """Gives people back what is for them alone. Nothing here raises for Teams' or the network's trouble."""

    def __init__(self, connector: Connector, sender: TeamsSender, client: Client) -> None:
        self._connector = connector
        self._sender = sender
        self._client = client

    async def whisper(self, account: Account, place: Place, at: Conversation, card: Card) -> None:
        """A card for one person alone; `at` is the conversation in which they spoke."""
        try:
            if place.direct:
                await self._post(at, None, card)
            else:
                await self._sender.post_to_person(account.account, message(card, self._client), account.also)
        except SendFailed as failure:
            log.warning("teams_private_reply_failed", code=failure.code)
            if not place.direct:
                await self.say(place, at, COME_HERE)

    async def own_chat(self, account: Account) -> Conversation | None:
        """A person's own chat with the bot, begun if there is none yet; none where it can't be reached."""
        try:
            return await self._sender.direct(account.account, account.also)
        except SendFailed as failure:
            log.warning("teams_own_chat_unreached", code=failure.code)
        except Exception:
            log.exception("teams_own_chat_not_found")
        return None

    async def say(self, place: Place, at: Conversation, card: Card) -> bool:
        """A card that everybody there may read, where somebody spoke; whether it has arrived."""
        root = place.root or place.message if at.kind is ConversationKind.CHANNEL else None
        try:
            await self._post(at, root, card)
        except SendFailed as failure:
            log.warning("teams_reply_failed", code=failure.code)
            return False
        return True

    async def _post(self, to: Conversation, root: str | None, card: Card) -> None:
        activity = message(card, self._client)
        await self._connector.post(to.service_url, to.conversation, root, activity)
