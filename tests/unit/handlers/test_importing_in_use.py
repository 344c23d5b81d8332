"""An import doesn't take away what open referrals stand on."""

from __future__ import annotations

import pytest

from handlers.importing import import_directory
from referral_bot.directory import DirectoryInvalid, read_directory
from referral_bot.directory.in_use import still_in_use
from storage import open_store
from tests.unit.people import EXAMPLE, TUESDAY, Office


def without_cardiology() -> str:
    text = EXAMPLE.read_text()
    start, end = text.index("  - key: cardiology"), text.index("  - key: vascular")
    text = text[:start] + text[end:]
    return text.replace("services: [cardiology, vascular]", "services: [vascular]").replace(
        "services: [cardiology]", "services: [vascular]"
    )


def test_a_service_with_an_open_referral_stays() -> None:
    office = Office()
    office.submitted()
    new = read_directory(without_cardiology()).practice
    problems = office.store.run(lambda tx: still_in_use(tx, new, TUESDAY))
    assert [str(problem) for problem in problems] == [
        "line 1, services: cardiology is missing, but has 1 open referrals. "
        "Keep it in the file until they are over."
    ]


def test_a_service_nobody_waits_for_may_go() -> None:
    office = Office()
    office.submitted()
    office.act("maria", "cancel", office.referral().id, reason="pat")
    new = read_directory(without_cardiology()).practice
    assert office.store.run(lambda tx: still_in_use(tx, new, TUESDAY)) == ()


def test_a_draft_of_a_dropped_service_asks_for_another() -> None:
    office = Office()
    office.say("maria", "refer Jane Whitcomb, DOB 3/14/1962, 309-555-0123, palpitations, cardiology")
    office.store.practice = read_directory(without_cardiology()).practice
    outcome = office.press("maria", "submit", office.referral().id)
    assert outcome.private is not None
    assert "service is still needed" in str(outcome.private)


def test_import_refuses_and_changes_nothing() -> None:
    store = open_store("sqlite://")
    import_directory(store, EXAMPLE.read_text())
    with pytest.raises(DirectoryInvalid):
        import_directory(store, EXAMPLE.read_text().replace("key: north,", "key: nord,"))
    assert import_directory(store, EXAMPLE.read_text()).changes == []
    store.close()
