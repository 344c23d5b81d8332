"""Member ids: after their label, by their form, or right after payer and plan."""

from __future__ import annotations

import re

from referral_bot.reading.document import Document
from referral_bot.reading.model import Fields

_ID = re.compile(
    r"(?=[a-z]*[ -]?[\da-z-]*\d)(?:[a-z]{1,4} (?=\d{5}))?[\da-z]+(?:-[\da-z]+)*(?:(?<=[a-z]\d{4}) \d{4}\b)?"
)

_ID_LABEL = re.compile(
    r"\b(?:(?:member|mbr|mem|memb|subscriber|sub|subsc|policy|pol|insurance|ins|medicare|medicaid|card"
    r"|afiliad[oa]|socio|miembro)(?: ?(?:id|no|number|num|nbr|#))+|member|mbr|subscriber|policy|mbi|hicn"
    r"|afiliad[oa]|socio|miembro|(?:mem|memb|sub)(?= ?[#:=])|id|número de (?:póliza|miembro)|póliza"
    r"|poliza)[ .:#=]*(?:is |número |numero |no\.? |number |num )?[ .:#]*"
)

_DAY_IN_DIGITS = re.compile(r"(?:0\d|1[012])[0-3]\d(?:19|20)\d\d|(?:19|20)\d\d[01]\d[0-3]\d")
_A_PHONE = re.compile(r"(?:cell?|ph|tel|home|hm|fax|mob|cel|work|call|c|p|h|m|dob|npi|ext) ")

_MBI = re.compile(
    r"(?<![\w-])[1-9][ac-hj-km-np-rt-y][ac-hj-km-np-rt-y\d]\d-?[ac-hj-km-np-rt-y][ac-hj-km-np-rt-y\d]\d-?[ac-hj-km-np-rt-y]{2}\d\d(?![\w-])"
)


def read_member_id(
    doc: Document, start: int, end: int, insurance: Fields, taken: list[tuple[int, int]]
) -> None:
    """The member id: after its label, or the long number that directly follows payer and plan."""
    lower, raw = doc.words.lower, doc.words.raw
    for label in doc.labelled:
        if label.role == "member" and start <= label.label < end and label.end > label.start:
            match = _ID.match(lower, label.start)
            if match and _is_identifier(match[0]) and "member_id" not in insurance:
                more = re.compile(r" \d{2}(?=\s*(?:$|[|\n,;]))").match(lower, match.end(), label.end)
                stop = more.end() if more else match.end()
                insurance["member_id"] = raw[match.start() : stop].upper()
                taken.append((match.start(), stop))
    busy = [(phone.start, phone.end) for phone in doc.phones if not phone.bare]
    if "member_id" not in insurance and (
        insurance.get("payer") or re.search(r"\b(?:member|mbr|subscriber|policy)\b", lower[start:end])
    ):
        for marker in _ID_LABEL.finditer(lower, start, end):
            match = _ID.match(lower, marker.end())
            if (
                match is None
                or not _is_identifier(match[0])
                or any(match.start() < b and a < match.end() for a, b in busy)
            ):
                continue
            before = lower[max(0, marker.start() - 6) : marker.start()].strip()
            if marker[0].strip(" .:#=") == "id" and re.search(
                r"(?:pt|patient|chart|your|order|ref|tax)$", before
            ):
                continue
            role = doc.label_at(match.start())
            if role and role.role in ("mrn", "patient_id", "ignore", "npi", "auth", "group"):
                continue
            insurance["member_id"] = raw[match.start() : match.end()].upper()
            taken.append((marker.start(), match.end()))
            break
    beneficiary = _MBI.search(lower, start, end) if "member_id" not in insurance else None
    if beneficiary:
        insurance["member_id"] = raw[beneficiary.start() : beneficiary.end()].upper()
        taken.append(beneficiary.span())
    if "member_id" not in insurance and insurance.get("payer"):
        for _, stop in list(taken):
            gap = re.match(r"[ ,/|#:(\t-]{0,4}(?:id)?[ #:]*", lower[stop : stop + 10])
            place = stop + (gap.end() if gap else 0)
            match = _ID.match(lower, place)
            if match is None or place >= end or not _is_identifier(match[0]):
                continue
            if _A_PHONE.match(match[0]):
                continue
            value = match[0].replace(" ", "")
            digits = sum(char.isdigit() for char in value)
            if digits < 6 or any(match.start() < b and a < match.end() for a, b in busy):
                continue
            if (
                value.isdigit()
                and len(value) in (8, 10)
                and (
                    _DAY_IN_DIGITS.fullmatch(value)
                    if len(value) == 8
                    else not re.fullmatch(r"[ ]?(?:#|id)?[ #:]*", gap[0] if gap else "")
                )
            ):
                continue
            if any(written.start <= match.start() < written.end for written in doc.dates):
                continue
            insurance["member_id"] = raw[match.start() : match.end()].upper()
            taken.append((stop, match.end()))
            break


def _is_identifier(text: str) -> bool:
    compact = text.replace(" ", "").replace("-", "")
    digits = sum(char.isdigit() for char in compact)
    return len(compact) >= 5 and digits >= 3 and digits >= len(compact) - 8
