"""Who the patient is: birth date, age, sex, numbers to call, and whom to call instead."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from referral_bot.reading.dates import Written, birth_date, real_date
from referral_bot.reading.document import Document
from referral_bot.reading.people import Contact
from referral_bot.reading.phones import Phone
from referral_bot.reading.tables.people import PATIENT_TITLES

_AGE = re.compile(
    r"(?=[\dafme])(?:(?<![\w/.-])(?P<y>\d{1,3})[ -]?(?:y\.?/?o\.?|yrs?[ -]?old|years?[ -]old|year|years"
    r"|yrs?|yr|años|anos)(?![\w/])(?P<s>[ -]?(?:m|f|male|female)\b(?![/']))?"
    r"|\b(?:age|aged|edad)[ :]{1,2}(?P<a>\d{1,3})\b(?![/-])"
    r"|(?<![\w/.-])(?P<n>\d{1,3})[ ]?(?P<sx>[mf])(?:emale|ale)?(?![\w/'&-]|\.\w)"
    r"|(?<![\w/.-])(?P<sx2>[mf])[/ ]?(?P<n2>\d{1,2})(?![\w/.-])"
    r"|(?<![\w/.-])(?P<m>\d{1,2})[ -]?(?:mos?|months?|meses|month)\b(?:[ -]?old)?(?=[^\w]|$))"
)
_SEX_WORD = re.compile(
    r"(?<![\w-])(?:male|female|masculino|femenino)(?![\w])(?! (?:dr|provider|doctor|physician|\w+ologist"
    r"|surgeon))"
)
_SEX_LETTER = re.compile(
    r"(?:(?<=^)|(?<=[\s(|,/\t]))([MF])(?=\s*(?:[),|;\t\n]|$|\s\d|\.\s|\s(?:DOB|dob|ph|PH)\b))"
)
_CLOCK_AFTER = re.compile(r",? (?:at )?\d{1,2}:\d\d")
_BORN = re.compile(
    r"(?:\bd\.?o\.?b\.?|\bborn(?: on)?|\bbirth ?(?:date|day)|\bdate of birth|\bb-?day"
    r"|\bfecha de nac(?:imiento|\.)?|\bnacid[oa](?: el)?|\bnaci[oó](?: el)?|\bf\.? ?nac\.?|\bfdn"
    r"|\bbd)[ :=.#(is|-]*$"
)
_NOT_BIRTH = re.compile(
    r"(?:\bon|\bsince|\bsent|\bseen|\bvisit|\bfax(?:ed)?|\bdated?|\beff(?:ective)?|\bthru|\bthrough"
    r"|\buntil|\btill?|\bexp(?:ires)?|\bby|\bbefore|\bafter|\bdos|\bprinted|\bsigned|\breceived"
    r"|\bsubmitted|\blmp|\bedd|\bdue|\bed|\ber|\bstarting|\blast|\bfrom|\bto|\bpa|\bmri|\bct|\becho|\bekg"
    r"|\blabs?|\bxray|\bappt|\bdate|\bcolonoscopy|\bhospital(?:ized)?|\badmit(?:ted)?|\bdischarged?"
    r"|\bs/p)[ :]*$"
)
_CALLBACK = re.compile(
    r"(?:\b(?:me|my|mine|our|us|i'm at|im at|i am at|reach me|call me|callback|call ?back|cb"
    r"|direct(?: line)?|back ?line|my (?:cell|direct|ext|desk|line|number)|our (?:office|number"
    r"|back ?line|fax)|office|ofc|clinic|front desk|here at|i'll be at|text me|nurse line|ring me"
    r"|reach us|mi (?:número|numero|teléfono|telefono|directo|línea|linea|extensión)"
    r"|llám[ae](?:n)?me(?: al)?|llame(?:n)?me(?: al)?|llamar(?:me)? al|triage line|desk"
    r"|extension)\b)[^.;,\n]{0,22}$"
)
_FAX = re.compile(r"\b(?:fax|fx|f)\b[ .:#=]*(?:is |number |no\.? |# ?|at |to )?$")
_UNTIL = re.compile(
    r"\b(?:till?|until|before|by|leav(?:e|ing) at|out at|off at|gone (?:by|at|after)|close at"
    r"|hasta(?: las)?|thru|through|'til)[ ]*(?:(?P<noon>noon|mediod[ií]a)"
    r"|(?P<h>\d{1,2})(?::(?P<m>\d\d))?[ ]?(?P<ap>a\.?m?\.?|p\.?m?\.?)?(?![\w/-]))"
)
_HOME = re.compile(
    r"\b(?:home|hm|house|landline|h|casa|land line)\b[ .:#=(]*(?:phone|ph|number|#|is|no)?[ .:#=]*$"
)
_WORK = re.compile(r"\b(?:work|wk|job|employer|w)\b[ .:#=(]*(?:phone|ph|number|#|is|no)?[ .:#=]*$")
_CELL = re.compile(
    r"\b(?:cell|mobile|cel|celular|mob|c|m|móvil|movil|cellphone|cell phone)\b[ .:#=(]*(?:phone|ph|number"
    r"|#|is|no)?[ .:#=]*$"
)
_OLD = re.compile(
    r"\b(?:old|not|isn't|instead of|from|was|previous|disconnected|wrong|no longer)\b[ :(]*(?:number"
    r"|phone|cell|one|#)?[ :(]*$"
)
_CORRECTED = re.compile(
    r"\b(?:no wait|wait no|sorry|correction|i mean|make that|oops|scratch that|actually|rather|no,|perdón"
    r"|perdon|digo)\b"
)


class Age(NamedTuple):
    """A stated age in whole years."""

    start: int
    end: int
    years: int
    sex: str


def find_ages(doc: Document, start: int, end: int) -> list[Age]:
    """Ages stated in a range: "57F", "6 y/o", "age 6", "14 mos"."""
    ages = []
    for match in _AGE.finditer(doc.words.lower, start, end):
        years_text = match["y"] or match["a"] or match["n"] or match["n2"]
        sex_letter = (match["sx"] or match["sx2"] or (match["s"] or "").strip(" -"))[:1]
        if match["sx2"] and not doc.words.raw[match.start()].isupper():
            continue
        if match["y"] and not re.search(
            r"o|años|anos|[mf]", match[0][len(match["y"]) :].replace("months", "")
        ):
            continue
        if match["m"]:
            if re.search(
                r"\b(?:for|x|past|last|every|over|in|since|about|~|ago|hace|desde hace)\W{0,2}$|x ?$",
                doc.before(match.start(), 12),
            ) or re.match(
                r" ?(?:ago|post|of|duration|hx|history|s/p|f/u|follow|pregnant|later|now)\b",
                doc.after(match.end(), 12),
            ):
                continue
            if "old" not in match[0] and not re.match(
                r" ?(?:[(,]|boy|girl|male|female|baby|infant|m\b|f\b)", doc.after(match.end(), 8)
            ):
                continue
            ages.append(Age(match.start(), match.end(), int(match["m"]) // 12, ""))
            continue
        if years_text is None or int(years_text) > 120:
            continue
        if match["y"] and re.search(
            r"\b(?:for|x|past|last|over|in|since|hace|smok\w+|ppd)\W{0,2}$|x ?$",
            doc.before(match.start(), 10),
        ):
            continue
        sex = {"m": "male", "f": "female"}.get(sex_letter, "")
        ages.append(Age(match.start(), match.end(), int(years_text), sex))
    return ages


_LETTER_BY_BIRTH = re.compile(
    r"(?:(?<=[a-z] )|(?<=[a-z], ))(?P<a>[mf])(?=,? ?(?:dob )?\d{1,2}[/.-]\d{1,2}[/.-]\d\d)"
    r"|(?<=[/.-]\d\d)(?:\d\d)?[ ,]{1,2}(?P<b>[mf])(?=[ ,.;|]|$)"
)
"""A lone m or f right before or after a birth date, in any case."""


def find_sex(doc: Document, start: int, end: int, ages: list[Age]) -> tuple[str, tuple[int, int]] | None:
    """The sex where it is written as such: a label, M/F, male, 57F, Mr, Ms."""
    raw, lower = doc.words.raw, doc.words.lower
    for label in doc.labelled:
        if label.role == "sex" and start <= label.label < end:
            value = lower[label.start : label.end].strip()[:1]
            if value in ("m", "f", "h"):
                return {"m": "male", "f": "female", "h": "male"}[value], (label.label, label.end)
    for age in ages:
        if age.sex:
            return age.sex, (age.start, age.end)
    named = _SEX_WORD.search(lower, start, end)
    if named:
        return ("male" if named[0] in ("male", "masculino") else "female"), named.span()
    beside = _LETTER_BY_BIRTH.search(lower, start, end)
    if beside:
        group = "a" if beside["a"] else "b"
        return ("male" if beside[group] == "m" else "female"), beside.span(group)
    for letter in _SEX_LETTER.finditer(raw, start, end):
        if doc.style == "lower":
            break
        return ("male" if letter[1] == "M" else "female"), letter.span()
    for index in range(doc.words.at(start), len(doc.words)):
        if doc.words.start[index] >= end:
            break
        word = doc.words.low[index]
        if word in PATIENT_TITLES and index + 1 < len(doc.words):
            following = index + 1
            if doc.words.low[following] == ".":
                following += 1
            if (
                following < len(doc.words)
                and doc.words.low[following].isalpha()
                and doc.words.raw[doc.words.start[following]].isupper() | (doc.style == "lower")
            ):
                if word in ("sr", "ms") and index > 0 and doc.words.low[index - 1] == ",":
                    continue
                if word == "ms" and not doc.words.raw[doc.words.start[following]].isupper():
                    continue
                return PATIENT_TITLES[word], (doc.words.start[index], doc.words.end[index])
    return None


class Born(NamedTuple):
    """The birth date of a range; `day` is none if what was written cannot be one."""

    written: Written
    day: date | None


def find_birth(doc: Document, start: int, end: int, age: int | None, taken: bytearray) -> Born | None:
    """The birth date: the labelled one, else the first written date with a year that nothing else claims."""
    dates = [written for written in doc.dates if start <= written.start < end]
    labelled = [written for written in dates if _is_labelled_birth(doc, written)]
    candidates = labelled or [
        written
        for written in dates
        if written.year is not None
        and not taken.find(1, written.start, written.end) >= 0
        and not _NOT_BIRTH.search(doc.before(written.start, 16))
        and not _CLOCK_AFTER.match(doc.after(written.end, 8))
        and (written.year, written.month, written.day)
        not in (
            (doc.today.year, doc.today.month, doc.today.day),
            (doc.today.year % 100, doc.today.month, doc.today.day),
        )
        and ((label := doc.label_at(written.start)) is None or label.role not in _OTHER_DATES)
    ]
    if not candidates:
        return None
    chosen = candidates[0]
    for later in dates:
        gap = later.start - chosen.end
        if (
            later.year is not None
            and 0 < gap < 60
            and _CORRECTED.search(doc.words.lower, chosen.end, later.start)
        ):
            chosen = later
    if chosen.year is None:
        return Born(chosen, None) if real_date(2024, chosen.month, chosen.day) is None else None
    day = birth_date(chosen, doc.today, age)
    return Born(chosen, day)


_OTHER_DATES = frozenset(
    [
        "ignore",
        "auth",
        "from",
        "documents",
        "status_question",
        "payer",
        "secondary",
        "when",
        "callback",
        "urgency",
        "referring",
        "reason",
    ]
)


def _is_labelled_birth(doc: Document, written: Written) -> bool:
    label = doc.label_at(written.start)
    if label and label.role == "dob":
        return True
    return _BORN.search(doc.before(written.start, 26)) is not None


class Reach(NamedTuple):
    """A number with whose it is: `cell`, `home`, `phone`, `contact`, `callback`, or `none` of the
    patient's.
    """

    phone: Phone
    role: str
    contact: Contact | None


def sort_phones(doc: Document, start: int, end: int, contacts: list[Contact]) -> list[Reach]:
    """Whose each number of a range is, by its label and the words around it."""
    reached: list[Reach] = []
    phones = [phone for phone in doc.phones if start <= phone.start < end]
    previous_end = start
    for phone in phones:
        before = doc.before(phone.start, 48)
        if previous_end > start:
            before = (
                before[-min(len(before), max(0, phone.start - previous_end)) :]
                if phone.start > previous_end
                else ""
            )
        after = doc.after(phone.end, 16)
        label = doc.label_at(phone.start)
        previous_end = phone.end
        reached.append(
            Reach(phone, *_role(doc, phone, label.role if label else "", before, after, contacts, reached))
        )
    return reached


def _role(
    doc: Document,
    phone: Phone,
    role: str,
    before: str,
    after: str,
    contacts: list[Contact],
    earlier: list[Reach],
) -> tuple[str, Contact | None]:
    if _FAX.search(before) or re.match(r"[ ]*\(?(?:fax|f)\b\)?", after):
        return "none", None
    if phone.bare and re.search(r"\bnpi\b[ .:#is]*$", before):
        return "none", None
    if role in ("member", "npi", "mrn", "patient_id", "auth", "group"):
        return "none", None
    if role == "callback":
        return "callback", None
    if role in ("ignore", "from", "referring", "pcp", "location", "service"):
        return "office" if role in ("from", "ignore") else "none", None
    prefix = re.search(r"[(\[](c|cell|mobile|mob|m|h|hm|home|w|work|wk)[)\]][ :]*$", before)
    if prefix:
        return {"c": "cell", "m": "cell", "h": "home", "w": "none"}[prefix[1][0]], None
    suffix = re.match(
        r"[ ]?[(\[]?(c|cell|mobile|mob|m|h|hm|home|w|work|wk|cel|celular|casa)\b(?! ?[:#]| ?\(?\d)[)\]]?",
        after,
    )
    bracketed = suffix is not None and (suffix[0].strip()[0] in "([" or len(suffix[1]) > 1)
    if bracketed and suffix is not None:
        kind = suffix[1][0] if suffix[1] not in ("casa",) else "h"
        own = {"c": "cell", "m": "cell", "h": "home", "w": "none"}[kind]
        contact = _near_contact(doc, phone, contacts)
        return (own, None) if contact is None else ("contact", contact)
    if _OLD.search(before) and not re.search(r"not (?:home|cell)", before):
        return "none", None
    if role in ("cell", "home"):
        return role, None
    if role == "work":
        return "none", None
    if _CALLBACK.search(before) and not re.search(
        r"\b(?:his|her|patient'?s|pt'?s|their|own)\b[^,;.]{0,14}$", before
    ):
        return "callback", None
    contact = _near_contact(doc, phone, contacts)
    if contact is not None:
        return "contact", contact
    if role == "contact":
        label = doc.label_at(phone.start)
        if label and label.form.startswith("contact") and phone.start - label.start < 3:
            return "cell" if "cell" in after else "phone", None
        return "contact", None
    if _HOME.search(before):
        return "home", None
    if _WORK.search(before):
        return "none", None
    if _CELL.search(before):
        return "cell", None
    return "phone", None


def _near_contact(doc: Document, phone: Phone, contacts: list[Contact]) -> Contact | None:
    """The relative whose number this is: named before it in the same sentence, without another number or
    the patient between.
    """
    lower = doc.words.lower
    begin, stop = doc.sentence_at(phone.start)
    label = doc.label_at(phone.start)
    best: Contact | None = None
    for contact in contacts:
        if (label is not None and label.role == "contact" and label.start <= contact.start < label.end) or (
            label is not None and label.role == "contact" and label.label <= contact.start < label.end
        ):
            best = contact
        elif begin <= contact.start < phone.start:
            between = lower[contact.end : phone.start]
            if any(contact.end <= other.start < phone.start for other in doc.phones) or re.search(
                r"\bown\b|\bpatient'?s\b|\bpt'?s\b|\bher cell\b$|\bhis cell\b$", between
            ):
                continue
            if len(between) > 70:
                continue
            best = contact
        elif (
            phone.end <= contact.start < stop
            and re.fullmatch(
                r"[ ,(\-/]{0,4}(?:is |que es |es )?(?:his|her|the|su|pt'?s|patient'?s)?[ ]?",
                lower[phone.end : contact.start],
            )
        ) or (
            contact.start < begin
            and begin - contact.end < 4
            and not re.search(r"\b(?:pt|patient|his|her own|cell)\b", lower[begin : phone.start])
            and len(lower[begin : phone.start]) < 6
        ):
            best = contact
    return best


def find_until(doc: Document, start: int, end: int) -> tuple[str, tuple[int, int]] | None:
    """Until when the sender can be reached, as `HH:MM`: "til 4:15", "before 3 pm", "until noon"."""
    for match in _UNTIL.finditer(doc.words.lower, start, end):
        if match["noon"]:
            return "12:00", match.span()
        hour, minute = int(match["h"]), int(match["m"] or 0)
        if hour > 23 or minute > 59:
            continue
        half = (match["ap"] or "")[:1]
        if (half == "p" and hour < 12) or (not half and hour < 7):
            hour += 12
        return f"{hour:02d}:{minute:02d}", match.span()
    return None
