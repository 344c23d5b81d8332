from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.teams.typed import html_as_text, typed_text
from tests.unit.hostile import HOSTILE

Json = dict[str, Any]

BOT, MARIA = "28:bot", "29:maria"


def mention(text: str, who: str) -> Json:
    return {"type": "mention", "text": text, "mentioned": {"id": who, "name": "x"}}


def said(text: str, *entities: Json, html: str = "") -> Json:
    attachments = [{"contentType": "text/html", "content": html}] if html else []
    return {
        "text": text,
        "entities": list(entities),
        "attachments": attachments,
        "recipient": {"id": BOT},
    }


def quote(inner: str, id: str = "17") -> str:
    return (
        f'<blockquote itemscope itemtype="http://schema.skype.com/Reply" itemid="{id}">'
        f'<strong itemprop="mri">Bot</strong><p itemprop="preview">{inner}</p></blockquote>'
    )


@pytest.mark.parametrize(
    ("activity", "text"),
    [
        (said("refer Jane"), "refer Jane"),
        (said("<at>Bot</at> refer Jane", mention("<at>Bot</at>", BOT)), "refer Jane"),
        (said("refer <at>Bot</at>&nbsp;Jane\n", mention("<at>Bot</at>", BOT)), "refer Jane"),
        (said("a &lt; b &amp; c"), "a < b & c"),
        (said("<p>one</p><p>two</p>"), "one\ntwo"),
        (said("one<br/>two<br>three"), "one\ntwo\nthree"),
        (said("<b>bold</b> <i>it</i>"), "bold it"),
        (said("pressure <120, pulse >80"), "pressure <120, pulse >80"),
        (said(""), ""),
    ],
)
def test_what_was_typed_is_left_without_markup(activity: Json, text: str) -> None:
    assert typed_text(activity).text == text


def test_the_bots_mention_addresses_it() -> None:
    assert typed_text(said("<at>Bot</at> hi", mention("<at>Bot</at>", BOT))).addressed
    assert not typed_text(said("<at>Maria</at> hi", mention("<at>Maria</at>", MARIA))).addressed
    assert not typed_text(said("Bot hi")).addressed


def test_others_stand_as_placeholders_for_their_accounts() -> None:
    typed = typed_text(said("ask <at>Maria G</at> please", mention("<at>Maria G</at>", MARIA)))
    assert typed.text == f"ask <@{MARIA}> please"
    assert typed.mentions == {f"<@{MARIA}>": MARIA}


def test_names_that_begin_others_or_are_the_same_stay_apart() -> None:
    people = [("Nina", "29:1"), ("Nina B", "29:2"), ("Nina", "29:3")]
    typed = typed_text(
        said(
            "tell <at>Nina</at>, <at>Nina B</at> and <at>Nina</at>",
            *(mention(f"<at>{name}</at>", who) for name, who in people),
        )
    )
    text = typed.text
    for placeholder, account in typed.mentions.items():
        text = text.replace(placeholder, account)
    assert text == "tell 29:1, 29:2 and 29:3"


def test_a_mention_that_is_none_is_words() -> None:
    typed = typed_text(said('ask <at id="0">everyone</at>'))
    assert (typed.text, typed.mentions) == ("ask everyone", {})


def test_a_quoted_message_is_no_part_of_what_was_typed() -> None:
    typed = typed_text(said("Bot: refer X\nyes", html=quote("refer X") + "<p>yes &amp; no</p>"))
    assert (typed.text, typed.quoted) == ("yes & no", "17")


def test_a_mention_after_a_quoted_message_addresses_the_bot() -> None:
    span = '<span itemscope itemtype="http://schema.skype.com/Mention" itemid="0">Bot</span>'
    html = quote("refer X") + f"<p>{span}&nbsp;submit</p>"
    typed = typed_text(said("x", mention("<at>Bot</at>", BOT), html=html))
    assert (typed.text, typed.addressed) == ("submit", True)


def test_html_without_a_quote_changes_nothing() -> None:
    assert typed_text(said("hello", html="<p>other</p>")).text == "hello"


def test_a_messages_html_becomes_its_words() -> None:
    assert html_as_text("<div><p>one &amp; two</p><p>three<br>four</p></div>") == "one & two\n\nthree\nfour"


@given(st.sampled_from(list(HOSTILE)).map(HOSTILE.__getitem__) | st.text(max_size=300))
def test_nothing_typed_is_an_error(text: str) -> None:
    for activity in (said(text), said(text, html=quote(text) + text), said(text, mention(text, BOT))):
        typed = typed_text(activity)
        assert "<at>" not in typed.text
    html_as_text(text)
