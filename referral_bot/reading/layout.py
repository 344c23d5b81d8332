"""The shape of a message: what is noise, what is a label with its value, a table, a list, a quoted mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from referral_bot.reading.lexicon import CLINICAL_WORDS
from referral_bot.reading.tables import table
from referral_bot.reading.words import Hit, Words

_NOISE = re.compile(
    r"(?:^[^\n]*(?:confidential|intended recipient|received in error|if you are not the)[^\n]*$"
    r"|^[ \t]*(?:printed|signed electronically|electronically signed|e-signed|page \d|generated"
    r"|sent from my|sent via|get outlook|report run|run date|date printed|fax log|fax transmittal"
    r"|fax cover)\b[^\n]*$|\bpage \d+ of \d+|\b\d+ pages?\b(?= *$)|\[ ?\][^\[\n]*?(?=\[|\(|  |\t|$)"
    r"|[☐□○][^☐□○☑☒✓✔\n]*?(?=[☐□○☑☒✓✔]|  |\t|$)|\( \)[^(\n]*?(?=\(|  |\t|$)"
    r"|\((?:l(?:ast)?(?: name)?, ?f(?:irst)?(?: name)?(?:,? m\w*)?|f(?:irst)?, ?l(?:ast)?"
    r"|mm[/-]?dd[/-]?yy(?:yy)?|optional|required|if any|circle one|check one|see back|m/f|y/n)\)"
    r"|(?<=\n)[-=_*#~]{4,}(?=\n))",
    re.IGNORECASE | re.MULTILINE,
)
_NOISE_HINTS = (
    "confidential",
    "recipient",
    "in error",
    "if you are not",
    "printed",
    "signed",
    "page",
    "generated",
    "sent from my",
    "sent via",
    "get outlook",
    "report run",
    "run date",
    "fax log",
    "fax transmittal",
    "fax cover",
    "[ ]",
    "[]",
    "☐",
    "□",
    "○",
    "( )",
    "----",
    "====",
    "____",
    "****",
    "(l",
    "(f",
    "(mm",
    "(optional",
    "(required",
    "(if any",
    "(c",
    "(see back",
    "(m/f",
    "(y/n",
)
_LEADERS = re.compile(r"(?<=[\w)#])[ ]?\.{3,}[ ]*:?(?=[^\n]*\w)")
_QUOTED = re.compile(r"^[ \t]*>[^\n]*$", re.MULTILINE)
_CLOSING = re.compile(
    r"^[ \t]*(?:best|regards|kind regards|best regards|warm regards|warmly|sincerely|thanks|thank you|thx"
    r"|many thanks|thanks so much|thanks in advance|respectfully|cheers|gracias|saludos|atentamente"
    r"|cordially)[ \t]*[,.!-]*[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_OPENING = re.compile(
    r"\s*(?i:(?:hi|hey|hello|hola|greetings|good (?:morning|afternoon|day)|morning|afternoon)(?: there| all"
    r"| team| everyone| guys| again)?[ ,!.-]+(?:(?:this is|it'?s|its|i'?m) )?|(?:this is"
    r"|it'?s) )(?P<who>[A-Z][a-z'-]+(?: [A-Z][a-z'.-]*)?(?:,? (?:RN|MA|LPN|CMA|BSN))? (?:at|from|over at"
    r"|over here at|here at|with|w/|@)(?: the)? (?!Dr)[A-Z][\w'&-]*(?: (?:[A-Z][\w'&-]*|of|and"
    r"|&))*)(?:'s (?:office|clinic))?(?=[.,;:!\n]| -| here)(?: here)?[.,;:!]?"
)
"""Where the sender says who writes: "Hi, this is Marguerite at Penobscot Family Care."."""
_CONTACT_LINE = re.compile(
    r"^[^\n]*\b(?:t|f|p|o|ph|fx|tel|fax|phone|direct"
    r"|office)\b[ :.]*\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}[^\n]*\|[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_BULLET = re.compile(
    r"^[ \t]*(?:[-*•·▪◦‣–>+]|\(?\d{1,2}[.)]|\(?[a-e]\)|#\d[.):]?)[ \t]+(?=\S)", re.MULTILINE | re.IGNORECASE
)
_NUMBERED = re.compile(
    r"(?:(?<=^)|(?<=[\s:;,.]))(?:\((?P<p>[1-9a-e])\)|(?P<n>[1-9a-e])\)|(?P<d>[1-9])\.(?= ))[ ]*(?=\S)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"[ ]{0,3}(?:/ ?[A-Za-z#]+ ?){0,2}(?:\([a-z /?]{0,24}\) ?)?(?:#|no\.|nbr)?[ ]*(?:\.{2,}[ ]*:?|:|=|\||\t"
    r"|-(?= ?\S)(?<= -))[ \t|]*"
)
_OTHERS = frozenset(
    [
        "pharmacy",
        "office",
        "practice",
        "clinic",
        "employer",
        "company",
        "facility",
        "emergency",
        "contact",
        "physician",
        "hospital",
        "group",
        "school",
        "user",
    ]
)
"""Words that make a label somebody else's: "Pharmacy phone", "Office name"."""
LABELS = {form: role for role, listed in table("labels", own=False).items() for form in listed}


class Labelled(NamedTuple):
    """A value with its label. `start` to `end` is the value; the label begins at `label`."""

    role: str
    form: str
    label: int
    start: int
    end: int


class Row(NamedTuple):
    """One line of a table with the cells that its header names."""

    start: int
    end: int
    cells: tuple[Labelled, ...]


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def without_noise(text: str) -> tuple[str, str]:
    """The text with letterheads, disclaimers, empty boxes and signatures blanked, place for place; and
    what it quotes.
    """
    quoted = ""
    if "..." in text:
        text = _LEADERS.sub(lambda match: ":" + " " * (len(match[0]) - 1), text)
    if ">" in text and _QUOTED.search(text):
        quoted = "\n".join(line.strip(" >\t") for line in _QUOTED.findall(text))
        text = _QUOTED.sub(_blank, text)
    opened = _OPENING.match(text)
    if opened and "\n" not in opened["who"]:
        text = re.sub(r"[^\n]", " ", text[: opened.end()]) + text[opened.end() :]
    if "\n" in text:
        for closing in _CLOSING.finditer(text, max(0, len(text) - 500)):
            after = text[closing.end() :]
            if (
                closing.start() > 0
                and after.count("\n") <= 7
                and len(after) < 400
                and text[: closing.start()].strip()
            ):
                text = text[: closing.start()] + re.sub(r"[^\n]", " ", text[closing.start() :])
                break
        text = _CONTACT_LINE.sub(_blank, text)
    lower = text.lower()
    if any(hint in lower for hint in _NOISE_HINTS):
        text = _NOISE.sub(_blank, text)
    return text, quoted


_SHORT = re.compile(r"\s-\s|[,;]|\.(?=\s)|\s{3,}|\t|\|")
_SHORT_NAME = re.compile(
    r"(?<=\w\w\w)\.(?=\s)|\s{3,}|\t|\||[;(\d]|,\s*(?:dob|born|age|[mf]\b|male\b|female\b|cell|ph\b|phone)"
    r"|\b(?:dob|born|mrn)\b",
    re.IGNORECASE,
)
_SHORT_ENDS = dict.fromkeys(
    ("dob", "sex", "phone", "cell", "home", "work", "mrn", "npi", "first", "last", "age"), _SHORT
)
_SHORT_ENDS["name"] = _SHORT_NAME
"""Where the value of a label ends that is one short thing, however much prose follows it."""


def find_labels(words: Words, hits: list[Hit], services: list[Hit]) -> list[Labelled]:
    """Labels that are followed by a colon, dots, a bar or a tab, each with its value up to the next or
    the line's end.
    """
    found: list[tuple[str, str, int, int]] = []
    raw, lower = words.raw, words.lower
    piped = " | " in raw
    slashed = raw.count(" / ") > 2
    for hit in hits:
        match = _SEPARATOR.match(raw, hit.end)
        if match is None and piped and _after_bar(raw, hit.start):
            match = _BLANK.match(raw, hit.end)
            if match and hit.value not in (
                "name",
                "first",
                "last",
                "reason",
                "ignore",
                "contact",
                "provider",
                "from",
            ):
                found.append((str(hit.value), lower[hit.start : hit.end], hit.start, match.end()))
                continue
        if match is None or (not match[0].strip(" ") and "\t" not in match[0]):
            continue
        if lower[hit.start : hit.end] in _PROSE_TOO and not _at_line_start(raw, hit.start):
            continue
        if match[0].strip() == "|" and not (_after_bar(raw, hit.start) or _at_line_start(raw, hit.start)):
            continue
        if match[0].strip() == "-" and not _at_line_start(raw, hit.start):
            continue
        if (
            ":" in match[0]
            and raw[match.end() - 1 : match.end()] == ":"
            and match.end() < len(raw)
            and raw[match.end()].isdigit()
            and raw[hit.end - 1].isdigit()
        ):
            continue
        if hit.first > 0:
            before = words.low[hit.first - 1]
            gap = raw[words.end[hit.first - 1] : hit.start]
            if gap == " " and (
                before in _OTHERS or (before.isalpha() and lower.startswith("to ", hit.start))
            ):
                continue
            if gap == "" and before not in ",;|([/.:":
                continue
        found.append((str(hit.value), lower[hit.start : hit.end], hit.start, match.end()))
    labelled = []
    for index, (role, form, start, value) in enumerate(found):
        end = raw.find("\n", value)
        end = len(raw) if end < 0 else end
        if index + 1 < len(found):
            end = min(end, found[index + 1][2])
        end = max(end, value)
        short = _SHORT_ENDS.get(role)
        if short is not None:
            cut = short.search(raw, value, end)
            end = cut.start() if cut else end
            if role == "name":
                commas = [place for place in range(value, end) if raw[place] == ","]
                end = commas[1] if len(commas) > 1 else end
                if (
                    commas
                    and raw[value:end].strip()[:1].isupper()
                    and raw[commas[0] + 1 : end].strip()[:1].islower()
                ):
                    end = commas[0]
        if role == "service":
            fact = _FACT.search(raw, value, end)
            if fact:
                cut = _SHORT.search(raw, value, fact.start())
                end = cut.start() if cut and not _FACT.match(raw, cut.end()) else value
        if role == "ignore" and form in ("re", "subject") and _is_clinical(words, value, end):
            role = "reason"
        if role == "ignore" and form == "to" and any(service.start == value for service in services):
            role = "service"
        if piped and role not in ("reason", "dx", "name", "service", "payer"):
            bar = raw.find(" | ", value, end)
            end = bar if bar >= 0 else end
        if slashed:
            slash = raw.find(" / ", value, end)
            end = slash if slash >= 0 else end
        while end > value and raw[end - 1] in " \t,;|":
            end -= 1
        labelled.append(Labelled(role, form, start, value, end))
    return labelled


_FACT = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|\b(?i:dob|born)\b")
"""A birth date or a number: facts of a patient, not of a specialty."""
_PROSE_TOO = frozenset(["allergy", "mother", "father", "son", "daughter"])
"""Labels that are words of running text as well: there a colon follows them by chance."""
_CODE = re.compile(r"\b[A-TV-Z]\d[\dAB]\.[\dA-Z]")


def _is_clinical(words: Words, start: int, end: int) -> bool:
    """Whether a value speaks of an illness and of nobody: "Re: palpitations, R00.2"."""
    told = sum(word in CLINICAL_WORDS for word in words.low[words.at(start) : words.at(end)])
    return (told > 0 or _CODE.search(words.raw, start, end) is not None) and not re.search(
        r"\d{1,2}/\d{1,2}/\d|\b(?:study|scan|referral|consult|records|labs"
        r"|request)\b",
        words.lower[start:end],
    )


_BLANK = re.compile(r" (?=\S)")


def _after_bar(raw: str, place: int) -> bool:
    return raw[max(0, place - 4) : place].rstrip(" ").endswith("|")


def _at_line_start(raw: str, place: int) -> bool:
    return not raw[raw.rfind("\n", 0, place) + 1 : place].strip(" \t*-•")


def _cells(line: str, offset: int, separator: str) -> Iterator[tuple[int, int]]:
    """Start and end of each cell of a line, quotes of CSV taken off."""
    at = 0
    while at <= len(line):
        if separator == "," and line[at : at + 1] == '"':
            close = line.find('"', at + 1)
            close = len(line) if close < 0 else close
            yield offset + at + 1, offset + close
            at = line.find(",", close)
            at = len(line) + 1 if at < 0 else at + 1
            continue
        end = line.find(separator, at)
        end = len(line) if end < 0 else end
        yield offset + at, offset + end
        at = end + 1


def find_table(words: Words) -> tuple[tuple[int, int] | None, list[Row]]:
    """The place of a header and the rows under it, if the text holds a table with one."""
    raw = words.raw
    if "\n" not in raw or not any(sign in raw for sign in "\t,|"):
        return None, []
    place = 0
    header: list[str] = []
    where: tuple[int, int] | None = None
    separator = ""
    rows: list[Row] = []
    for line in raw.split("\n"):
        if not header:
            for sign in ("\t", "|", ","):
                if line.count(sign) >= 2:
                    names = [raw[start:end].strip(" |#*").lower() for start, end in _cells(line, place, sign)]
                    roles = [LABELS.get(name, "") for name in names]
                    named = [name for name in names if name]
                    if len(named) >= 3 and sum(map(bool, roles)) >= max(2, 0.6 * len(named)):
                        header, where, separator = roles, (place, place + len(line)), sign
                        break
        elif line.count(separator) >= min(2, len(header) - 1):
            cells = []
            for role, (start, end) in zip(header, _cells(line, place, separator), strict=False):
                while start < end and raw[start] in " |":
                    start += 1
                while end > start and raw[end - 1] in " |":
                    end -= 1
                if start < end and set(raw[start:end]) - set("-–—|:"):
                    cells.append(Labelled(role or "reason", role, start, start, end))
            if cells:
                rows.append(Row(place, place + len(line), tuple(cells)))
        place += len(line) + 1
    return (where, rows) if rows else (None, [])


def list_items(raw: str) -> list[tuple[int, int]]:
    """Start and end of the items of a list of two or more, each on its own line or counted off within one."""
    bullets = [(match.start(), match.end()) for match in _BULLET.finditer(raw)] if "\n" in raw else []
    if len(bullets) < 2:
        bullets = []
        if not any(mark in raw for mark in ("1)", "1.", "a)", "A)")):
            return []
        for match in _NUMBERED.finditer(raw):
            mark = (match["p"] or match["n"] or match["d"]).lower()
            wanted = len(bullets) + 1
            if mark == str(wanted) or mark == "abcde"[wanted - 1 : wanted]:
                bullets.append((match.start(), match.end()))
    if len(bullets) < 2:
        return []
    ends = [*(start for start, _ in bullets[1:]), len(raw)]
    return [(begin, end) for (_, begin), end in zip(bullets, ends, strict=True)]
