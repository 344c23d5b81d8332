"""What Teams tells the bot: unpacked, brought to the desk, answered after the commit, and given back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog

from handlers.background import Background
from handlers.teams import extension, invokes, payloads, wire
from handlers.teams.addresses import Addresses
from handlers.teams.forms import Drawing, answers, form_card, searched, title, too_long, typed
from handlers.teams.invokes import Answer
from handlers.teams.render import Client, adaptive_card, with_back
from handlers.teams.replies import Replies
from handlers.turns import Turns, objections
from referral_bot.cards.elements import Card, Form, Option, Text
from referral_bot.desk.turn import Account, FormAnswer, Outcome, Place, Press
from referral_bot.model import Conversation

Json = dict[str, Any]

log = structlog.get_logger()

OUTDATED: Final = (
    "That button is from an earlier version of me. Please use the newest card, or write “help” to me."
)
ELSEWHERE: Final = (
    "I work for one practice's organisation, and this conversation belongs to another one. "
    "Please write to me as a guest of the practice, or call the practice."
)
DONE: Final = "Done."
LEFT: Final = "Nothing was sent."
NOT_RENEWED: Final = "I can't show your own view of this card just now."
HOME: Final = frozenset({"home", "my referrals"})


class Listeners:
    """The listeners: `heard` for what wants no answer, `invoked` for what does.

    `tenant` is the one tenant whose conversations the bot is in; empty lets any in, which only tests do.
    """

    def __init__(
        self,
        turns: Turns,
        addresses: Addresses,
        replies: Replies,
        background: Background,
        client: Client,
        tenant: str,
    ) -> None:
        self._turns = turns
        self._addresses = addresses
        self._replies = replies
        self._background = background
        self._client = client
        self._tenant = tenant
        self._invokes: Mapping[str, Callable[[Json], Awaitable[Answer]]] = {
            "adaptiveCard/action": self._acted,
            "task/fetch": self._dialog_opened,
            "task/submit": self._dialog_sent,
            "application/search": self._searched,
            "composeExtension/fetchTask": self._made_referral,
            "composeExtension/submitAction": self._dialog_sent,
            "composeExtension/query": self._looked_up,
        }

    # -- activities that want no answer

    async def heard(self, activity: Json) -> None:
        """Something was said, or the bot was added or removed somewhere. Raises what the store raises."""
        if self._is_elsewhere(activity):
            if payloads.speaks_to_bot(activity):
                self._refuse(activity)
            return
        if payloads.bot_was_removed(activity):
            await self._addresses.forget(self._addresses.told(activity))
            return
        at = await self._addresses.keep(activity)
        match activity["type"]:
            case "message" if payloads.is_press(activity):
                await self._pressed(activity, at)
            case "message":
                await self._said(activity, at)
            case "conversationUpdate" if at.member and payloads.bot_is_among(activity, "membersAdded"):
                place = payloads.place(activity, "")
                card = await self._turns.greeting(payloads.speaker(activity))
                self._background.start(self._replies.say(place, at, card))

    async def _said(self, activity: Json, at: Conversation) -> None:
        said, account = payloads.message(activity), payloads.speaker(activity)
        if not said.addressed and not said.place.root and not said.quoted and not said.place.flat:
            return
        if said.addressed and said.text.strip(" .!").casefold() in HOME:
            outcome = await self._turns.home_asked(_key(activity), account)
        else:
            outcome = await self._turns.hear(_key(activity), account, said)
        if outcome.private is not None:
            self._background.start(self._replies.whisper(account, said.place, at, outcome.private))

    async def _pressed(self, activity: Json, at: Conversation) -> None:
        """A card's button came as a message."""
        account, carried = payloads.speaker(activity), wire.read(activity["value"])
        place = payloads.place(activity, str(activity.get("replyToId") or activity["id"]))
        card = _says(OUTDATED)
        if carried is not None and not carried.is_form:
            press = Press(carried.action, carried.subject, carried.value, place)
            outcome = await self._turns.press(_key(activity), account, press)
            if outcome.private is None and outcome.form is None:
                return
            card = outcome.private or _says("Please open that from the newest Teams: it is a form.")
        self._background.start(self._replies.whisper(account, place, at, card))

    def _refuse(self, activity: Json) -> None:
        """Nothing of it is kept, and nothing told but that this is the wrong place."""
        at, place = self._addresses.told(activity), payloads.place(activity, activity["id"])
        log.warning("teams_other_tenant")
        self._background.start(self._replies.say(place, at, _says(ELSEWHERE)))

    def _is_elsewhere(self, activity: Json) -> bool:
        return bool(self._tenant) and payloads.tenant(activity) != self._tenant

    # -- activities that want one

    async def invoked(self, activity: Json) -> Answer:
        """What an invoke is answered."""
        listener = self._invokes.get(activity["name"])
        if listener is None:
            return Answer(501)
        if self._is_elsewhere(activity):
            return invokes.refused(activity["name"], ELSEWHERE)
        # Where it was is not kept: extensions and their searches are used in chats that the bot isn't in.
        return await listener(activity)

    async def _acted(self, activity: Json) -> Answer:
        """A button of a card was pressed, a form in a card's place sent in, or a card looked at anew."""
        action = payloads.value(activity).get("action")
        carried = wire.read(action.get("data")) if isinstance(action, dict) else None
        if carried is None:
            return invokes.says(OUTDATED)
        account, place = payloads.speaker(activity), _pressed_at(activity)
        if carried.action in (wire.BACK, wire.REFRESH):
            return await self._card_again(account, place, carried)
        if carried.is_form:
            return await self._form_in_place(activity, account, place, carried)
        press = Press(carried.action, carried.subject, carried.value, place)
        outcome = await self._turns.press(_key(activity), account, press)
        if outcome.form is not None:
            return invokes.card(await self._drawn(account, outcome.form, _opener(carried), {}, {}))
        return await self._in_place(account, place, carried.subject, outcome)

    async def _card_again(self, account: Account, place: Place, carried: wire.Carried) -> Answer:
        card = await self._turns.shown(account, place, carried.subject)
        if card is not None:
            viewers = (account.also or account.account,) if carried.action == wire.REFRESH else ()
            return invokes.card(adaptive_card(card, self._client, viewers, carried.subject))
        if carried.action == wire.REFRESH:
            return invokes.failed("adaptiveCard/action", NOT_RENEWED)  # clients then leave the card as it is
        return invokes.card(adaptive_card(_says(LEFT), self._client))

    async def _form_in_place(
        self, activity: Json, account: Account, place: Place, carried: wire.Carried
    ) -> Answer:
        outcome = await self._submitted(activity, account, place, carried)
        if not outcome.errors:
            return await self._in_place(account, place, carried.subject, outcome)
        form = await self._form_again(account, place, carried)
        if form is None or carried.opener is None:
            return invokes.card(with_back(adaptive_card(objections(outcome, typed(carried)), self._client)))
        drawn = await self._drawn(account, form, carried.opener, carried.filled, outcome.errors)
        return invokes.card(drawn)

    async def _in_place(self, account: Account, place: Place, subject: str, outcome: Outcome) -> Answer:
        """What came of a press or a form, in the place of the card it was made on."""
        if outcome.form is not None:
            opener = wire.Opener(outcome.form.action, subject)
            return invokes.card(await self._drawn(account, outcome.form, opener, {}, {}))
        if outcome.private is not None and (sentence := _sentence(outcome.private)):
            return invokes.says(sentence)
        if outcome.private is not None:
            return invokes.card(with_back(adaptive_card(outcome.private, self._client), subject))
        card = await self._turns.shown(account, place, subject)
        return invokes.card(adaptive_card(card, self._client)) if card else invokes.says(DONE)

    # -- dialogs

    async def _dialog_opened(self, activity: Json) -> Answer:
        """A button that opens a form beside the conversation."""
        carried = wire.read(payloads.value(activity).get("data"))
        if carried is None:
            return invokes.dialog_says(OUTDATED)
        account, place = payloads.speaker(activity), _pressed_at(activity)
        press = Press(carried.action, carried.subject, carried.value, place)
        outcome = await self._turns.press(_key(activity), account, press)
        return await self._in_dialog(account, _opener(carried), outcome)

    async def _dialog_sent(self, activity: Json) -> Answer:
        """A dialog was sent in."""
        carried = wire.read(payloads.value(activity).get("data"))
        if carried is None or not carried.is_form:
            return invokes.dialog_says(OUTDATED)
        account, asked = payloads.speaker(activity), _pressed_at(activity)
        place = await self._reached(activity, account, asked)
        if place is None:
            outcome = Outcome(errors={"": extension.UNREACHED})
        else:
            outcome = await self._submitted(activity, account, place, carried)
            if not outcome.errors:
                outcome = outcome if place == asked else _told(outcome, extension.ELSEWHERE)
                return await self._in_dialog(account, _opener(carried), outcome)
        form = await self._form_again(account, place or asked, carried)
        if form is None or carried.opener is None:
            return invokes.dialog(
                "Not sent", adaptive_card(objections(outcome, typed(carried)), self._client)
            )
        drawn = await self._drawn(
            account, form, carried.opener, carried.filled, outcome.errors, in_dialog=True
        )
        return invokes.dialog(title(form), drawn)

    async def _in_dialog(self, account: Account, opener: wire.Opener, outcome: Outcome) -> Answer:
        if outcome.form is not None:
            drawn = await self._drawn(account, outcome.form, opener, {}, {}, in_dialog=True)
            return invokes.dialog(title(outcome.form), drawn)
        if outcome.private is not None:
            return invokes.dialog(
                outcome.private.title or "Referral Bot", adaptive_card(outcome.private, self._client)
            )
        return invokes.dialog_closed()

    async def _searched(self, activity: Json) -> Answer:
        """A person types into a field that offers what is found."""
        asked = payloads.value(activity)
        source, words = asked.get("dataset"), asked.get("queryText")
        if not isinstance(source, str) or not isinstance(words, str):
            return invokes.found(())
        return invokes.found(await self._turns.suggest(payloads.speaker(activity), source, words))

    # -- the message extension

    async def _made_referral(self, activity: Json) -> Answer:
        """“Make this a referral” on a message: a draft under it; from the compose box, the form."""
        account = payloads.speaker(activity)
        text, chosen = extension.chosen(activity)
        place = await self._reached(activity, account, chosen)
        if place is None:
            return invokes.dialog_says(extension.UNREACHED)
        if not text:
            outcome = await self._turns.press(_key(activity), account, Press("refer", "", "", place))
            return await self._in_dialog(account, wire.Opener("refer"), outcome)
        outcome = await self._turns.press(
            _key(activity), account, Press("make_referral", "", text, place), text
        )
        outcome = _told(outcome, extension.STARTED if place == chosen else extension.ELSEWHERE)
        return await self._in_dialog(account, wire.Opener("refer"), outcome)

    async def _reached(self, activity: Json, account: Account, place: Place) -> Place | None:
        """Where what comes of an invoke can stand; none if not even the person's own chat can be reached.

        The extension is also used in chats of two people: the bot isn't in them, whatever they look like.
        """
        if not place.direct or not activity["name"].startswith("composeExtension/"):
            return place
        own = await self._replies.own_chat(account)
        if own is None:
            return None
        if own.conversation == place.channel:
            return place
        return Place(wire.PLATFORM, place.tenant, own.conversation, direct=True, flat=True)

    async def _looked_up(self, activity: Json) -> Answer:
        """Own referrals, searched from the compose box."""
        found = await self._turns.look_up(payloads.speaker(activity), extension.query(activity))
        return extension.results(found, self._client)

    # -- inside

    async def _submitted(
        self, activity: Json, account: Account, place: Place, carried: wire.Carried
    ) -> Outcome:
        action = carried.action.removeprefix(wire.FORM)
        if errors := too_long(carried):
            return Outcome(errors=errors)
        answer = FormAnswer(action, carried.subject, carried.value, answers(carried), place)
        return await self._turns.submit(_key(activity), account, answer)

    async def _form_again(self, account: Account, place: Place, carried: wire.Carried) -> Form | None:
        """The form that was sent in, as its button opens it now; none if it does no longer."""
        by = carried.opener
        if by is None:
            return None
        press = Press(by.action, by.subject, by.value, place)
        return (await self._turns.look(account, press)).form

    async def _drawn(
        self,
        account: Account,
        form: Form,
        opener: wire.Opener,
        filled: Mapping[str, Any],
        errors: Mapping[str, str],
        *,
        in_dialog: bool = False,
    ) -> Json:
        found: dict[str, tuple[Option, ...]] = {}
        for source in searched(form):
            found[source] = await self._turns.suggest(account, source, "")
        return form_card(form, Drawing(self._client, in_dialog, opener, found, filled, errors))


def _key(activity: Json) -> str:
    """What a delivery is known by, should it come again."""
    return f"teams:{activity['type']}:{activity['conversation']['id']}:{activity['id']}"


def _pressed_at(activity: Json) -> Place:
    return payloads.place(activity, str(activity.get("replyToId") or ""))


def _opener(carried: wire.Carried) -> wire.Opener:
    return carried.opener or wire.Opener(carried.action, carried.subject, carried.value)


def _told(outcome: Outcome, card: Card) -> Outcome:
    """What came of it, or this card where nothing is said of it."""
    return outcome if outcome.private or outcome.form else Outcome(private=card)


def _sentence(card: Card) -> str:
    """What a card says, if it is nothing but words."""
    if card.title or not all(isinstance(element, Text) for element in card.elements):
        return ""
    return "\n".join(element.text for element in card.elements if isinstance(element, Text))


def _says(sentence: str) -> Card:
    return Card(sentence, elements=(Text(sentence),))
