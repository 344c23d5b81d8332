"""Where the words of a matter show that an act its cues suggest is really another."""

from __future__ import annotations

import re

from referral_bot.reading.acts import Act
from referral_bot.reading.authorization import read_authorization
from referral_bot.reading.claims import Claims
from referral_bot.reading.guessing import ANY_DAY, COULD_COME
from referral_bot.reading.safety import says_not_ours

_ASKED = re.compile(r"\?|\b(?:any|status|where|when|whether|if|update|checking|did|has|have you)\b")
_DIGIT = re.compile(r"\d")
_NEVER_NEWS = frozenset(
    [
        "cancel_referral",
        "reschedule_appointment",
        "update_referral",
        "not_cancel",
        "office_open",
        "report_issue",
    ]
)
_CALL_US = re.compile(r"\bcall (?:me|us)\b")
_AWAY = re.compile(
    r"\b(?:trip|travel\w*|vacation|out of town|out of state|jury"
    r"|funeral)\b[^.?!]{0,40}(?:\d|back|until|till?)"
)
_DAY_FOR_DAY = re.compile(
    r"\d{1,2}(?:st|nd|rd|th|/\d{1,2}) (?:to|for|->) (?:the )?(?:\w+ )?\d{1,2}(?:st"
    r"|nd|rd|th|/\d{1,2})"
)
_CANCELS = re.compile(r"\b(?:cancel|withdraw|void|cxl)")
_ANOTHER_TIME = re.compile(r"\b(?:day|time|week|date|move|later|earlier|instead|another|different)\b")
_STATUS_WORD = re.compile(r"\b(?:status|update|scheduled|booked)\b")


def take_as_news(claims: Claims) -> None:
    """An authorization told of a referral that is named changes it, whatever else the cues suggest."""
    if not claims.names_referral or claims.acts.keys() & _NEVER_NEWS or not _tells_of_authorization(claims):
        return
    first = min((act.place for act in claims.acts.values()), default=claims.matter.start)
    claims.acts["update_referral"] = Act(first, "update_referral")
    claims.drop("check_status", "check_availability")
    if not claims.says(_CALL_US):
        claims.drop("request_human")


def _tells_of_authorization(claims: Claims) -> bool:
    doc, start, end = claims.doc, claims.matter.start, claims.matter.end
    if _ASKED.search(doc.words.lower, start, end):
        return False
    auth = read_authorization(doc, start, end).auth
    return "number" in auth or auth.get("status") in ("approved", "denied")


def status_to_clinical_news(claims: Claims) -> None:
    """Findings told of a referral change it, where nothing is asked and no document spoken of."""
    clinical = claims.evidence.clinical
    if (
        claims.names_referral
        and len(claims.acts) == 1
        and not claims.says(_ASKED)
        and clinical
        and (clinical > 1 or claims.says(_DIGIT))
        and not claims.found("document")
    ):
        claims.turn("check_status", into="update_referral")


def update_from_day_to_day(claims: Claims) -> None:
    """One day for another moves the visit, where no other value is stated."""
    if claims.names_referral and claims.says(_DAY_FOR_DAY) and not claims.states_values:
        claims.turn("update_referral", into="reschedule_appointment")


def availability_of_days(claims: Claims) -> None:
    """Several days asked after for a referral that is named are days to move its visit to."""
    days = len(ANY_DAY.findall(claims.text)) + len(claims.found("weekday"))
    if days > 1 and claims.names_referral and "check_status" not in claims:
        claims.turn("check_availability", into="reschedule_appointment")


def update_while_away(claims: Claims) -> None:
    """A patient who is away until some day wants the visit moved."""
    if claims.names_referral and not claims.states_values and claims.says(_AWAY):
        claims.turn("update_referral", into="reschedule_appointment")


def office_open(claims: Claims) -> None:
    """What the office has open is asked after, unless the same words cancel."""
    asked = claims.acts.pop("office_open")
    if "cancel_referral" in claims and claims.says(_CANCELS):
        return
    claims.acts["check_status"] = Act(asked.place, "check_status")
    claims.drop(
        "update_referral",
        "cancel_referral",
        "check_availability",
        "request_consult_note",
        "reschedule_appointment",
    )


def not_cancel(claims: Claims) -> None:
    """Nothing is cancelled; with words of another time, the visit is moved instead."""
    denied = claims.acts.pop("not_cancel")
    claims.drop("cancel_referral")
    if "reschedule_appointment" in claims:
        return
    if (claims.names_referral or "check_availability" in claims) and claims.says(_ANOTHER_TIME):
        claims.acts["reschedule_appointment"] = Act(denied.place, "reschedule_appointment")


def availability_of_stranger(claims: Claims) -> None:
    """Times asked for somebody who is not this office's patient ask after that patient's referral."""
    if not claims.names_referral and says_not_ours(claims.doc):
        claims.turn("check_availability", into="check_status")


def status_as_wish(claims: Claims) -> None:
    """ "Could she come Thursday" asks to move the visit, unless its status is asked in so many words."""
    if (
        claims.names_referral
        and claims.says(COULD_COME)
        and (claims.found("weekday") or claims.found("part_of_day") or claims.says(ANY_DAY))
        and not claims.says(_STATUS_WORD)
    ):
        claims.turn("check_status", into="reschedule_appointment")


def update_as_question(claims: Claims) -> None:
    """A question about a referral that states no new value asks for its status."""
    if "check_status" not in claims and claims.asks and claims.names_referral and not claims.states_values:
        claims.turn("update_referral", into="check_status")
