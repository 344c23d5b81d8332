"""A referral from message to rating in Teams, as each side sees it."""

from __future__ import annotations

from bot import COMPLETE
from teams_world import INTAKE_CHANNEL, OFFICE_CHANNEL, World, buttons, inputs

from referral_bot.model import State


async def test_a_referral_goes_from_message_to_rating(world: World) -> None:
    await world.maria.mentions(COMPLETE)
    draft = world.head(OFFICE_CHANNEL)
    assert "New referral, not sent yet" in draft
    await world.maria.presses(draft, "Submit")
    intake = world.head(INTAKE_CHANNEL)
    assert "RB-" in intake
    await world.tess.presses(intake, "Claim")
    assert "Claimed by: Tess Moran" in world.head(INTAKE_CHANNEL)
    await world.tess.opens(world.head(INTAKE_CHANNEL), "Ask the office")
    assert await world.tess.fills_in({"Question": "Is there a recent EKG?"})
    (question,) = [post for post in world.posts(OFFICE_CHANNEL) if "Is there a recent EKG?" in post]
    assert question.root == draft.root
    await world.maria.says("Yes, from Monday.", under=question)
    assert "Yes, from Monday." in "\n".join(post.text for post in world.posts(INTAKE_CHANNEL))
    await world.raj.opens(world.head(INTAKE_CHANNEL), "Book")
    form = world.raj.shown
    assert form is not None
    time = next(one for one in _choices(form) if one)
    assert await world.raj.fills_in({"Time": time})
    assert (await world.referral()).state is State.SCHEDULED
    await world.raj.presses(world.head(INTAKE_CHANNEL), "Seen")
    await world.nina.opens(world.head(INTAKE_CHANNEL), "Send report")
    assert await world.nina.fills_in({"Report": "Holter is normal."})
    await world.maria.presses(world.head(OFFICE_CHANNEL, "Report"), "Close")
    assert (await world.referral()).state is State.CLOSED
    rating = world.head(OFFICE_CHANNEL, "?")
    assert "Very good" in buttons(rating.card)
    await world.maria.presses(rating, "Very good")
    assert "Thank" in world.maria.told


def _choices(form: dict[str, object]) -> list[str]:
    return [choice["title"] for one in inputs(form) if one["label"] == "Time" for choice in one["choices"]]


async def test_the_same_in_the_playground_where_nothing_is_signed(playground: World) -> None:
    world = playground
    await world.maria.writes(COMPLETE)
    await world.maria.presses(world.head(world.maria.chat), "Submit")
    await world.tess.opens(world.head(INTAKE_CHANNEL), "Ask the office")
    assert not world.tess.dialog
    assert await world.tess.fills_in({"Question": "Is there a recent EKG?"})
    await world.maria.writes("Yes, from Monday.")
    assert "Yes, from Monday." in "\n".join(post.text for post in world.posts(INTAKE_CHANNEL))
    assert {authorization for _, _, authorization in world.calls} == {""}
