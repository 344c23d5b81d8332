"""States and the moves between them: one table, one function."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from referral_bot.errors import NotNow
from referral_bot.model import ReferralBase, State


class Move(StrEnum):
    """What can be done to a referral."""

    SUBMIT = "submit"
    DISCARD = "discard"
    CLAIM = "claim"
    ACCEPT = "accept"
    ASK = "ask"
    ANSWER = "answer"
    BOOK = "book"
    CANCEL_APPOINTMENT = "cancel_appointment"
    CALL = "call"
    DECLINE = "decline"
    ARRIVE = "arrive"
    MISS = "miss"
    SEE = "see"
    REPORT = "report"
    HOLD = "hold"
    RESUME = "resume"
    CLOSE = "close"
    REOPEN = "reopen"
    GIVE_UP = "give_up"
    CANCEL = "cancel"


TERMINAL: Final = frozenset(
    {State.CLOSED, State.DECLINED, State.UNABLE_TO_REACH, State.CANCELLED, State.DISCARDED}
)

UNDER_WAY: Final = (
    State.SUBMITTED,
    State.RECEIVED,
    State.NEEDS_INFO,
    State.ACCEPTED,
    State.CONTACTING,
    State.ON_HOLD,
    State.SCHEDULED,
    State.RESCHEDULE_NEEDED,
    State.NO_SHOW,
)
"""Sent, and the patient not here yet."""

_TO_BE_BOOKED = (
    State.SUBMITTED,
    State.RECEIVED,
    State.NEEDS_INFO,
    State.ACCEPTED,
    State.CONTACTING,
    State.ON_HOLD,
    State.RESCHEDULE_NEEDED,
    State.NO_SHOW,
)


_CLAIMED_LATE = (
    *UNDER_WAY,
    State.CHECKED_IN,
    State.SEEN,
    State.REPORT_SENT,
)

_WAITING: Final = frozenset({State.NEEDS_INFO, State.ON_HOLD})
"""States that are left for the one they came from."""

VISIT_MOVES: Final = frozenset({Move.ARRIVE, Move.MISS, Move.SEE, Move.CANCEL_APPOINTMENT})
"""What is done to a visit that stands; a question to the office does not stand in its way."""


def _all_to(states: tuple[State, ...], target: State) -> dict[State, State]:
    return dict.fromkeys(states, target)


MOVES: Final[dict[Move, dict[State, State]]] = {
    Move.SUBMIT: {State.DRAFT: State.SUBMITTED},
    Move.DISCARD: {State.DRAFT: State.DISCARDED},
    # Later claims hand over, and leave the state alone.
    Move.CLAIM: {**{state: state for state in _CLAIMED_LATE}, State.SUBMITTED: State.RECEIVED},
    Move.ACCEPT: _all_to((State.SUBMITTED, State.RECEIVED), State.ACCEPTED),
    Move.ASK: _all_to(UNDER_WAY, State.NEEDS_INFO),
    # Where ANSWER leads is the state that ASK came from; the table says from where it may be done.
    Move.ANSWER: {State.NEEDS_INFO: State.RECEIVED},
    Move.BOOK: _all_to((*_TO_BE_BOOKED, State.SCHEDULED), State.SCHEDULED),
    Move.CANCEL_APPOINTMENT: {State.SCHEDULED: State.RESCHEDULE_NEEDED},
    Move.CALL: {
        **_all_to(_TO_BE_BOOKED, State.CONTACTING),
        State.NEEDS_INFO: State.NEEDS_INFO,
        State.ON_HOLD: State.ON_HOLD,
        State.SCHEDULED: State.SCHEDULED,
    },
    Move.DECLINE: _all_to(UNDER_WAY, State.DECLINED),
    Move.ARRIVE: {State.SCHEDULED: State.CHECKED_IN},
    Move.MISS: _all_to((State.SCHEDULED, State.CHECKED_IN), State.NO_SHOW),
    Move.SEE: _all_to((State.SCHEDULED, State.CHECKED_IN), State.SEEN),
    Move.REPORT: _all_to((State.SEEN, State.REPORT_SENT), State.REPORT_SENT),
    Move.CLOSE: _all_to((State.SEEN, State.REPORT_SENT), State.CLOSED),
    Move.HOLD: _all_to(
        (
            State.SUBMITTED,
            State.RECEIVED,
            State.ACCEPTED,
            State.CONTACTING,
            State.RESCHEDULE_NEEDED,
            State.NO_SHOW,
        ),
        State.ON_HOLD,
    ),
    # Where RESUME leads is the state that HOLD came from.
    Move.RESUME: {State.ON_HOLD: State.RECEIVED},
    # What was closed has been seen: its report is owed anew. What was never seen is to be booked again.
    Move.REOPEN: {
        State.CLOSED: State.SEEN,
        State.UNABLE_TO_REACH: State.RECEIVED,
        State.DECLINED: State.RECEIVED,
    },
    Move.GIVE_UP: _all_to((State.CONTACTING, State.NEEDS_INFO, State.NO_SHOW), State.UNABLE_TO_REACH),
    Move.CANCEL: _all_to((*UNDER_WAY, State.CHECKED_IN), State.CANCELLED),
}
"""Each move, from where it may be done, and where it leads."""


def may_move(referral: ReferralBase, move: Move) -> bool:
    """Whether this move can be made in the present state."""
    return _standing(referral, move) in MOVES[move]


def _standing(referral: ReferralBase, move: Move) -> State:
    """The state a move starts from: for a visit that stands, the one behind an open question."""
    if move in VISIT_MOVES and referral.resumes is State.SCHEDULED:
        return State.SCHEDULED
    return referral.state


def make(referral: ReferralBase, move: Move) -> None:
    """Change the referral's state by this move. Raises NotNow if the state does not allow it."""
    if not may_move(referral, move):
        raise NotNow("That no longer fits where this referral stands.")
    target = MOVES[move][_standing(referral, move)]
    if move in (Move.ASK, Move.HOLD) and referral.state not in _WAITING:
        # Who asks, or puts it on hold, has received it.
        referral.resumes = State.RECEIVED if referral.state is State.SUBMITTED else referral.state
    if move in (Move.ANSWER, Move.RESUME):
        target = referral.resumes or target
    if target not in _WAITING:
        referral.resumes = None
    referral.state = target
