"""A kept version, taken over by the present one as an operator does it.

The backup is restored where there is nothing but the keys, and brought up to date; then the site is
asked, works on, and is backed up. Each step is a process of its own.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from tests.apps.operations.site import Site, empty_site
from tests.upgrades.kept import answer_of, backup_of, forget, give_keys, run, said
from tests.upgrades.schema import schema_of

__all__ = ["try_out"]


def try_out(version: str, folder: Path) -> dict[str, Any]:
    """restored   the output of `restore`
    differing  files that came out of the backup otherwise than they went in
    schema     as it is after `migrate`
    holds, does  as `asking` says
    """
    with tempfile.TemporaryDirectory(prefix=f"upgrade-{version}-", dir=folder) as scratch:
        place = Path(scratch)
        backup, told = backup_of(version, place), place / "told.json"
        told.write_text(json.dumps(said(version)["told"]), encoding="utf-8")
        site = empty_site(place / "site")
        give_keys(version, site)
        try:
            found: dict[str, Any] = {"restored": run(site, "restore", str(backup))}
            found["differing"] = _differing(backup, site)
            run(site, "migrate")
            found["schema"] = schema_of(site.sql, postgresql=bool(site.database))
            return found | answer_of(site, "asking", str(told))
        finally:
            forget(site)


def _differing(backup: Path, site: Site) -> list[str]:
    """Files of the backup that are not in the site as they were. That the database is the same
    file is what makes restoring it the same as finding it in place."""
    wrong = []
    with tarfile.open(backup) as archive:
        for entry in archive:
            if entry.name in ("manifest.json", "database.pgdump"):
                continue
            name = "craftpath.sqlite3" if entry.name == "database.sqlite3" else entry.name
            content = archive.extractfile(entry)
            assert content is not None
            there = site.home / name
            if not there.is_file() or _digest(there.read_bytes()) != _digest(content.read()):
                wrong.append(entry.name)
    return wrong


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
