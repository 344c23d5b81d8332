"""The message extension: "Make this a referral" on a message, and own referrals from the compose box.

Source: https://learn.microsoft.com/microsoftteams/platform/messaging-extensions.
"""

from __future__ import annotations

import html
from dataclasses import replace
from typing import Any, Final

from handlers.teams import payloads
from handlers.teams.invokes import Answer
from handlers.teams.render import Client, adaptive_card, attachment
from handlers.teams.typed import html_as_text
from handlers.text import fit, shown
from referral_bot.cards.elements import Card, Fact, Facts, Text
from referral_bot.desk.turn import Place

Json = dict[str, Any]

STARTED: Final = Card(
    "A draft was started.",
    elements=(Text("I started a draft from that message. It stands in the conversation."),),
)
ELSEWHERE: Final = Card(
    "It stands in our own chat.",
    elements=(Text("I am not in this chat, so I put it into our own: you find it there."),),
)
"""Where the extension is used in a chat with somebody else, which the bot isn't in."""
UNREACHED: Final = (
    "I am not in this chat, and I could not put it into our own just now. "
    "Please write to me directly, or try again in a moment."
)
MOST_FOUND: Final = 15
MOST_TYPED: Final = 10_000


def chosen(activity: Json) -> tuple[str, Place]:
    """The text of the message that the command was used on, and where it stands.

    There is no text where it was used in the compose box.
    """
    message = payloads.as_object(payloads.value(activity).get("messagePayload"))
    id = str(message.get("id") or "")
    text = str(payloads.as_object(message.get("body")).get("content") or "")
    place = payloads.place(activity, id)
    reply_to = str(message.get("replyToId") or "")
    if reply_to and not place.flat:
        place = replace(place, root="" if reply_to == id else reply_to)
    return html_as_text(text)[:MOST_TYPED], place


def query(activity: Json) -> str:
    """What is looked for."""
    parameters = payloads.value(activity).get("parameters")
    for one in parameters if isinstance(parameters, list) else ():
        if isinstance(one, dict) and one.get("name") == "words":
            return str(one.get("value") or "")
    return ""


def results(card: Card | None, client: Client) -> Answer:
    """What was found, a line and a card each; what is said instead where nothing was."""
    facts = (
        [fact for element in card.elements if isinstance(element, Facts) for fact in element.facts]
        if card
        else []
    )
    if not facts:
        said = [element.text for element in card.elements if isinstance(element, Text)] if card else []
        return _extension({"type": "message", "text": fit("\n".join(said) or "Nothing was found.", 500)})
    attachments = [_result(fact, client) for fact in facts[:MOST_FOUND]]
    return _extension({"type": "result", "attachmentLayout": "list", "attachments": attachments})


def _result(fact: Fact, client: Client) -> Json:
    card = Card("Where a referral stands.", fact.label, (Text(fact.value),))
    # A thumbnail's texts are HTML to Teams.
    title, text = (
        html.escape(shown(words, most), quote=False) for words, most in ((fact.label, 120), (fact.value, 200))
    )
    preview = {"title": title, "text": text}
    made = attachment(adaptive_card(card, client))
    return {
        **made,
        "preview": {"contentType": "application/vnd.microsoft.card.thumbnail", "content": preview},
    }


def _extension(content: Json) -> Answer:
    return Answer(200, {"composeExtension": content})
