"""Cards as Adaptive Cards 1.5. Whatever text a card holds, what comes out is within Teams' limits.

Text blocks and fact sets read their text as Markdown; text runs don't, so everything that people may have
typed stands in text runs, a line a block.

Sources: https://adaptivecards.io/explorer, and Teams' limits under
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from handlers.drawing import CUT_OFF, WARNING_SIGN, fitting, labelled, may_be_opened
from handlers.teams import wire
from handlers.text import NOTHING, clean, fit, shown
from referral_bot.cards.elements import (
    Button,
    Buttons,
    Card,
    Choice,
    Choices,
    Divider,
    Element,
    Fact,
    Facts,
    Quote,
    Style,
    Text,
    Tone,
)
from referral_bot.desk.presses import opens_form

Json = dict[str, Any]

CONTENT_TYPE: Final = "application/vnd.microsoft.card.adaptive"
SCHEMA: Final = "http://adaptivecards.io/schemas/adaptive-card.json"
CARD_VERSION: Final = "1.5"

MOST_BYTES: Final = 24_000
"""Of a card's JSON: Teams takes 28 KB of a message in all."""
MOST_TITLE: Final = 200
MOST_TEXT: Final = 6_000
MOST_BUTTON_TEXT: Final = 75
MOST_FALLBACK: Final = 500
MOST_URL: Final = 2_000
BUTTONS_IN_A_ROW: Final = 6
"""Renderers leave out what is more."""
MOST_VIEWERS: Final = 60
KEPT_FIRST: Final = ("ActionSet",)
"""Elements that stay where there is too much: without them a card is of no use."""

_STYLES: Final = {Style.PRIMARY: "positive", Style.DANGER: "destructive"}
_RUNS: Final[dict[Tone, Json]] = {
    Tone.PLAIN: {},
    Tone.STRONG: {"weight": "Bolder"},
    Tone.QUIET: {"isSubtle": True, "size": "Small"},
    Tone.WARNING: {"color": "Attention"},
}


@dataclass(frozen=True)
class Client:
    """What the client that shows the cards can do."""

    dialogs: bool = True
    """Opens forms beside the conversation."""
    searches: bool = True
    """Asks for a field's options while a person types."""
    own_views: bool = True
    """Shows each person their own view of a card."""


TEAMS: Final = Client()
PLAYGROUND: Final = Client(dialogs=False, searches=False, own_views=False)
"""Microsoft's Playground, which knows none of the three."""


def message(card: Card, client: Client = TEAMS, viewers: Sequence[str] = (), subject: str = "") -> Json:
    """The activity that posts a card, or replaces a posted one.

    `viewers` have their own view of it, of the record `subject`. Its `summary` is what notifications show: it
    says nothing of a patient.
    """
    return {
        "type": "message",
        "summary": shown(card.fallback, MOST_FALLBACK),
        "attachments": [attachment(adaptive_card(card, client, viewers, subject))],
    }


def attachment(content: Json) -> Json:
    """An Adaptive Card as the attachment of a message or of a dialog."""
    return {"contentType": CONTENT_TYPE, "content": content}


def adaptive_card(card: Card, client: Client = TEAMS, viewers: Sequence[str] = (), subject: str = "") -> Json:
    """The card as an Adaptive Card, shortened at the end if it is larger than Teams takes; buttons stay."""
    more: Json = {}
    if viewers and client.own_views:
        action = {"type": "Action.Execute", "verb": wire.REFRESH, "data": wire.data(wire.REFRESH, subject)}
        more["refresh"] = {"action": action, "userIds": list(viewers[:MOST_VIEWERS])}
    return whole(list(_body(card, client)) or [line(card.fallback)], card.fallback, more)


def whole(body: Sequence[Json], fallback: str, more: Json | None = None) -> Json:
    """An Adaptive Card of these elements, as many as fit beside `more` of the card's properties."""
    more = more or {}
    return {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": CARD_VERSION,
        "fallbackText": shown(fallback, MOST_FALLBACK),
        "body": within(body, MOST_BYTES - size(more)),
        **more,
    }


def with_back(content: Json, subject: str = "") -> Json:
    """The Adaptive Card with a button that puts back the card whose place it takes, about the same record."""
    return {**content, "body": [*content["body"], actions([execute("Back", wire.data(wire.BACK, subject))])]}


def titled(title: str) -> Iterator[Json]:
    """A title, if there is one."""
    if clean(title).strip():
        yield _runs([_run(shown(title, MOST_TITLE), {"weight": "Bolder", "size": "Medium"})])


def line(text: str, style: Json | None = None) -> Json:
    """One line of literal text; never blank."""
    return _runs([_run(shown(text, MOST_TEXT), style or {})])


def lines(text: Text) -> Iterator[Json]:
    """A text, a line a block: renderers run lines within one together."""
    sign = WARNING_SIGN if text.tone is Tone.WARNING else ""
    for number, one in enumerate(_lines(sign + fit(text.text, MOST_TEXT))):
        made = line(one, _RUNS[text.tone])
        if number:
            made["spacing"] = "None"
        yield made


def actions(buttons: Sequence[Json]) -> Json:
    """Buttons side by side; at most `BUTTONS_IN_A_ROW`."""
    return {"type": "ActionSet", "actions": list(buttons)}


def execute(label: str, carried: Json, style: Style = Style.PLAIN) -> Json:
    """A button that is answered in place."""
    return _styled({"type": "Action.Execute", "verb": carried["action"]}, label, carried, style)


def submit(label: str, carried: Json, style: Style = Style.PLAIN) -> Json:
    """A button that sends a dialog's fields, or opens a dialog."""
    return _styled({"type": "Action.Submit"}, label, carried, style)


def link(label: str, url: str) -> Json:
    """A link that opens in the browser; an address that Teams would not take is not offered."""
    if not may_be_opened(url, MOST_URL):
        return line(label)
    return actions([{"type": "Action.OpenUrl", "title": shown(label, MOST_BUTTON_TEXT), "url": url}])


def within(body: Sequence[Json], most: int = MOST_BYTES) -> list[Json]:
    """As much as fits `most` bytes; where some doesn't, a line says so, and buttons and fields are kept."""
    sizes = [size(piece) for piece in body]
    if sum(sizes) <= most:
        return list(body)
    hint = line(CUT_OFF, _RUNS[Tone.QUIET])
    before, after = fitting(sizes, [_is_needed(piece) for piece in body], most - size(hint), len(body))
    return [*(body[place] for place in before), hint, *(body[place] for place in after)]


def size(piece: Json) -> int:
    """Bytes of its JSON, and of what parts it from the next."""
    return len(wire.encoded(piece)) + 2


def _is_needed(piece: Json) -> bool:
    return piece["type"] in KEPT_FIRST or str(piece["type"]).startswith("Input.")


def _body(card: Card, client: Client) -> Iterator[Json]:
    yield from titled(card.title)
    divided = False
    for element in card.elements:
        if isinstance(element, Divider):
            divided = True
            continue
        for piece in _element(element, client):
            yield {**piece, "separator": True, "spacing": "Medium"} if divided else piece
            divided = False


def _element(element: Element, client: Client) -> Iterator[Json]:
    match element:
        case Text():
            yield from lines(element)
        case Quote():
            quoted = list(lines(Text(element.text)))
            yield {"type": "Container", "style": "emphasis", "items": quoted}
        case Facts():
            yield from (_fact(fact) for fact in element.facts)
        case Buttons():
            for start in range(0, len(element.buttons), BUTTONS_IN_A_ROW):
                row = element.buttons[start : start + BUTTONS_IN_A_ROW]
                yield actions([_button(button, client) for button in row])
        case Choices():
            yield from (_choice(choice, client) for choice in element.choices)


def _fact(fact: Fact) -> Json:
    """The label in bold, the value, and why to look twice in italics."""
    label, value, mark = labelled(fact)
    runs = [_run(label + " ", {"weight": "Bolder"}), _run(value.replace("\n", " · "), {})]
    if mark:
        runs.append(_run(f" · {mark}", {"italic": True}))
    return {**_runs(runs), "spacing": "Small"}


def _choice(choice: Choice, client: Client) -> Json:
    said = [*lines(Text(choice.text))]
    if choice.detail:
        said += lines(Text(choice.detail, Tone.QUIET))
    button = actions([_button(choice.button, client)])
    return {
        "type": "ColumnSet",
        "columns": [
            {"type": "Column", "width": "stretch", "verticalContentAlignment": "Center", "items": said},
            {"type": "Column", "width": "auto", "items": [button]},
        ],
    }


def _button(button: Button, client: Client) -> Json:
    """A button. One that asks first unfolds what it asks; one that opens a form opens a dialog."""
    carried = wire.data(button.action, button.subject, button.value)
    if button.confirm is not None:
        asked = button.confirm
        unfolded = [
            line(asked.title, {"weight": "Bolder"}),
            *lines(Text(asked.text)),
            actions([execute(asked.yes, carried, button.style)]),
        ]
        return {
            "type": "Action.ShowCard",
            "title": shown(button.label, MOST_BUTTON_TEXT),
            "card": {"type": "AdaptiveCard", "version": CARD_VERSION, "body": unfolded},
        }
    # What only opens a form does no harm yet; clients make a solid red button of a dangerous one.
    opens = opens_form(button)
    style = Style.PLAIN if opens and button.style is Style.DANGER else button.style
    if client.dialogs and opens:
        return submit(button.label, {"msteams": {"type": "task/fetch"}, **carried}, style)
    return execute(button.label, carried, style)


def _styled(made: Json, label: str, carried: Json, style: Style) -> Json:
    made |= {"title": shown(label, MOST_BUTTON_TEXT), "data": carried}
    return made if style is Style.PLAIN else {**made, "style": _STYLES[style]}


def _lines(text: str) -> list[str]:
    return [one for one in text.split("\n") if one.strip()] or [NOTHING]


def _runs(runs: list[Json]) -> Json:
    return {"type": "RichTextBlock", "inlines": runs}


def _run(text: str, style: Json) -> Json:
    return {"type": "TextRun", "text": text, **style}
