"""The canonical form is PyLD's, whatever is kept between documents and whoever asks at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from craftpath.proof import canonical
from craftpath.proof.badge import badge_document
from craftpath.proof.canonical import Canonicaliser, canonicaliser
from craftpath.proof.contexts import CREDENTIALS, pinned
from tests.proof.cast import DOCUMENT, badge, lists, signed


def plain(document: Any) -> bytes:
    """PyLD as it comes, with nothing kept from one document to the next."""

    def load(address: str, _: Any) -> dict[str, Any]:
        return {"document": pinned()[address], "documentUrl": address, "contextUrl": None}

    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "base": None,
        "documentLoader": load,
    }
    return jsonld.normalize(document, options).encode()


def options(document: dict[str, Any]) -> dict[str, Any]:
    kept = {part: value for part, value in document["proof"].items() if part != "proofValue"}
    return {"@context": document["@context"], **kept}


OURS = [
    badge_document(badge()),
    badge_document(badge(level="T", status=())),
    options(signed()),
    *({k: v for k, v in one.items() if k != "proof"} for one in lists().values()),
    DOCUMENT,
]


def test_it_is_what_pyld_gives_again_and_again_in_any_order() -> None:
    expected = [plain(document) for document in OURS]
    for _ in range(2):
        assert [canonicaliser().nquads(one) for one in reversed(OURS)] == expected[::-1]


TEXT = st.text(
    st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30
) | st.sampled_from(['a"b\\c', "a\nb\rc\td", "\u2028\ufeff", "𠮷野家", "<x> .", "_:b0"])


@given(TEXT, TEXT)
def test_it_is_what_pyld_gives_for_any_text(name: str, description: str) -> None:
    document = {
        "@context": [CREDENTIALS],
        "type": ["VerifiableCredential"],
        "name": name,
        "description": description,
    }
    assert canonicaliser().nquads(document) == plain(document)


def test_many_at_once_get_the_same() -> None:
    expected = [plain(document) for document in OURS]
    fresh = Canonicaliser(pinned())
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(fresh.nquads, OURS * 6))
    assert found == expected * 6


def test_what_is_kept_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "_MOST_SCOPED", 3)
    fresh = Canonicaliser(pinned())
    assert fresh.nquads(OURS[0]) == plain(OURS[0])
    assert 1 <= len(fresh._scoped) <= 3
