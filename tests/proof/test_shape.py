"""Documents from strangers: a clear reason, within a bounded time, and nothing fetched."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

import pytest

from craftpath.proof.canonical import canonicaliser
from craftpath.proof.contexts import CREDENTIALS, OPEN_BADGES, pinned
from craftpath.proof.faults import Fault, Refused
from craftpath.proof.shape import LARGEST_FILE, check_shape, read_json
from tests.proof.cast import signed

V2 = {"@context": [CREDENTIALS]}


def fault_of(content: bytes) -> Fault:
    with pytest.raises(Refused) as refused:
        canonicaliser().nquads(read_json(content))
    return refused.value.fault


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", Fault.MALFORMED),
        (b"%PDF-1.7", Fault.MALFORMED),
        (b"\xff\xfe", Fault.MALFORMED),
        (b"null", Fault.MALFORMED),
        (b"[]", Fault.MALFORMED),
        (b'{"id": 1, "id": 2}', Fault.MALFORMED),
        (b'{"id": NaN}', Fault.MALFORMED),
        (b'{"id": -Infinity}', Fault.MALFORMED),
        (b'{"id": ' + b"9" * 5000 + b"}", Fault.MALFORMED),
        (b"[" * 200_000, Fault.TOO_LARGE),
        (b'{"id":' * 80_000, Fault.TOO_LARGE),
        (b" " * (LARGEST_FILE + 1), Fault.TOO_LARGE),
    ],
    ids=lambda value: value[:24] if isinstance(value, bytes) else value.name,
)
def test_it_reads_only_json_that_all_readers_read_alike(content: bytes, fault: Fault) -> None:
    assert fault_of(content) is fault


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"issuer": value}
    return value


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({}, Fault.MALFORMED),
        ({"@context": CREDENTIALS}, Fault.MALFORMED),
        ({"@context": []}, Fault.MALFORMED),
        ({"@context": [CREDENTIALS] * 9}, Fault.MALFORMED),
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, Fault.UNKNOWN_CONTEXT),
        ({"@context": ["file:///etc/passwd"]}, Fault.UNKNOWN_CONTEXT),
        ({"@context": [{"@vocab": "https://x.example/"}]}, Fault.UNKNOWN_CONTEXT),
        ({"@context": [[CREDENTIALS]]}, Fault.UNKNOWN_CONTEXT),
        (V2 | {"issuer": {"@context": {"x": "https://x.example/"}}}, Fault.UNKNOWN_TERM),
        (V2 | {"@graph": []}, Fault.UNKNOWN_TERM),
        (V2 | {"schema:name": "x"}, Fault.UNKNOWN_TERM),
        (V2 | {"": "x"}, Fault.UNKNOWN_TERM),
        (V2 | {"name": None}, Fault.MALFORMED),
        (V2 | {"name": 0.5}, Fault.MALFORMED),
        (V2 | {"name": 2**60}, Fault.MALFORMED),
        (V2 | {"name": []}, Fault.MALFORMED),
        (V2 | {"name": [["x"]]}, Fault.MALFORMED),
        (V2 | {"name": "\ud800"}, Fault.MALFORMED),
        (V2 | {"name": "a\x00b"}, Fault.MALFORMED),
        (V2 | nested(40), Fault.TOO_LARGE),
        (V2 | {"name": ["x"] * 5000}, Fault.TOO_LARGE),
        (V2 | {"name": "x" * (LARGEST_FILE + 1)}, Fault.TOO_LARGE),
        (V2 | {"type": ["Nothing"]}, Fault.UNKNOWN_TERM),
        (V2 | {"id": 5}, Fault.MALFORMED),
        (V2 | {"id": {"id": "https://x.example/"}}, Fault.MALFORMED),
        (V2 | {"type": 5}, Fault.MALFORMED),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else str(value)[:60],
)
def test_it_canonicalises_only_plain_documents(document: Any, fault: Fault) -> None:
    with pytest.raises(Refused) as refused:
        canonicaliser().nquads(document)
    assert refused.value.fault is fault


def test_a_refusal_repeats_nothing_of_the_document() -> None:
    with pytest.raises(Refused) as refused:
        canonicaliser().nquads(V2 | {"secret": "4419001990"})
    assert "4419001990" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("nodes", [6, 9, 12])
def test_it_gives_up_on_graphs_that_would_take_for_ever(nodes: int) -> None:
    """Nothing has an address and everything looks alike: orders are tried, n! of them."""
    leaf = {"type": "Profile"}
    twigs = [leaf | {"parentOrg": [leaf] * nodes} for _ in range(nodes)]
    document = {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "type": ["VerifiableCredential"],
        "credentialSubject": leaf | {"parentOrg": twigs},
    }
    begun = time.process_time()
    with pytest.raises(Refused) as refused:
        canonicaliser().nquads(document)
    assert refused.value.fault is Fault.TOO_LARGE
    assert time.process_time() - begun < 2


def subject(achievement: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "type": ["VerifiableCredential"],
        "credentialSubject": {
            "type": "AchievementSubject",
            "achievement": {"type": "Achievement"} | achievement,
        },
    }


@pytest.mark.parametrize(
    "document",
    [
        subject({"tag": [str(at) for at in range(490)]}),
        subject({"related": [{"id": f"https://x.example/{at}"} for at in range(240)]}),
        subject({"alignment": [{"type": "Alignment", "targetName": str(n)} for n in range(160)]}),
        {"@context": [CREDENTIALS] * 8, "type": ["VerifiableCredential"] * 499},
        V2 | {"type": ["VerifiableCredential"], "name": "x" * (LARGEST_FILE - 100)},
    ],
    ids=["texts", "addresses", "nodes", "types", "letters"],
)
def test_the_largest_documents_that_it_takes_are_done_soon(document: Any) -> None:
    begun = time.process_time()
    canonicaliser().nquads(document)
    assert time.process_time() - begun < 1


def test_it_fetches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", never)
    monkeypatch.setattr(socket, "getaddrinfo", never)
    check_shape(signed())
    with pytest.raises(Refused):
        canonicaliser().nquads({"@context": ["https://x.example/context"]})


def scopes(context: Any) -> list[dict[str, Any]]:
    """A context and all those that stand inside it."""
    if isinstance(context, list):
        return [one for some in context for one in scopes(some)]
    if not isinstance(context, dict):
        return []
    inside = [scopes(one.get("@context")) for one in context.values() if isinstance(one, dict)]
    return [context, *(one for some in inside for one in some)]


def test_no_two_words_of_a_context_mean_the_same() -> None:
    """Else `validUntil` could be rewritten as the other word, and its reader would not see it."""
    for document in pinned().values():
        for scope in scopes(document["@context"]):
            meant = [one["@id"] if isinstance(one, dict) else one for one in scope.values()]
            addresses = [one for one in meant if isinstance(one, str) and ":" in one]
            assert len(addresses) == len(set(addresses))


def test_it_uses_no_word_that_copies_of_the_open_badges_context_disagree_about() -> None:
    text = json.dumps(signed())
    for word in ("jti", "endorsementJwt", "awardedDate", "inLanguage"):
        assert f'"{word}"' not in text


def test_a_context_that_was_touched_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    from craftpath.proof import contexts

    name, digest = contexts._FILES[CREDENTIALS]
    monkeypatch.setitem(contexts._FILES, CREDENTIALS, (name, digest.replace("5", "6", 1)))
    with pytest.raises(RuntimeError, match=name):
        pinned.__wrapped__()
