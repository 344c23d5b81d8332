"""Where conversations are reached, and which thread a message belongs to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from referral_bot.model import (
    Audience,
    Conversation,
    ConversationKind,
    OutboxKind,
    OutboxMessage,
    OutboxStatus,
    Thread,
)
from storage import SqlStore
from tests.storage.samples import NOW, keep, run

DAY = timedelta(days=1)


def conversation(id: str, **changes: Any) -> Conversation:
    given: dict[str, Any] = {
        "id": f"teams:{id}",
        "platform": "teams",
        "tenant": "t1",
        "conversation": id,
        "kind": ConversationKind.CHANNEL,
        "service_url": "https://smba.example/amer/",
        "seen_at": NOW,
    }
    return Conversation(**given | changes)


def personal(account: str, **changes: Any) -> Conversation:
    kind = ConversationKind.PERSONAL
    return conversation(f"a:{account}", kind=kind, account=account, member=f"29:{account}", **changes)


def kept(store: SqlStore, *conversations: Conversation) -> None:
    for one in conversations:
        run(store, lambda tx, one=one: tx.keep_conversation(one))


def thread(id: str, **changes: Any) -> Thread:
    given: dict[str, Any] = {
        "id": id,
        "subject_id": "r1",
        "audience": Audience.OFFICE,
        "platform": "teams",
        "channel": "a:maria",
        "flat": True,
    }
    return Thread(**given | changes)


def test_a_conversation_is_found_by_its_id(store: SqlStore) -> None:
    told = conversation("19:x@thread.tacv2", team="19:team")
    kept(store, told)
    assert run(store, lambda tx: tx.conversation("teams", "19:x@thread.tacv2")) == told
    assert run(store, lambda tx: tx.conversation("teams", "19:y@thread.tacv2")) is None
    assert run(store, lambda tx: tx.conversation("slack", "19:x@thread.tacv2")) is None


def test_what_is_told_anew_takes_the_place_of_what_was_kept(store: SqlStore) -> None:
    kept(store, personal("maria"))
    moved = personal("maria", service_url="https://smba.example/emea/", seen_at=NOW + DAY)
    kept(store, moved)
    assert run(store, lambda tx: tx.conversation("teams", "a:maria")) == moved


def test_a_chat_of_two_is_found_by_either_of_the_accounts_ids(store: SqlStore) -> None:
    kept(store, personal("maria"), conversation("19:x@thread.tacv2", account="maria"))
    for account in ("maria", "29:maria"):
        assert run(store, lambda tx, a=account: tx.personal_conversation("teams", a)) == personal("maria")
    assert run(store, lambda tx: tx.personal_conversation("teams", "tess")) is None


def test_the_newest_conversation_of_a_tenant_or_of_any(store: SqlStore) -> None:
    newest = conversation("3", tenant="t2", seen_at=NOW + 2 * DAY)
    kept(store, conversation("1"), conversation("2", seen_at=NOW + DAY), newest)
    assert run(store, lambda tx: tx.newest_conversation("teams", "t1")).conversation == "2"
    assert run(store, lambda tx: tx.newest_conversation("teams", "")) == newest
    assert run(store, lambda tx: tx.newest_conversation("teams", "t3")) is None


def test_members_are_those_who_have_a_chat_with_the_bot(store: SqlStore) -> None:
    kept(store, personal("maria"))
    assert run(store, lambda tx: tx.members("teams", ["maria", "tess"])) == ["29:maria"]


def test_of_whom_the_bot_knows_no_id_of_the_platforms_is_no_member(store: SqlStore) -> None:
    kept(store, personal("maria"), personal("tess").model_copy(update={"member": ""}))
    assert run(store, lambda tx: tx.members("teams", ["tess", "maria"])) == ["29:maria"]


def test_a_conversation_that_has_ended_is_forgotten_alone(store: SqlStore) -> None:
    kept(store, personal("maria"), personal("tess"))
    run(store, lambda tx: tx.forget_conversation(personal("maria")))
    assert run(store, lambda tx: tx.personal_conversation("teams", "maria")) is None
    assert run(store, lambda tx: tx.personal_conversation("teams", "tess")) == personal("tess")


def test_a_message_belongs_to_the_thread_that_it_heads_or_was_posted_in(store: SqlStore) -> None:
    posted = OutboxMessage(
        id="m1",
        thread_id="first",
        kind=OutboxKind.POST,
        created_at=NOW,
        not_before=NOW,
        status=OutboxStatus.SENT,
        sent_as="103",
    )
    keep(store, thread("first", root="101", head="102"), thread("second", root="201"), posted)
    for message, found in (("101", "first"), ("102", "first"), ("103", "first"), ("201", "second")):
        assert run(store, lambda tx, m=message: tx.thread_of("teams", "a:maria", m)).id == found
    assert run(store, lambda tx: tx.thread_of("teams", "a:maria", "301")) is None
    assert run(store, lambda tx: tx.thread_of("teams", "a:tess", "101")) is None


def test_a_thread_keeps_whether_it_is_flat(store: SqlStore) -> None:
    keep(store, thread("first"), thread("second", flat=False))
    assert run(store, lambda tx: tx.get(Thread, "first")).flat is True
    assert run(store, lambda tx: tx.get(Thread, "second")).flat is False
