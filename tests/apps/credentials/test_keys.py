"""Issuers and their keys: made, followed by the next, retired, broken, kept by a module."""

from __future__ import annotations

import json
from typing import Any

import pytest

from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere
from craftpath.credentials.actions.issuers import break_key, make_key, register_issuer, retire_key
from craftpath.credentials.actions.issuing import issue
from craftpath.credentials.models import Credential, IssuingKey
from craftpath.credentials.publishing import did_document, status_list
from craftpath.credentials.verification import check_code, check_file
from tests.apps.city import DAY
from tests.apps.credentials import hsm
from tests.apps.credentials.conftest import Office
from tests.apps.credentials.strangers import verified


def issued(office: Office, count: int = 1, slug: str = "sitting") -> list[Credential]:
    records = [one.pk for one in office.passed(count, slug=slug)]
    return issue(office.actor("school"), records)


def published(slug: str = "academy") -> list[str]:
    keys = json.loads(did_document(slug))["verificationMethod"]
    return [one["id"].partition("#")[2] for one in keys]


def test_seals_its_keys(office: Office) -> None:
    key = office.academy.keys.get()
    assert (key.fragment, key.since, key.until) == ("key-1", DAY, None)
    assert len(bytes(key.sealed)) == 12 + 32 + 16
    assert published() == ["key-1"]


def test_goes_on_with_the_next_key_and_believes_the_one_before(office: Office) -> None:
    (old,) = issued(office)
    make_key(office.actor("school"), office.academy.pk)
    (new,) = issued(office, slug="later")
    assert (old.key.fragment, new.key.fragment) == ("key-1", "key-2")
    assert published() == ["key-1", "key-2"]
    assert [verified(old), verified(new)] == ["valid", "valid"]


def test_signs_anew_what_a_stolen_key_had_signed(office: Office) -> None:
    (one,) = issued(office)
    before, token = one.document, one.token
    with pytest.raises(NotAllowed):
        break_key(office.actor("school"), one.key_id, since=DAY, why="失窃")
    break_key(office.actor("city"), one.key_id, since=DAY, why="失窃")
    assert verified(one) == "UNKNOWN_KEY"
    with pytest.raises(Conflict, match="no new one yet"):
        status_list("academy", "revocation", 1)
    make_key(office.actor("school"), office.academy.pk)  # signs in the background, here at once
    one.refresh_from_db()
    assert (one.key.fragment, verified(one)) == ("key-2", "valid")
    assert verified(one, before) == "UNKNOWN_KEY"
    body, proof = json.loads(one.document), json.loads(before)
    assert body.pop("proof") != proof.pop("proof")
    assert body == proof
    # What the holder has from before still leads to the answer, and says what to do.
    assert check_code(token).answer == "valid"
    found = check_file(before.encode())
    assert (found.answer, "download it again" in found.reasons[-1].en) == ("valid", True)


def test_signs_with_a_module_that_keeps_its_keys(office: Office, settings: Any) -> None:
    with pytest.raises(Conflict, match="no signer"):
        make_key(office.actor("school"), office.academy.pk, signer=hsm.PATH)
    settings.CRAFTPATH_SIGNERS = [*settings.CRAFTPATH_SIGNERS, hsm.PATH]
    key = make_key(office.actor("school"), office.academy.pk, signer=hsm.PATH)
    assert bytes(key.sealed).startswith(b"slot ")
    (one,) = issued(office)
    assert (one.key.signer, verified(one)) == (hsm.PATH, "valid")


def test_retires_a_key_once(office: Office) -> None:
    key = office.academy.keys.get()
    retire_key(office.actor("city"), key.pk, why="停办")
    with pytest.raises(Conflict):
        retire_key(office.actor("city"), key.pk, why="停办")
    with pytest.raises(NotThere):
        retire_key(office.actor("other-city"), key.pk, why="停办")
    proof = json.loads(status_list_after_issue(office))["proof"]
    assert proof["verificationMethod"].endswith("#key-1")


def status_list_after_issue(office: Office) -> str:
    """A body that has stopped issuing still says what of its papers is taken back."""
    key = IssuingKey.objects.get(issuer=office.academy)
    IssuingKey.objects.filter(pk=key.pk).update(until=None)
    issued(office)
    IssuingKey.objects.filter(pk=key.pk).update(until=key.until)
    return status_list("academy", "revocation", 1)


def test_registers_bodies_by_their_code_and_offices_without(office: Office) -> None:
    rival = office.city.rival
    official = office.actor("other-city")
    for said, field in (
        ({"slug": "Rival"}, "slug"),
        ({"slug": "rival", "code": "S00004400012"}, "code"),
        ({"slug": "rival", "code": "S00004400012A"}, "code"),
        ({"slug": "rival", "region": "441900"}, "region"),
    ):
        with pytest.raises(Invalid) as refused:
            register_issuer(official, rival.pk, **said)
        assert list(refused.value.problems) == [field]
    for taken in ({"slug": "academy"}, {"slug": "rival", "code": office.academy.code}):
        with pytest.raises(Conflict):
            register_issuer(official, rival.pk, **taken)
    assert register_issuer(official, rival.pk, slug="rival").region == rival.region
    with pytest.raises(NotThere):
        register_issuer(official, office.city.works.pk, slug="works")


def test_publishes_nobody_who_never_had_a_key(office: Office) -> None:
    for slug in ("nobody", "rival"):
        with pytest.raises(NotThere):
            did_document(slug)
