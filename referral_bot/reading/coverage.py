"""Insurance and authorization: payer, plan, member id, second payer, paying oneself, and what is allowed
by when.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from referral_bot.reading.document import Document
from referral_bot.reading.layout import Labelled
from referral_bot.reading.member_ids import read_member_id
from referral_bot.reading.model import Fields
from referral_bot.reading.payers import payers_in
from referral_bot.reading.plans import plan_after
from referral_bot.reading.words import Hit

_STATES = re.compile(
    r" (?:of )?(?:north |south |new |west |rhode |the )?(?:alabama|alaska|arizona|arkansas|california"
    r"|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|indiana|iowa|kansas|kentucky"
    r"|louisiana|maine|maryland|massachusetts|mass|michigan|minnesota|mississippi|missouri|montana|nebraska"
    r"|nevada|hampshire|jersey|mexico|york|carolina|dakota|ohio|oklahoma|oregon|pennsylvania|island"
    r"|tennessee|texas|utah|vermont|virginia|washington|wisconsin|wyoming|al|ak|az|ar|ca|co|ct|fl|ga|ia|il"
    r"|ks|ky|la|md|mi|mn|mo|ms|mt|nc|nd|ne|nh|nj|nm|nv|ny|oh|ok|pa|ri|sc|sd|tn|tx|ut|va|vt|wa|wi|wv|wy|nepa"
    r"|kc|northern california|western new york|wny)\b"
)

_PROGRAMS = frozenset(
    (
        "AHCCCS",
        "Medi-Cal",
        "TennCare",
        "MassHealth",
        "Apple Health",
        "SoonerCare",
        "Health First Colorado",
        "Medicaid",
    )
)


_SELF_PAY = re.compile(
    r"\b(?:self[ -]?pay(?:ing|s)?|(?:pay(?:ing|s)?|payin|paga(?:r|n)?|pagando) (?:in |with |by "
    r"|en )?(?:cash|efectivo)|cash(?: ?pay| patient| pt| only)?"
    r"|un-?insured|no (?:health |active |current |medical )?(?:insurance|ins|coverage)\b(?! (?:card|info"
    r"|change|on file))|out[ -]of[ -]pocket|private pay"
    r"|sin (?:seguro|aseguranza)|no tiene (?:seguro|aseguranza)|(?:doesn't|doesnt|does not"
    r"|don't) have (?:any )?(?:insurance|ins|coverage)"
    r"|no longer (?:has|have|had) (?:any )?(?:insurance|ins|coverage)|pay(?:ing)? (?:for (?:it"
    r"|this) )?(?:(?:her|him|them)sel(?:f|ves)|on (?:her|his|their) own)"
    r"|pay(?:ing)? privately|pagará de su bolsillo)\b"
)

_GROUP = re.compile(
    r"\b(?:group|grp|gr|rx ?bin|bin|pcn|rx ?grp)\b[ .:#]*(?:no\.? |number |# ?|id )?[\da-z-]*\d[\da-z-]*"
)

_TAKEN_BACK = re.compile(
    r"\b(?:no,? wait|wait,? no|sorry|scratch that|i mean|actually|make that|correction|that (?:ended"
    r"|termed|changed|lapsed)|not any ?more|used to|oops|perdón|digo)\b"
)

_SUPPLEMENT = re.compile(
    r"[ ,]*\b(?:supplemental|supplement|suppl|supp|medigap|med supp|secondary|2ndary|second|sec"
    r"|as secondary|plan [a-n]\b|2nd)\b(?: (?:plan [a-n]\b|[a-n]\b(?= |$|[,.;])|supplement))?"
)

_JOIN = re.compile(
    r"^[ ,]*(?:primary|prim|pri)?[ ,;/+&(]*(?:w/|with|and|plus|y|c|then|secondary|2ndary|2nd"
    r"|sec)?[ :,(/+&-]*(?:an? )?(?:(?:medigap|suppl?\w*|secondary|plan [a-n])(?: plan| policy)? ?)?(?:from"
    r"|through|thru|with|via)?[ :(]*$"
)


_REFUSES = re.compile(
    r"(?: \w+){0,2} (?:denied|denies|won'?t|wont|doesn'?t|does not|isn'?t|is not|not|dropped|terminated"
    r"|termed|lapsed|ended|rejected|cancell?ed|expired)\b"
)
_REFUSED = re.compile(
    r"\b(?:denied by|not covered by|no longer (?:has|on|with|covered by)|lost(?: \w+)?|dropped by"
    r"|out of network (?:with|for)|not on|instead of|was on|had) $"
)
"""A payer that does not pay, beside somebody who pays alone."""


class Coverage(NamedTuple):
    """What a range says about insurance."""

    insurance: Fields
    taken: list[tuple[int, int]]


def read_insurance(doc: Document, start: int, end: int) -> Coverage:
    """Payer, plan, member id, second payer or paying oneself, as a range of the text states them."""
    insurance: Fields = {}
    taken: list[tuple[int, int]] = []
    lower = doc.words.lower
    paying = _SELF_PAY.search(lower, start, end)
    if paying and not lower[max(0, paying.start() - 5) : paying.start()].rstrip().endswith("not"):
        insurance["self_pay"] = True
        taken.append(paying.span())
        again = _SELF_PAY.search(lower, paying.end(), min(end, paying.end() + 30))
        if again:
            taken.append((paying.start(), again.end()))
    taken += [group.span() for group in _GROUP.finditer(lower, start, end)]
    named = payers_in(doc, start, end)
    if paying:
        refused = [
            hit
            for hit in named
            if _REFUSES.match(lower, hit.end) or _REFUSED.search(doc.before(hit.start, 30))
        ]
        taken += [(hit.start, hit.end) for hit in refused]
        named = [hit for hit in named if hit not in refused]
    labelled = [label for label in doc.labelled if label.role == "payer" and start <= label.label < end]
    first_labelled = next((label for label in labelled if _has_value(lower[label.start : label.end])), None)
    if first_labelled and _names_another(doc, first_labelled, named):
        _from_label(doc, first_labelled.start, first_labelled.end, insurance, taken)
    elif named:
        primary = named[0]
        for one, other in pairwise(named):
            if one is primary and _TAKEN_BACK.search(lower, one.end, other.start):
                taken.append((one.start, other.start))
                primary = other
        if first_labelled:
            primary = next(hit for hit in named if first_labelled.start <= hit.start < first_labelled.end)
        rest = [hit for hit in named if hit.start > primary.start]
        before = [hit for hit in named if hit.start < primary.start]
        _from_payer(doc, primary, rest if not before else [*before, *rest], end, insurance, taken)
    if "payer" not in insurance and not insurance.get("self_pay"):
        _from_plan(doc, start, end, insurance, taken)
    if "payer" not in insurance and not insurance.get("self_pay"):
        _from_wording(doc, start, end, insurance, taken)
    for label in doc.labelled:
        if (
            label.role == "secondary"
            and start <= label.label < end
            and _has_value(lower[label.start : label.end])
        ):
            _secondary_label(doc, label.start, label.end, insurance, taken)
    read_member_id(doc, start, end, insurance, taken)
    if insurance.get("payer") and insurance.get("self_pay"):
        del insurance["self_pay"]
    return Coverage(insurance, taken)


def _names_another(doc: Document, label: Labelled, named: list[Hit]) -> bool:
    """Whether a label's value begins with a payer that no table knows, Medicare or Medicaid its plan."""
    inside = [hit for hit in named if label.start <= hit.start < label.end]
    if not inside:
        return True
    before = doc.words.raw[label.start : inside[0].start]
    return (
        inside[0].value in ("Medicare", "Medicaid")
        and re.fullmatch(r"\s*[A-Z][\w&' -]{2,40}\s+", before) is not None
    )


def _has_value(text: str) -> bool:
    return re.search(r"[a-z]{2}", text) is not None and text.strip(" .-") not in (
        "none",
        "n/a",
        "na",
        "unknown",
        "tbd",
        "pending",
        "to follow",
        "self pay",
        "self-pay",
        "no",
    )


def _from_payer(
    doc: Document, primary: Hit, others: list[Hit], end: int, insurance: Fields, taken: list[tuple[int, int]]
) -> None:
    lower = doc.words.lower
    payer = str(primary.value)
    at = primary.end
    whole = next(
        (hit for hit in doc.hits.get("plan", ()) if hit.first == primary.first and hit.end > at), None
    )
    if whole:  # "Medicare Advantage" is a plan that begins with its payer's name
        at = whole.end
    state = _STATES.match(lower, at) if "blue" in payer.lower() or payer == "Anthem" else None
    if state and not (state[0] == " or" or state[0] == " in"):
        at = state.end()
    plan, plan_end = plan_after(doc, at, end)
    if whole:
        plan, plan_end = " ".join(part for part in (str(whole.value), plan) if part), max(at, plan_end)
    beside = [hit for hit in others if hit.start >= primary.end]
    if beside and payer in _PROGRAMS | {"Medicare"}:
        between = lower[max(at, plan_end) : beside[0].start]
        tail = lower[beside[0].end : beside[0].end + 30]
        advantage = plan in ("Advantage", "Medicare Advantage")
        managed = (
            advantage and re.fullmatch(r" *(?:de|from|with|w/|,)? *", between) is not None
        ) or re.fullmatch(
            r"[ ]*(?:[-(/:]|thru|through|via|by|under|-? ?managed by)?[ ]*", between
        ) is not None
        supplement = re.match(r"[ ]*\(?(?:supp|secondary|2nd|medigap|sec\b|plan [a-n]\b)", tail) is not None
        if (
            managed
            and not supplement
            and not (payer == "Medicare" and between.strip() == "/")
            and beside[0].value not in ("Medicaid", "Medicare")
        ):
            second = beside.pop(0)
            more, more_end = plan_after(doc, second.end, end)
            program = " ".join(
                part
                for part in (
                    "Medicare Advantage" if payer == "Medicare" and plan == "Advantage" else payer,
                    plan,
                )
                if part
            )
            if plan and payer in plan:
                program = plan
            payer, plan = str(second.value), " ".join(part for part in (program, more) if part)
            plan_end = max(more_end, second.end)
            taken.append(second[4:6])
    insurance["payer"] = payer
    taken.append((primary.start, max(at, plan_end)))
    for hit in beside:
        if hit.start < plan_end:
            continue
        between = lower[max(at, plan_end) : hit.start]
        state = _STATES.match(lower, hit.end) if "blue" in str(hit.value).lower() else None
        supplement_after = _SUPPLEMENT.match(lower, state.end() if state else hit.end)
        if (
            _JOIN.match(between)
            or supplement_after
            or re.search(r"(?:secondary|2ndary|2nd|sec)[ :]*$", between)
        ):
            if hit.value == payer and not supplement_after:
                break
            tail = ""
            stop = hit.end
            if supplement_after:
                stop = supplement_after.end()
                words = supplement_after[0].strip(" ,")
                words = re.sub(r"\b(?:supplemental|suppl|supp|medigap|med supp)\b", "supplement", words)
                words = re.sub(r"\b(?:secondary|2ndary|second|sec|as secondary|2nd)\b", "", words).strip()
                tail = re.sub(
                    r"\bplan ([a-n])\b|\b([a-n])$",
                    lambda match: f"plan {(match[1] or match[2]).upper()}",
                    words,
                )
            letter = re.search(r"\bplan ([a-n])\b", between)
            if letter and not tail:
                tail = f"Plan {letter[1].upper()}"
            second_plan, second_end = ("", 0) if tail else plan_after(doc, hit.end, end)
            insurance["secondary"] = " ".join(part for part in (str(hit.value), second_plan, tail) if part)
            taken.append((max(at, plan_end), max(stop, second_end)))
            break
    if plan:
        insurance["plan"] = plan


def _from_label(doc: Document, start: int, end: int, insurance: Fields, taken: list[tuple[int, int]]) -> None:
    """A payer that no table knows, in the value of an insurance label: the words before its plan."""
    words = doc.words
    value = words.raw[start:end]
    cut = re.search(
        r"[,;|(#\t]|\b(?:id|mbr|member|policy|grp|group|eff|sub|secondary|2nd)\b|\b[a-z]{0,4}\d{4,}",
        value,
        re.IGNORECASE,
    )
    stop = start + cut.start() if cut else end
    first = words.at(start)
    plans = [hit for hit in doc.found("plan", start, stop) if hit.first > first]
    plan_start = plans[0].start if plans else stop
    payer = words.raw[start:plan_start].strip(" ,-/")
    if not payer or not re.search(r"[^\W\d_]{3}", payer):
        return
    insurance["payer"] = payer if not payer.isupper() and not payer.islower() else payer.title()
    if plans:
        plan, _plan_end = plan_after(doc, plan_start, stop)
        if plan:
            insurance["plan"] = plan
    taken.append((start, stop))


def _from_plan(doc: Document, start: int, end: int, insurance: Fields, taken: list[tuple[int, int]]) -> None:
    """A payer that no table knows, in running text: capitalised words before PPO, HMO, EPO or POS."""
    words = doc.words
    for hit in doc.found("plan", start, end):
        if hit.value not in ("PPO", "HMO", "EPO", "POS", "Medicare Advantage", "HDHP", "OAP"):
            continue
        first = hit.first
        while first > 0 and hit.first - first < 4:
            before = first - 1
            word = words.low[before]
            gap = words.raw[words.end[before] : words.start[first]]
            if (
                gap != " "
                or not word.isalpha()
                or not words.raw[words.start[before]].isupper()
                or words.is_taken(words.start[before], words.end[before])
            ):
                break
            first = before
        if hit.value == "Medicare Advantage" and first == hit.first:
            insurance["payer"] = "Medicare"
        elif first < hit.first:
            name = words.text(first, hit.first - 1)
            insurance["payer"] = name.title() if name.isupper() and len(name) > 4 else name
        else:
            continue
        plan, plan_end = plan_after(doc, hit.start, end)
        insurance["plan"] = plan or str(hit.value)
        taken.append((words.start[first], max(plan_end, hit.end)))
        return


_HEALTH_PLAN = re.compile(
    r"(?:(?<=^)|(?<=[,;.|\t\n] )|(?<=[,;|\t\n])|(?<= - ))(?P<name>(?:[a-z&'-]+ ){1,3}(?:health ?plans?"
    r"|health ?care|health|insurance|advantage))(?=\s*(?:[,;.|\t\n]|$| - ))"
)


def _from_wording(
    doc: Document, start: int, end: int, insurance: Fields, taken: list[tuple[int, int]]
) -> None:
    """A payer that no table knows, alone between separators and called health, health plan or insurance."""
    match = _HEALTH_PLAN.search(doc.words.lower, start, end)
    if match is None or _NOT_A_PLAN.search(match["name"]):
        return
    name = doc.words.raw[match.start("name") : match.end("name")]
    insurance["payer"] = name.title() if name.islower() or name.isupper() else name
    taken.append(match.span("name"))


_NOT_A_PLAN = re.compile(
    r"\b(?:family|mental|behavioral|home|no|her|his|the|has|have|women'?s|men'?s|public|poor|good|new|same"
    r"|need|on|clinic|send|see|old|lost|changed|pending|will|to|of|for|with|bad|oral|bone|sexual|primary"
    r"|is|was)\b"
)


def _secondary_label(
    doc: Document, start: int, end: int, insurance: Fields, taken: list[tuple[int, int]]
) -> None:
    """The second payer under its own label, as written there but for abbreviations."""
    value = re.split(r"[,;|(#\t]|\s{2,}|(?i:\bid\b|\bmbr\b|\bmember\b)", doc.words.raw[start:end])[0].strip(
        " .-"
    )
    named = doc.found("payer", start, end)
    if named and named[0].start == start and not re.search(r"(?i)supp|medigap|plan", value):
        plan, _ = plan_after(doc, named[0].end, end)
        value = " ".join(part for part in (str(named[0].value), plan) if part)
    insurance["secondary"] = re.sub(r"(?i)\bsupp(?:l)?\b", "supplement", value)
    taken.append((start, end))
