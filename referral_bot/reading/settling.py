"""Which of the acts that cues suggest stand, where words of one explain another away."""

from __future__ import annotations

import re

from referral_bot.reading.acts import Act
from referral_bot.reading.authorization import read_authorization
from referral_bot.reading.document import Document
from referral_bot.reading.evidence import Evidence
from referral_bot.reading.guessing import ANY_DAY, COULD_COME, has_values
from referral_bot.reading.matters import Matter
from referral_bot.reading.outcomes import OF_A_REFERRAL
from referral_bot.reading.safety import says_not_ours

_PATIENT_SAYS = re.compile(
    r"\b(?:he|she|they|pt|patient|mom|dad|family)(?:'s| is)? (?:says?|said|saying|told|tells)\b"
    r"[^.?!]{0,20}\b(?:nobody|no one)\b"
)


def settle(
    doc: Document, matter: Matter, acts: list[Act], evidence: Evidence, opening: list[str]
) -> list[Act]:
    """The acts that stand when those that other words explain are taken away."""
    by = {act.intent: act for act in acts}
    lower = doc.words.lower[matter.start : matter.end]
    about = bool(matter.mentions)

    def drop(*intents: str) -> None:
        for intent in intents:
            by.pop(intent, None)

    if about and not by.keys() & _NEVER_NEWS and _is_news(doc, matter):
        by["update_referral"] = Act(min((act.place for act in acts), default=matter.start), "update_referral")
        drop("check_status", "check_availability")
        if not re.search(r"\bcall (?:me|us)\b", lower):
            drop("request_human")
    if (
        about
        and by.keys() == {"check_status"}
        and not _ASKED.search(lower)
        and evidence.clinical
        and (evidence.clinical > 1 or re.search(r"\d", lower))
        and not doc.found("document", matter.start, matter.end)
    ):
        by["update_referral"] = Act(by.pop("check_status").place, "update_referral")
    if "update_referral" in by and about and _DAY_FOR_DAY.search(lower) and not has_values(doc, matter):
        by["reschedule_appointment"] = Act(by.pop("update_referral").place, "reschedule_appointment")
    if (
        "check_availability" in by
        and about
        and "check_status" not in by
        and len(ANY_DAY.findall(lower)) + len(doc.found("weekday", matter.start, matter.end)) > 1
    ):
        by["reschedule_appointment"] = Act(by.pop("check_availability").place, "reschedule_appointment")
    if "update_referral" in by and about and not has_values(doc, matter) and _AWAY.search(lower):
        by["reschedule_appointment"] = Act(by.pop("update_referral").place, "reschedule_appointment")
    if "office_open" in by:
        place = by.pop("office_open")
        cancels = (
            "cancel_referral" in by
            and re.search(
                r"\b(?:cancel|withdraw|void"
                r"|cxl)",
                lower,
            )
            is not None
        )
        if not cancels:
            by["check_status"] = Act(place.place, "check_status")
            drop(
                "update_referral",
                "cancel_referral",
                "check_availability",
                "request_consult_note",
                "reschedule_appointment",
            )
    if "not_cancel" in by:
        place = by.pop("not_cancel")
        drop("cancel_referral")
        if (
            "reschedule_appointment" not in by
            and (about or "check_availability" in by)
            and re.search(r"\b(?:day|time|week|date|move|later|earlier|instead|another|different)\b", lower)
        ):
            by["reschedule_appointment"] = Act(place.place, "reschedule_appointment")
    if "cancel_referral" in by and "reschedule_appointment" in by:
        if re.search(
            r"\b(?:resched\w*|r/s|move (?:her|him|it|them|to)|(?:different|another|new|other) (?:day|time"
            r"|date|slot)|reprogram\w*|reagend\w*|rebook)\b",
            lower,
        ) and not re.search(
            r"\b(?:not|don'?t|no) (?:need to |want to )?(?:resched\w*|rebook)|\binstead of resched", lower
        ):
            drop("cancel_referral")
        else:
            drop("reschedule_appointment")
    if "cancel_referral" in by:
        drop(
            "update_referral",
            "check_status",
            "check_availability",
            "attach_document",
            "confirm_document_received",
            "report_issue",
            "request_consult_note",
        )
        if "request_human" in by and re.search(r"\b(?:do not|don'?t|no need to) call\b", lower):
            drop("request_human")
    if "reschedule_appointment" in by:
        if (
            not about
            and "check_availability" in by
            and not re.search(
                r"\b(?:resched\w*|move|moved|r/s|her appt|his appt|appointment"
                r"|cita)\b",
                lower,
            )
        ):
            drop("reschedule_appointment")
        else:
            drop("check_availability", "update_referral", "check_status", "report_issue")
    if "request_consult_note" in by:
        drop("attach_document")
        if "confirm_document_received" in by:
            drop("confirm_document_received")
        if "check_status" in by and not separate(doc, by["check_status"], by["request_consult_note"]):
            drop("check_status")
        drop("update_referral", "check_availability")
    if "confirm_document_received" in by:
        if "check_status" in by and not separate(doc, by["check_status"], by["confirm_document_received"]):
            drop("check_status")
        if "attach_document" in by and not separate(
            doc, by["attach_document"], by["confirm_document_received"]
        ):
            drop("attach_document")
        drop("update_referral", "ask_practice_info", "check_availability")
        if "report_issue" in by and not re.search(
            r"\b(?:third|3rd|again|veces|mucho|frustrat\w*|unaccept\w*|nobody|no one|lost)\b", lower
        ):
            drop("report_issue")
    if "check_availability" in by and not about and says_not_ours(doc):
        by["check_status"] = Act(by.pop("check_availability").place, "check_status")
    if (
        "check_status" in by
        and about
        and COULD_COME.search(lower)
        and (
            doc.found("weekday", matter.start, matter.end)
            or doc.found("part_of_day", matter.start, matter.end)
            or ANY_DAY.search(lower)
        )
        and not re.search(r"\b(?:status|update|scheduled|booked)\b", lower)
    ):
        by["reschedule_appointment"] = Act(by.pop("check_status").place, "reschedule_appointment")
    if "check_status" in by:
        if about and not (
            "check_availability" in by
            and separate(doc, by["check_status"], by["check_availability"])
            and re.search(
                r"\b(?:soonest|openings?|next available|first available|availability|how soon|earliest"
                r"|slots?)\b",
                lower,
            )
        ):
            drop("check_availability")
        if "update_referral" in by and not (
            has_values(doc, matter) and separate(doc, by["check_status"], by["update_referral"])
        ):
            if (
                has_values(doc, matter)
                and about
                and re.search(
                    r"\b(?:auth\w*|new (?:cell|phone|number|insurance)|approved|changed"
                    r"|self[ -]pay)\b",
                    lower,
                )
                and "?" not in lower
            ):
                drop("check_status")
            else:
                drop("update_referral")
        elif (
            "update_referral" in by
            and "?" not in doc.words.lower[slice(*doc.sentence_at(by["check_status"].place))]
        ):
            drop("check_status")
    if "check_status" in by and "report_issue" in by and _PATIENT_SAYS.search(lower):
        drop("report_issue")
    if "check_availability" in by:
        if about and re.search(r"\b(?:sooner|earlier|moved up|move (?:her|him) up)\b", lower):
            by["reschedule_appointment"] = Act(by["check_availability"].place, "reschedule_appointment")
            drop("check_availability")
        drop("update_referral") if "check_availability" in by and not about else None
        if "check_availability" in by and "check_status" in by and not about:
            if re.search(
                r"\bon your (?:books|list|radar)\b|\bin your system\b|\b(?:have|got|see) (?:a |an )?(?:mr"
                r"|mrs|ms|miss)\b",
                lower,
            ):
                drop("check_availability")
            names_status = re.search(
                r"\bstatus\b|\bnamed\b|\b(?:on|for|with) (?:mr|mrs|ms)\b|\b(?:her|his) referral\b", lower
            )
            drop(
                "check_availability"
                if names_status and names_status[0] == "named"
                else ""
                if names_status
                else "check_status"
            )
        if "check_availability" in by and "report_issue" in by:
            drop("report_issue")
    if (
        "update_referral" in by
        and "check_status" not in by
        and "?" in lower
        and about
        and not has_values(doc, matter)
    ):
        by["check_status"] = Act(by.pop("update_referral").place, "check_status")
    if "update_referral" in by:
        if (
            not about
            and not has_values(doc, matter)
            and not re.search(r"\b(?:referral|chart|file|record)\b", lower)
        ) or ("attach_document" in by and not has_values(doc, matter)):
            drop("update_referral")
        if "update_referral" in by:
            drop("ask_practice_info", "help")
            if "ask_insurance_accepted" in by and "?" not in lower:
                drop("ask_insurance_accepted")
            if "report_issue" in by and not re.search(
                r"\b(?:frustrat\w*|unaccept\w*|nobody|no one|complain\w*)\b", lower
            ):
                drop("report_issue")
            if "request_human" in by and not re.search(
                r"\?|\b(?:call me|someone call|speak|talk|person|human|bot|robot)\b",
                lower,
            ):
                drop("request_human")
    if "ask_requirements" in by:
        drop("confirm_document_received", "update_referral", "request_consult_note")
        if "check_availability" in by and not separate(doc, by["check_availability"], by["ask_requirements"]):
            drop("check_availability")
        if "ask_practice_info" in by and not separate(doc, by["ask_practice_info"], by["ask_requirements"]):
            pass
        if "check_status" in by and not about:
            drop("check_status")
    if "ask_practice_info" in by:
        if not about:
            drop("check_status", "update_referral", "attach_document")
            if "check_availability" in by and not doc.found("service", matter.start, matter.end):
                drop("check_availability")
            drop("confirm_document_received")
            if (
                "request_human" in by
                and re.search(r"\bnumber\b|\bcall\b", lower)
                and not re.search(r"\bcall me|someone|person\b", lower)
            ):
                drop("request_human")
        else:
            drop("ask_practice_info") if any(one in by for one in OF_A_REFERRAL) else None
    if "ask_insurance_accepted" in by and not about:
        drop("check_status", "update_referral", "confirm_document_received")
        if "check_availability" in by and not re.search(
            r"\b(?:opening|openings|avail\w*|soon\w*|earliest|next|first|slots?|anything|appts?"
            r"|appointments?|wait|how far|how long|get in|when|tienen|cita|booking)\b",
            lower,
        ):
            drop("check_availability")
        if "out_of_scope" in by:
            drop("out_of_scope")
    if "report_issue" in by:
        if "check_status" in by and not (about or _named_question(doc, by["check_status"])):
            drop("check_status")
        drop("update_referral", "check_availability", "help", "attach_document")
        if "ask_practice_info" in by:
            drop("ask_practice_info")
    if "request_human" in by:
        drop("update_referral", "check_availability", "help") if not about or (
            "update_referral" in by and not has_values(doc, matter)
        ) else drop("help")
        if "check_status" in by and not (
            about
            and re.search(
                r"\?|status|scheduled|where|update"
                r"|any",
                lower,
            )
        ):
            drop("check_status")
        if "ask_practice_info" in by:
            drop("ask_practice_info")
        if "check_status" in by and re.search(
            r"\bif it'?s easier|\bor (?:just )?call|\bfeel free|\bif (?:you|easier|needed)"
            r"|\b(?:any )?questions\b",
            lower,
        ):
            drop("request_human")
    if "attach_document" in by and any(one in by for one in ("check_status",)) and not about:
        drop("attach_document")
    serious = [intent for intent in by if intent not in ("thanks", "help", "out_of_scope")]
    if serious:
        if "out_of_scope" in by and not (
            set(serious)
            & {
                "submit_referral",
                "cancel_referral",
                "reschedule_appointment",
                "check_status",
                "request_consult_note",
                "confirm_document_received",
                "ask_insurance_accepted",
                "check_availability",
                "report_issue",
            }
        ):
            return [by["out_of_scope"]]
        drop("thanks", "help", "out_of_scope")
    elif "out_of_scope" in by:
        drop("thanks", "help")
    elif "help" in by and "thanks" in by:
        drop("thanks")
    return sorted(by.values())


def separate(doc: Document, one: Act, other: Act) -> bool:
    """Whether two acts stand in different sentences."""
    return doc.sentence_at(one.place) != doc.sentence_at(other.place)


def _named_question(doc: Document, act: Act) -> bool:
    begin, stop = doc.sentence_at(act.place)
    return (
        "?" in doc.words.lower[begin:stop]
        and re.search(r"\b(?:referral|appt|appointment|patient|pt)\b", doc.words.lower[begin:stop])
        is not None
    )


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
_AWAY = re.compile(
    r"\b(?:trip|travel\w*|vacation|out of town|out of state|jury"
    r"|funeral)\b[^.?!]{0,40}(?:\d|back|until|till?)"
)
_DAY_FOR_DAY = re.compile(
    r"\d{1,2}(?:st|nd|rd|th|/\d{1,2}) (?:to|for|->) (?:the )?(?:\w+ )?\d{1,2}(?:st"
    r"|nd|rd|th|/\d{1,2})"
)
_ASKED = re.compile(r"\?|\b(?:any|status|where|when|whether|if|update|checking|did|has|have you)\b")


def _is_news(doc: Document, matter: Matter) -> bool:
    """Whether a matter tells of an authorization rather than asking about a referral."""
    if _ASKED.search(doc.words.lower, matter.start, matter.end):
        return False
    auth = read_authorization(doc, matter.start, matter.end).auth
    return "number" in auth or auth.get("status") in ("approved", "denied")
