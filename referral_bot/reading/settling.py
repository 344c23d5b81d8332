"""Which of the acts that cues suggest stand, where words of one explain another away."""

from __future__ import annotations

import re
from collections.abc import Callable

from referral_bot.reading import retaking
from referral_bot.reading.acts import Act
from referral_bot.reading.claims import Claims
from referral_bot.reading.document import Document
from referral_bot.reading.evidence import Evidence
from referral_bot.reading.matters import Matter
from referral_bot.reading.outcomes import OF_A_REFERRAL


def settle(doc: Document, matter: Matter, acts: list[Act], evidence: Evidence) -> list[Act]:
    """The acts that stand when those that other words explain are taken away, in the order of the text."""
    claims = Claims(doc, matter, acts, evidence)
    retaking.take_as_news(claims)
    for intent, step in _STEPS:
        if intent in claims:
            step(claims)
    _small_talk(claims)
    return sorted(claims.acts.values())


_MOVES = re.compile(
    r"\b(?:resched\w*|r/s|move (?:her|him|it|them|to)|(?:different|another|new|other) (?:day|time"
    r"|date|slot)|reprogram\w*|reagend\w*|rebook)\b"
)
_NO_MOVE = re.compile(r"\b(?:not|don'?t|no) (?:need to |want to )?(?:resched\w*|rebook)|\binstead of resched")
_NO_CALL = re.compile(r"\b(?:do not|don'?t|no need to) call\b")
_OF_A_VISIT = re.compile(r"\b(?:resched\w*|move|moved|r/s|her appt|his appt|appointment|cita)\b")
_COMPLAINS_OF_PAPERS = re.compile(
    r"\b(?:third|3rd|again|veces|mucho|frustrat\w*|unaccept\w*|nobody|no one|lost)\b"
)


def _cancel_or_move(claims: Claims) -> None:
    """A visit that is moved is not cancelled; without clear words of moving it is."""
    if "reschedule_appointment" in claims:
        moves = claims.says(_MOVES) and not claims.says(_NO_MOVE)
        claims.drop("cancel_referral" if moves else "reschedule_appointment")


def _cancel(claims: Claims) -> None:
    """What else is said of a referral that is cancelled is why and how."""
    claims.drop(
        "update_referral",
        "check_status",
        "check_availability",
        "attach_document",
        "confirm_document_received",
        "report_issue",
        "request_consult_note",
    )
    if claims.says(_NO_CALL):
        claims.drop("request_human")


def _reschedule(claims: Claims) -> None:
    """Times asked for nobody's visit are not a visit to move; otherwise moving explains the rest."""
    if not claims.names_referral and "check_availability" in claims and not claims.says(_OF_A_VISIT):
        claims.drop("reschedule_appointment")
    else:
        claims.drop("check_availability", "update_referral", "check_status", "report_issue")


def _consult_note(claims: Claims) -> None:
    """A note that is wanted is no document of the office's own."""
    claims.drop("attach_document", "confirm_document_received")
    if "check_status" in claims and not claims.apart("check_status", "request_consult_note"):
        claims.drop("check_status")
    claims.drop("update_referral", "check_availability")


def _receipt(claims: Claims) -> None:
    """Whether a document has come is asked once, and is no complaint unless it sounds like one."""
    for intent in ("check_status", "attach_document"):
        if intent in claims and not claims.apart(intent, "confirm_document_received"):
            claims.drop(intent)
    claims.drop("update_referral", "ask_practice_info", "check_availability")
    if not claims.says(_COMPLAINS_OF_PAPERS):
        claims.drop("report_issue")


_ASKS_TIMES = re.compile(
    r"\b(?:soonest|openings?|next available|first available|availability|how soon|earliest|slots?)\b"
)
_CHANGED = re.compile(r"\b(?:auth\w*|new (?:cell|phone|number|insurance)|approved|changed|self[ -]pay)\b")
_PATIENT_SAYS = re.compile(
    r"\b(?:he|she|they|pt|patient|mom|dad|family)(?:'s| is)? (?:says?|said|saying|told|tells)\b"
    r"[^.?!]{0,20}\b(?:nobody|no one)\b"
)


def _status(claims: Claims) -> None:
    """When a referral will be seen is its status, unless openings are asked for in a sentence apart."""
    openings = (
        "check_availability" in claims
        and claims.apart("check_status", "check_availability")
        and claims.says(_ASKS_TIMES)
    )
    if claims.names_referral and not openings:
        claims.drop("check_availability")
    if "update_referral" in claims:
        _status_or_update(claims)


def _status_or_update(claims: Claims) -> None:
    """Both stand only where a value is stated in one sentence and a question asked in another."""
    if claims.states_values and claims.apart("check_status", "update_referral"):
        if "?" not in claims.sentence_of("check_status"):
            claims.drop("check_status")
        return
    changed = claims.states_values and claims.names_referral and claims.says(_CHANGED) and not claims.asks
    claims.drop("check_status" if changed else "update_referral")


def _status_by_hearsay(claims: Claims) -> None:
    """A patient who says that nobody called is why the status is asked, no complaint of the office's."""
    if "report_issue" in claims and claims.says(_PATIENT_SAYS):
        claims.drop("report_issue")


_SOONER = re.compile(r"\b(?:sooner|earlier|moved up|move (?:her|him) up)\b")
_ON_YOUR_BOOKS = re.compile(
    r"\bon your (?:books|list|radar)\b|\bin your system\b|\b(?:have|got|see) (?:a |an )?(?:mr"
    r"|mrs|ms|miss)\b"
)
_NAMES_SOMEBODY = re.compile(
    r"\bstatus\b|\bnamed\b|\b(?:on|for|with) (?:mr|mrs|ms)\b|\b(?:her|his) referral\b"
)


def _availability(claims: Claims) -> None:
    """An earlier time for a referral that is named moves its visit; openings are no complaint."""
    if not claims.names_referral:
        claims.drop("update_referral")
        if "check_status" in claims:
            _availability_or_status(claims)
    elif claims.says(_SOONER):
        claims.turn("check_availability", into="reschedule_appointment")
    if "check_availability" in claims:
        claims.drop("report_issue")


def _availability_or_status(claims: Claims) -> None:
    """Without a referral that is named, a status is asked only of somebody whom the text speaks of."""
    if claims.says(_ON_YOUR_BOOKS):
        claims.drop("check_availability")
    somebody = _NAMES_SOMEBODY.search(claims.text)
    if somebody is None:
        claims.drop("check_status")
    elif somebody[0] == "named":
        claims.drop("check_availability")


_OF_A_RECORD = re.compile(r"\b(?:referral|chart|file|record)\b")
_COMPLAINS = re.compile(r"\b(?:frustrat\w*|unaccept\w*|nobody|no one|complain\w*)\b")
_WANTS_A_PERSON = re.compile(r"\?|\b(?:call me|someone call|speak|talk|person|human|bot|robot)\b")


def _update(claims: Claims) -> None:
    """A change wants something to change or to change it to, and explains what is not asked outright."""
    of_a_record = claims.names_referral or claims.states_values or claims.says(_OF_A_RECORD)
    if not of_a_record or ("attach_document" in claims and not claims.states_values):
        claims.drop("update_referral")
        return
    claims.drop("ask_practice_info", "help")
    if not claims.asks:
        claims.drop("ask_insurance_accepted")
    if not claims.says(_COMPLAINS):
        claims.drop("report_issue")
    if not claims.says(_WANTS_A_PERSON):
        claims.drop("request_human")


_BY_PHONE = re.compile(r"\bnumber\b|\bcall\b")
_BY_A_PERSON = re.compile(r"\bcall me|someone|person\b")
_ASKS_OPENINGS = re.compile(
    r"\b(?:opening|openings|avail\w*|soon\w*|earliest|next|first|slots?|anything|appts?"
    r"|appointments?|wait|how far|how long|get in|when|tienen|cita|booking)\b"
)


def _requirements(claims: Claims) -> None:
    """What a referral wants is asked in general, not of papers or of times."""
    claims.drop("confirm_document_received", "update_referral", "request_consult_note")
    if "check_availability" in claims and not claims.apart("check_availability", "ask_requirements"):
        claims.drop("check_availability")
    if not claims.names_referral:
        claims.drop("check_status")


def _practice_info(claims: Claims) -> None:
    """The practice is asked about only where no referral is; its number is no wish to be called."""
    if claims.names_referral:
        if claims.acts.keys() & OF_A_REFERRAL:
            claims.drop("ask_practice_info")
        return
    claims.drop("check_status", "update_referral", "attach_document", "confirm_document_received")
    if not claims.found("service"):
        claims.drop("check_availability")
    if claims.says(_BY_PHONE) and not claims.says(_BY_A_PERSON):
        claims.drop("request_human")


def _insurance(claims: Claims) -> None:
    """Whether a plan is taken is asked for nobody in particular."""
    if claims.names_referral:
        return
    claims.drop("check_status", "update_referral", "confirm_document_received", "out_of_scope")
    if not claims.says(_ASKS_OPENINGS):
        claims.drop("check_availability")


_OF_A_PATIENT = re.compile(r"\b(?:referral|appt|appointment|patient|pt)\b")
_ASKS_AFTER = re.compile(r"\?|status|scheduled|where|update|any")
_CALL_IF_EASIER = re.compile(
    r"\bif it'?s easier|\bor (?:just )?call|\bfeel free|\bif (?:you|easier|needed)"
    r"|\b(?:any )?questions\b"
)


def _issue(claims: Claims) -> None:
    """A complaint explains what it complains of; a status stands beside it only for some referral."""
    if "check_status" in claims and not claims.names_referral:
        question = claims.sentence_of("check_status")
        if "?" not in question or not _OF_A_PATIENT.search(question):
            claims.drop("check_status")
    claims.drop("update_referral", "check_availability", "help", "attach_document", "ask_practice_info")


def _human(claims: Claims) -> None:
    """A wish for a person explains vague questions, and is none where a call is only offered."""
    if not claims.names_referral or ("update_referral" in claims and not claims.states_values):
        claims.drop("update_referral", "check_availability")
    claims.drop("help", "ask_practice_info")
    if not (claims.names_referral and claims.says(_ASKS_AFTER)):
        claims.drop("check_status")
    if "check_status" in claims and claims.says(_CALL_IF_EASIER):
        claims.drop("request_human")


def _attachment(claims: Claims) -> None:
    """A file is put to nothing where the status of a referral that is not named is asked."""
    if "check_status" in claims and not claims.names_referral:
        claims.drop("attach_document")


_STEPS: tuple[tuple[str, Callable[[Claims], None]], ...] = (
    ("check_status", retaking.status_to_clinical_news),
    ("update_referral", retaking.update_from_day_to_day),
    ("check_availability", retaking.availability_of_days),
    ("update_referral", retaking.update_while_away),
    ("office_open", retaking.office_open),
    ("not_cancel", retaking.not_cancel),
    ("cancel_referral", _cancel_or_move),
    ("cancel_referral", _cancel),
    ("reschedule_appointment", _reschedule),
    ("request_consult_note", _consult_note),
    ("confirm_document_received", _receipt),
    ("check_availability", retaking.availability_of_stranger),
    ("check_status", retaking.status_as_wish),
    ("check_status", _status),
    ("check_status", _status_by_hearsay),
    ("check_availability", _availability),
    ("update_referral", retaking.update_as_question),
    ("update_referral", _update),
    ("ask_requirements", _requirements),
    ("ask_practice_info", _practice_info),
    ("ask_insurance_accepted", _insurance),
    ("report_issue", _issue),
    ("request_human", _human),
    ("attach_document", _attachment),
)
"""What is settled in turn, each where its act still stands: a step sees what the steps before it left."""

_SMALL_TALK = frozenset(["thanks", "help", "out_of_scope"])
_BESIDE_OTHER_SUBJECTS = frozenset(
    [
        "submit_referral",
        "cancel_referral",
        "reschedule_appointment",
        "check_status",
        "request_consult_note",
        "confirm_document_received",
        "ask_insurance_accepted",
        "check_availability",
        "report_issue",
    ]
)
"""Acts that stand although something else in the text is out of scope."""


def _small_talk(claims: Claims) -> None:
    """Thanks and the like count only where nothing is wanted; out of scope outweighs vague acts."""
    serious = claims.acts.keys() - _SMALL_TALK
    if serious and ("out_of_scope" not in claims or serious & _BESIDE_OTHER_SUBJECTS):
        claims.drop(*_SMALL_TALK)
    elif "out_of_scope" in claims:
        claims.drop("thanks", "help", *serious)
    elif "help" in claims:
        claims.drop("thanks")
