"""Cards as Slack's blocks. Whatever text a card holds, what comes out is within Slack's limits.

Sources of the limits: https://docs.slack.dev/reference/block-kit. Slack also refuses a message whose blocks
hold more than about 12,000 characters (`msg_blocks_too_long`) and does not say how it counts, so the JSON
of a message's blocks is kept under that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextElementParts,
    RichTextQuoteElement,
    RichTextSectionElement,
    SectionBlock,
)

from handlers.drawing import CUT_OFF, MOST_FACT, WARNING_SIGN, fitting, labelled, may_be_opened
from handlers.slack import wire
from handlers.slack.text import escape
from handlers.text import NOTHING, clean, fit, shown, split, units
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

Json = dict[str, Any]

MOST_FALLBACK: Final = 1_000
MOST_PARAGRAPH: Final = 2_800
MOST_SECTION: Final = 3_000
MOST_HEADER: Final = 150
MOST_BUTTON_TEXT: Final = 75
MOST_BUTTONS: Final = 25
MOST_URL: Final = 3_000


@dataclass(frozen=True)
class Surface:
    """Where blocks are shown, and what fits there."""

    blocks: int
    size: int
    """Of the blocks' JSON in all: characters, or bytes where the surface is `escaped`."""
    text: int
    """Characters of one text; a longer one is shortened, so that what follows it has room."""
    escaped: bool = False


MESSAGE: Final = Surface(blocks=50, size=12_000, text=2_800)
VIEW: Final = Surface(blocks=100, size=225_000, text=28_000, escaped=True)
"""A view may have 250,000 bytes of JSON, in which most letters of other scripts than Latin take six."""
KEPT_FIRST: Final = ("actions", "input")
"""Blocks that stay where there is too much: without them a card or form is of no use."""

TextStyle = RichTextElementParts.TextStyle
BOLD: Final = TextStyle(bold=True)
ITALIC: Final = TextStyle(italic=True)


def message(card: Card) -> Json:
    """`text` and `blocks` of a message, for every method that posts, updates or answers one."""
    text = shown(card.fallback, MOST_FALLBACK)
    return {"text": escape(text), "blocks": blocks(card, MESSAGE) or [_said(text).to_dict()]}


def blocks(card: Card, surface: Surface) -> list[Json]:
    """The card's blocks, shortened at the end if they are more than the surface takes; buttons stay."""
    return within(list(_pieces(card, surface)), surface)


def plain(text: str, limit: int) -> PlainTextObject:
    """Literal text for where Slack takes no rich text; never blank."""
    return PlainTextObject(text=shown(text, limit), emoji=False)


def spoken(text: Text, surface: Surface) -> Iterator[Block]:
    """A text, in as many blocks as it needs."""
    first, *rest = _paragraphs(text.text, surface)
    if text.tone is Tone.QUIET:
        for paragraph in (first, *rest):
            yield ContextBlock(elements=[plain(paragraph, MOST_SECTION)])
        return
    sign = WARNING_SIGN if text.tone is Tone.WARNING else ""
    for paragraph in (sign + first, *rest):
        yield _said(paragraph, BOLD if text.tone is Tone.STRONG else None)


def link(label: str, url: str) -> RichTextBlock:
    """A link that opens in the browser; an address that Slack would not take is not offered."""
    label = shown(label, MOST_FACT)
    if not may_be_opened(url, MOST_URL):
        return _said(label)
    return _rich(RichTextSectionElement(elements=[RichTextElementParts.Link(url=url, text=label)]))


def within(pieces: Sequence[Block], surface: Surface) -> list[Json]:
    """Blocks as JSON, as many as fit; where some don't, a line says so, and buttons and fields are kept."""
    rendered = [piece.to_dict() for piece in pieces]
    sizes = [_size(block, surface) for block in rendered]
    if len(rendered) <= surface.blocks and sum(sizes) <= surface.size:
        return rendered
    hint = ContextBlock(elements=[plain(CUT_OFF, MOST_SECTION)]).to_dict()
    needed = [block["type"] in KEPT_FIRST for block in rendered]
    room = surface.size - _size(hint, surface)
    before, after = fitting(sizes, needed, room, surface.blocks - 1)
    return [*(rendered[place] for place in before), hint, *(rendered[place] for place in after)]


def _size(block: Json, surface: Surface) -> int:
    return units(json.dumps(block, ensure_ascii=surface.escaped)) + 2


@dataclass
class _Numbers:
    """Numbers the buttons of a card, so that their ids differ."""

    last: int = 0

    def next(self) -> int:
        self.last += 1
        return self.last


def _pieces(card: Card, surface: Surface) -> Iterator[Block]:
    numbers = _Numbers()
    if clean(card.title).strip():
        yield HeaderBlock(text=plain(card.title, MOST_HEADER))
    for element in card.elements:
        yield from _element(element, surface, numbers)


def _element(element: Element, surface: Surface, numbers: _Numbers) -> Iterator[Block]:
    match element:
        case Text():
            yield from spoken(element, surface)
        case Quote():
            for paragraph in _paragraphs(element.text, surface):
                yield _rich(RichTextQuoteElement(elements=[_part(paragraph)]))
        case Facts():
            yield from _facts(element)
        case Buttons():
            for start in range(0, len(element.buttons), MOST_BUTTONS):
                row = element.buttons[start : start + MOST_BUTTONS]
                yield ActionsBlock(elements=[_button(button, numbers) for button in row])
        case Choices():
            for choice in element.choices:
                yield _choice(choice, numbers)
        case Divider():
            yield DividerBlock()


def _facts(facts: Facts) -> Iterator[RichTextBlock]:
    """A line a fact, in as few blocks as may be."""
    lines: list[RichTextElement] = []
    length = 0
    for fact in facts.facts:
        line, units_of_line = _fact(fact)
        if lines and length + units_of_line > MOST_PARAGRAPH:
            yield _rich(RichTextSectionElement(elements=lines))
            lines, length = [], 0
        lines += [_part("\n"), *line] if lines else line
        length += units_of_line
    if lines:
        yield _rich(RichTextSectionElement(elements=lines))


def _fact(fact: Fact) -> tuple[list[RichTextElement], int]:
    """The label in bold, the value, and why to look twice in italics; and how long that is."""
    label, value, mark = labelled(fact)
    value = f" {value}"
    parts = [_part(label, BOLD), _part(value)]
    if mark:
        parts.append(_part(f" · {mark}", ITALIC))
    return parts, units(label + value + mark)


def _choice(choice: Choice, numbers: _Numbers) -> SectionBlock:
    text = "\n".join(part for part in (choice.text, choice.detail) if part)
    return SectionBlock(text=plain(text, MOST_SECTION), accessory=_button(choice.button, numbers))


def _button(button: Button, numbers: _Numbers) -> ButtonElement:
    return ButtonElement(
        text=plain(button.label, MOST_BUTTON_TEXT),
        action_id=wire.action_id(button.action, numbers.next()),
        value=wire.button_value(button.subject, button.value),
        style=None if button.style is Style.PLAIN else button.style.value,
        confirm=_confirm(button),
    )


def _confirm(button: Button) -> ConfirmObject | None:
    asked = button.confirm
    if asked is None:
        return None
    return ConfirmObject(
        title=plain(asked.title, 100),
        text=plain(asked.text, 300),
        confirm=plain(asked.yes, 30),
        deny=plain(asked.no, 30),
        style="danger" if button.style is Style.DANGER else None,
    )


def _paragraphs(text: str, surface: Surface) -> list[str]:
    """The text in pieces of a block's size; of one too long for the surface, how much there was more."""
    text = clean(text)
    if units(text) > surface.text:
        kept = fit(text, surface.text - 50)
        text = f"{kept} ({len(text) - len(kept) + 1:,} more characters not shown)"
    return split(text, MOST_PARAGRAPH) or [NOTHING]


def _said(text: str, style: TextStyle | None = None) -> RichTextBlock:
    return _rich(RichTextSectionElement(elements=[_part(text, style)]))


def _rich(element: RichTextElement) -> RichTextBlock:
    return RichTextBlock(elements=[element])


def _part(text: str, style: TextStyle | None = None) -> RichTextElement:
    return RichTextElementParts.Text(text=text, style=style)
