"""Whether a credential holds, day by day, list by list, key by key."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from craftpath.proof.badge import badge_document
from craftpath.proof.check import check_credential, check_signed
from craftpath.proof.did import Listed, did_document, keys_of
from craftpath.proof.faults import Fault, Refused
from craftpath.proof.integrity import add_proof
from craftpath.proof.keys import Key
from craftpath.proof.status import Purpose, bits_of, status_list
from tests.proof.cast import (
    ALONE,
    BODY,
    FIRST,
    NOW,
    SECOND,
    SIGNED,
    STRANGER,
    badge,
    key_of,
    lists,
    signed,
)

UNTIL = SIGNED + dt.timedelta(days=1096)
INDEX = 94_567


def check(document: Any = None, **changed: Any) -> Any:
    """A credential of the body, checked a day later with lists that name nobody."""
    said = {"key_of": key_of, "list_of": lists().get, "moment": NOW} | changed
    return check_credential(signed() if document is None else document, **said)


def fault_of(document: Any = None, **changed: Any) -> Fault:
    with pytest.raises(Refused) as refused:
        check(document, **changed)
    return refused.value.fault


def test_it_holds_and_says_what_it_is() -> None:
    found = check(signed(valid_until=UNTIL))
    assert found.issuer == BODY
    assert found.method == f"{BODY}#key-1"
    assert (found.created, found.valid_from, found.valid_until) == (SIGNED, SIGNED, UNTIL)
    assert [one.purpose for one in found.status] == list(Purpose)


@pytest.mark.parametrize("signer", [FIRST, SECOND, ALONE])
def test_it_holds_by_whichever_key_of_the_issuer(signer: Any) -> None:
    assert check(signed(signer), list_of=lists(signer).get).method == signer.method


def test_it_holds_after_its_key_was_retired_and_its_lists_are_signed_by_the_next() -> None:
    assert check(signed(FIRST), list_of=lists(SECOND).get).method == FIRST.method


def test_it_falls_with_a_key_that_was_taken_out() -> None:
    left = did_document(BODY, [Listed("key-2", SECOND.public)])
    assert fault_of(key_of=keys_of(left, BODY).get) is Fault.UNKNOWN_KEY


@pytest.mark.parametrize(
    ("revoked", "suspended", "fault"),
    [
        ((INDEX,), (), Fault.REVOKED),
        ((), (INDEX,), Fault.SUSPENDED),
        ((INDEX,), (INDEX,), Fault.REVOKED),
    ],
)
def test_it_sees_what_was_revoked_and_suspended(
    revoked: tuple[int, ...], suspended: tuple[int, ...], fault: Fault
) -> None:
    assert fault_of(list_of=lists(FIRST, revoked, suspended).get) is fault


def test_a_neighbour_in_the_list_is_somebody_else() -> None:
    neighbours = (INDEX - 1, INDEX + 1)
    assert check(list_of=lists(FIRST, neighbours, neighbours).get)


@pytest.mark.parametrize(
    ("moment", "fault"),
    [
        (SIGNED - dt.timedelta(seconds=1), Fault.NOT_YET_VALID),
        (SIGNED, None),
        (UNTIL - dt.timedelta(seconds=1), None),
        (UNTIL, Fault.EXPIRED),
    ],
)
def test_it_holds_on_its_days(moment: dt.datetime, fault: Fault | None) -> None:
    document = signed(valid_until=UNTIL)
    if fault is None:
        assert check(document, moment=moment)
    else:
        assert fault_of(document, moment=moment) is fault


def test_a_key_signs_for_its_own_issuer_only() -> None:
    """The stranger's did:key is a key that verifies, and vouches for nobody else."""
    forged = add_proof(badge_document(badge(BODY)), ALONE, SIGNED)
    assert fault_of(forged) is Fault.WRONG_ISSUER


def test_a_stranger_under_our_name_is_found_out() -> None:
    assert fault_of(signed(STRANGER)) is Fault.WRONG_SIGNATURE


def other_list(**changed: Any) -> Any:
    """The list that names nobody, but not as it should be."""
    said: dict[str, Any] = {
        "address": "https://craftpath.example/status/revocation/1",
        "issuer": BODY,
        "purpose": Purpose.REVOCATION,
        "bits": bits_of([]),
        "valid_from": SIGNED,
        "valid_until": None,
    }
    return status_list(**said | changed)


@pytest.mark.parametrize(
    "served",
    [
        None,
        {},
        "x",
        other_list(),  # not signed
        signed(),  # no list
        lists(ALONE)["https://craftpath.example/status/revocation/1"],  # somebody else's
        add_proof(other_list(purpose=Purpose.SUSPENSION), FIRST, SIGNED),
        add_proof(other_list(address="https://craftpath.example/status/9"), FIRST, SIGNED),
        add_proof(other_list(valid_until=NOW), FIRST, SIGNED),
        add_proof(other_list(valid_from=NOW + dt.timedelta(days=1)), FIRST, SIGNED),
    ],
    ids=range(10),
)
def test_without_the_list_it_is_not_taken_for_good(served: Any) -> None:
    suspension = lists()["https://craftpath.example/status/suspension/1"]
    found = {"https://craftpath.example/status/suspension/1": suspension}
    assert fault_of(list_of=lambda at: found.get(at, served)) is Fault.STATUS_UNKNOWN


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"type": 5},
        {"issuer": {}},
        {"issuer": []},
        {"issuer": 5},
        {"validFrom": "today"},
        {"validUntil": ["2030-01-01T00:00:00Z"]},
        {"credentialStatus": "https://x.example"},
        {"credentialStatus": [{"id": "https://x.example"}]},
    ],
    ids=str,
)
def test_it_refuses_wrong_types_before_it_looks_at_a_key(change: dict[str, Any]) -> None:
    def never(_: str) -> Key | None:
        raise AssertionError("a key was asked for")

    assert fault_of(signed() | change, key_of=never) is Fault.MALFORMED


def test_a_credential_that_lost_a_part_is_refused() -> None:
    for part in signed():
        document = signed()
        del document[part]
        with pytest.raises(Refused):
            check(document)


def test_the_signature_alone_can_be_asked_for() -> None:
    document = signed(valid_until=SIGNED + dt.timedelta(seconds=1))
    assert check_signed(document, key_of).valid_until == SIGNED + dt.timedelta(seconds=1)
    assert fault_of(document) is Fault.EXPIRED


def test_every_reason_is_said_in_both_languages() -> None:
    assert all(fault.label.zh and fault.label.en for fault in Fault)
    assert len({fault.label.zh for fault in Fault}) == len(Fault)
