"""Proof that a backup can be restored: it is restored, beside the site, and looked through.

Whoever asks runs `prove`; it starts this module as a process of its own whose database and folder
are the restored ones, so that what is proved is what a restored site would see.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from craftpath.engine.rules import Label

__all__ = ["Finding", "prove"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    good: bool
    label: Label


def prove(path: Path) -> list[Finding]:
    """Restore a backup into a scratch place, look through it, take it away again.

    dumps.Trouble where it cannot even be opened.
    """
    from django.conf import settings

    from craftpath.operations.backup import open_backup
    from craftpath.operations.dumps import DUMPS, vendor

    with open_backup(path) as (folder, manifest):
        if manifest.database != vendor():
            from craftpath.operations.dumps import Trouble

            raise Trouble(
                f"{path}：备份的是 {manifest.database}，这里是 {vendor()}；请对照 DATABASE_URL。",
                f"{path}: this is a backup of {manifest.database}, and here is {vendor()}; "
                "look at DATABASE_URL.",
            )
        count = len(manifest.files)
        found = [Finding(True, Label(f"{count} 个文件与清单相符", f"{count} files are as listed"))]
        keys = {
            "CRAFTPATH_SECRET_KEY": settings.SECRET_KEY,
            "CRAFTPATH_IDENTITY_KEY": settings.CRAFTPATH_IDENTITY_KEY,
            "CRAFTPATH_AUDIT_KEY": settings.CRAFTPATH_AUDIT_KEY,
        }
        dumped = folder / DUMPS[manifest.database]
        with _scratch_database(dumped) as url:
            environment = {
                **os.environ,
                **keys,
                "DATABASE_URL": url,
                "CRAFTPATH_HOME": str(folder),
                "DJANGO_SETTINGS_MODULE": "craftpath.settings",
            }
            done = subprocess.run(
                [sys.executable, "-m", "craftpath.operations.proof", str(folder)],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["?"])[-1]
            return [
                *found,
                Finding(False, Label(f"恢复后打不开：{last}", f"it does not open: {last}")),
            ]
        return found + [
            Finding(line["good"], Label(line["zh"], line["en"]))
            for line in map(json.loads, done.stdout.splitlines())
        ]


@contextmanager
def _scratch_database(dumped: Path) -> Iterator[str]:
    """The address of a database that has the dump in it, and goes away again."""
    from craftpath.operations import dumps

    if dumps.vendor() == "sqlite":
        yield f"sqlite:///{dumped}"
        return
    name = f"craftpath_proof_{secrets.token_hex(6)}"
    with dumps.scratch_postgresql(name, dumped):
        yield _address(name)


def _address(name: str) -> str:
    """The same server by DATABASE_URL, another database."""
    return re.sub(r"^(\w+://[^/?]*)/[^?]*", rf"\1/{name}", os.environ["DATABASE_URL"])


# --- in the restored place ----------------------------------------------------------------------


def _look(folder: Path) -> Iterator[Finding]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    yield _rows(manifest["rows"])  # before anything is brought up to date
    yield _migrations()
    yield from _audit(manifest["audit"])
    yield _identity()
    yield _uploads(folder / "uploads")


def _migrations() -> Finding:
    """An older backup is no bad one: it is brought up to date, as after a restore."""
    from django.core.management import call_command

    from craftpath.operations.tables import waiting_migrations

    waiting = waiting_migrations()
    if not waiting:
        return Finding(True, Label("表结构是最新的", "the tables are up to date"))
    call_command("migrate", interactive=False, verbosity=0)
    return Finding(
        True,
        Label(
            f"表结构较旧，已在此更新（{len(waiting)} 步）；恢复后要运行 craftpath migrate",
            f"the tables are older and were brought up to date here ({len(waiting)} steps): "
            "run craftpath migrate after restoring",
        ),
    )


def _rows(expected: dict[str, int]) -> Finding:
    from craftpath.operations.tables import rows_by_table

    found = rows_by_table()
    off = sorted(table for table in expected | found if expected.get(table) != found.get(table))
    if off:
        said = ", ".join(f"{t}: {expected.get(t)} → {found.get(t)}" for t in off)
        return Finding(False, Label(f"行数不符：{said}", f"rows do not agree: {said}"))
    total = sum(found.values())
    return Finding(
        True,
        Label(f"{len(found)} 张表、{total:,} 行，与清单相符",
              f"{len(found)} tables, {total:,} rows, as listed"),
    )  # fmt: skip


def _audit(expected: list[Any]) -> Iterator[Finding]:
    from craftpath.audit.chain import verify
    from craftpath.audit.models import Head

    broken = list(verify())
    for place in broken[:20]:
        yield Finding(False, Label(f"审计：{place.label.zh}", f"audit: {place.label.en}"))
    head = Head.objects.filter(pk=1).first()
    last = [0, ""] if head is None else [head.number, head.digest]
    if last != expected:
        yield Finding(
            False, Label("审计末端与清单不符", "the end of the audit is not the listed one")
        )
    elif not broken:
        yield Finding(
            True,
            Label(f"审计完整，{last[0]:,} 条", f"the audit is whole, {last[0]:,} entries"),
        )


def _identity() -> Finding:
    """Opens the first and the last sealed number: the key is that of the time."""
    from cryptography.exceptions import InvalidTag

    from craftpath.registry.identity import digest_of, open_number
    from craftpath.registry.models import Identifier

    chosen = [Identifier.objects.order_by(order).first() for order in ("pk", "-pk")]
    some = [identifier for identifier in chosen if identifier is not None]
    if not some:
        return Finding(True, Label("没有证件号码", "there are no identity numbers"))
    try:
        good = all(digest_of(one.scheme, open_number(one)) == one.digest for one in some)
    except InvalidTag:
        good = False
    if good:
        return Finding(
            True,
            Label("证件号码能用现在的密钥打开", "identity numbers open with the present key"),
        )
    return Finding(
        False,
        Label(
            "证件号码打不开：CRAFTPATH_IDENTITY_KEY 不是备份时的密钥",
            "identity numbers do not open: CRAFTPATH_IDENTITY_KEY is not that of the backup",
        ),
    )


def _uploads(folder: Path) -> Finding:
    """Every file that the database names is there."""
    from craftpath.uploads import lost

    missing = list(lost())
    if not missing:
        count = sum(1 for file in folder.rglob("*") if file.is_file())
        return Finding(
            True,
            Label(
                f"数据库所指的文件都在（上传的文件共 {count:,} 个）",
                f"every file that the database names is there ({count:,} uploaded files)",
            ),
        )
    some = "; ".join(map(str, missing[:5])) + ("; …" if len(missing) > 5 else "")
    return Finding(
        False,
        Label(
            f"缺少 {len(missing)} 个上传的文件：{some}",
            f"{len(missing)} uploaded files are missing: {some}",
        ),
    )


def _main() -> None:
    import django

    django.setup()
    for finding in _look(Path(sys.argv[1])):
        said = {"good": finding.good, "zh": finding.label.zh, "en": finding.label.en}
        sys.stdout.write(json.dumps(said, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    _main()
