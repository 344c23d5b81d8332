"""What a referral says of its patient, in the words of the office."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict
from pydantic import Field as PydanticField


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", validate_assignment=True)


class Patient(_Part):
    """The patient, as the office wrote them. Phones are E.164."""

    first: str | None = None
    last: str | None = None
    dob: date | None = None
    sex: str | None = None
    phone: str | None = None
    phone_home: str | None = None
    mrn: str | None = None

    @property
    def name(self) -> str:
        """First and last name, as far as known."""
        return " ".join(part for part in (self.first, self.last) if part)

    @property
    def initials(self) -> str:
        """`J. W.`, as far as known."""
        return " ".join(f"{part[0]}." for part in (self.first, self.last) if part)


class Contact(_Part):
    """A relative or guardian."""

    name: str | None = None
    relation: str | None = None
    phone: str | None = None


class Insurance(_Part):
    """Coverage as stated; `self_pay` means there is none to state."""

    payer: str | None = None
    plan: str | None = None
    member_id: str | None = None
    secondary: str | None = None
    effective: date | None = None
    self_pay: bool = False


class Authorization(_Part):
    """Prior authorisation."""

    number: str | None = None
    status: str | None = None
    valid_to: date | None = None


class Referring(_Part):
    """The ordering provider."""

    first: str | None = None
    last: str | None = None
    npi: str | None = None

    @property
    def name(self) -> str:
        """`Dr. Sunil Patel`, as far as known."""
        known = " ".join(part for part in (self.first, self.last) if part)
        return f"Dr. {known}" if known else ""


class Needs(_Part):
    """What the patient needs to be seen. `interpreter` is an ISO 639-1 code."""

    interpreter: str | None = None
    wheelchair: bool = False
    transport: bool = False


class Preference(_Part):
    """When, where and with whom the office would like the visit. Names as written; times `HH:MM` local."""

    provider: str | None = None
    location: str | None = None
    days: list[str] = []
    dates: list[date] = []
    part_of_day: str | None = None
    before: str | None = None
    after: str | None = None
    earliest: date | None = None
    latest: date | None = None
    sort: str | None = None


class Callback(_Part):
    """How to reach the sender; never the patient's number."""

    phone: str | None = None
    until: str | None = None


class StatedDocument(_Part):
    """A document the sender says comes along: `via` is fax, chat or later."""

    kind: str
    via: str = "fax"


class Packet(_Part):
    """Everything a referral says of its patient: sealed as one, bound to its row."""

    patient: Patient = PydanticField(default_factory=Patient)
    contact: Contact = PydanticField(default_factory=Contact)
    callback: Callback = PydanticField(default_factory=Callback)
    insurance: Insurance = PydanticField(default_factory=Insurance)
    auth: Authorization = PydanticField(default_factory=Authorization)
    referring: Referring = PydanticField(default_factory=Referring)
    needs: Needs = PydanticField(default_factory=Needs)
    preference: Preference = PydanticField(default_factory=Preference)
    icd10: list[str] = PydanticField(default_factory=list)
    reason: str | None = None
    notes: str | None = None
    documents: list[StatedDocument] = PydanticField(default_factory=list)
