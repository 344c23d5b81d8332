"""What a patient is found by: words of the name, birth date and phones, each as a keyed hash."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from referral_bot.model import Packet
from storage.encryption import KeyRing

LAST = "last"
FIRST = "first"
DOB = "dob"
PHONE = "phone"

_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4]")
_WORD = re.compile(r"[^\W_]+")


def words(name: str) -> list[str]:
    """The words of a name without case and accents: `O'Brien-Núñez` is `obrien` and `nunez`."""
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return list(dict.fromkeys(_WORD.findall(plain.casefold())))


def asked(last: str | None, first: str | None, dob: date | None) -> list[tuple[str, str]]:
    """What a search asks for, as (kind, word) that must all match."""
    found = [(LAST, word) for word in words(last or "")] + [(FIRST, word) for word in words(first or "")]
    return [*found, (DOB, dob.isoformat())] if dob else found


def hashes(packet: Packet, ring: KeyRing) -> set[tuple[str, bytes]]:
    """What a packet's patient can be found by, as (kind, hash)."""
    patient = packet.patient
    known = asked(patient.last, patient.first, patient.dob)
    known += [(PHONE, phone) for phone in (patient.phone, patient.phone_home) if phone]
    return {(kind, ring.find_hash(kind, word)) for kind, word in known}
