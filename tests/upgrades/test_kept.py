"""What is kept: every released version, small, whole, and nobody's."""

from __future__ import annotations

import lzma
import re
import tarfile
from pathlib import Path

import pytest

from craftpath.version import __version__
from tests.upgrades.kept import FOLDER, numbered, said, versions

#: Tables that a site of ours never writes, and why.
NEVER = {
    "access_user_groups": "what a login may is said by its duties",
    "access_user_user_permissions": "likewise",
    "auth_group": "likewise",
    "auth_group_permissions": "likewise",
    "account_emailaddress": "logins have no mail address",
    "account_emailconfirmation": "likewise",
    "socialaccount_socialaccount": "needs a provider that somebody logged in with",
    "socialaccount_socialapp": "providers are in the settings",
    "socialaccount_socialtoken": "tokens of providers are not kept",
}
BOTH = ("sqlite", "postgresql")
#: Bytes of one backup as it is kept.
LARGEST = 400_000


def test_is_there_for_every_version_that_is_released() -> None:
    """A version with numbers alone is a release: the commit that says it keeps its database. Only
    one like 0.2.0.dev0 may run ahead of what is kept."""
    if "dev" in __version__:
        assert numbered(__version__.partition(".dev")[0]) > numbered(versions()[-1])
        return
    assert versions()[-1] == __version__, (
        f"nothing is kept of {__version__}: run python -m tests.upgrades.make (README.md)"
    )


@pytest.mark.parametrize("version", versions())
def test_is_whole(version: str) -> None:
    names = {path.name for path in (FOLDER / version).iterdir()}
    assert names == {"keys.json", *(f"{one}.{end}" for one in BOTH for end in ("json", "tar.xz"))}


@pytest.mark.parametrize("database", BOTH)
@pytest.mark.parametrize("version", versions())
def test_is_small(version: str, database: str) -> None:
    assert (FOLDER / version / f"{database}.tar.xz").stat().st_size < LARGEST


@pytest.mark.parametrize("database", BOTH)
@pytest.mark.parametrize("version", versions())
def test_has_rows_in_every_table_that_a_site_writes(version: str, database: str) -> None:
    rows = said(version, database)["holds"]["rows"]
    assert {table for table, count in rows.items() if not count} <= NEVER.keys()


@pytest.mark.parametrize("database", BOTH)
@pytest.mark.parametrize("version", versions())
def test_was_sound_when_it_was_kept(version: str, database: str) -> None:
    """Or else an upgrade would be held to what was wrong already."""
    holds = said(version, database)["holds"]
    assert holds["audit"]["broken"] == []
    assert sum(holds["numbers"].values()) == holds["rows"]["registry_identifier"]
    drawn = [draw for draw in holds["draws"].values() if "placed" in draw]
    assert drawn and all(draw["problems"] == [] and draw["placed"] for draw in drawn)
    assert all(draw["terms hold"] for draw in holds["draws"].values())
    assert {stage["stage"] for stage in holds["marks"].values()} == {
        "planned", "seated", "marking", "published", "archived"
    }  # fmt: skip
    assert {one[2] for one in holds["applications"].values()} == {
        "draft", "submitted", "returned", "approved", "refused", "withdrawn", "done"
    }  # fmt: skip
    proofs = holds["proofs"].values()
    assert {"valid", "suspended", "revoked", "superseded"} <= {one["answers"][0] for one in proofs}
    assert {batch[1] for batch in holds["batches"]} == {
        "committed", "checked", "refused", "undone", "committing"
    }  # fmt: skip
    assert all(holds["verdicts"].values())


@pytest.mark.parametrize("version", versions())
def test_names_no_place_on_a_machine(version: str, tmp_path: Path) -> None:
    """Of PostgreSQL what is in the dump is compressed once more: the rows are SQLite's."""
    place = re.compile(rb"/(?:home|root|tmp|usr|var|opt|work|Users)/")
    with (
        lzma.open(FOLDER / version / "sqlite.tar.xz") as packed,
        tarfile.open(fileobj=packed) as tar,
    ):
        for entry in tar:
            content = tar.extractfile(entry)
            assert content is not None
            assert not place.search(content.read()), entry.name
