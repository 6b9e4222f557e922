"""What the site has: where it lies, who can read it, and whether it would come back."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from craftpath.credentials.fit_address import is_loopback
from craftpath.engine.rules import Label
from craftpath.operations.fitness.nouns import Finding, danger, fine, mend
from craftpath.operations.noted import noted
from craftpath.operations.tables import waiting_migrations
from craftpath.uploads import lost

__all__ = [
    "audit_verified",
    "backup_made",
    "backup_proved",
    "database",
    "database_is_private",
    "database_over_network",
    "disk",
    "folder_is_private",
    "folder_is_writable",
    "lost_files",
]

#: A night's backup is late after this, and a proof or a look at the audit after that.
_LATE, _OLD = dt.timedelta(hours=36), dt.timedelta(days=8)
_LITTLE, _TOO_LITTLE = 5 << 30, 500 << 20
_NIGHTLY = Label(
    "每晚运行 craftpath backup 与 craftpath backup --prove（docs/running.md“Backups”）。",
    "Run craftpath backup and craftpath backup --prove every night (docs/running.md, “Backups”).",
)


def database() -> Finding:
    """Whether the tables are there and up to date; everything else of the database rests on it."""
    try:
        waiting = waiting_migrations()
    except DatabaseError as trouble:
        said = str(trouble).strip().splitlines()[0]
        return danger(
            Label(f"数据库用不了：{said}", f"the database cannot be used: {said}"),
            Label(
                "没有数据库就没有站点；其余各项无从检查。",
                "There is no site without it; what rests on it was not looked at.",
            ),
            Label(
                "启动 PostgreSQL；核对 DATABASE_URL 与运行命令的用户。",
                "Start PostgreSQL; look at DATABASE_URL, and as which user the command runs.",
            ),
        )
    if waiting:
        return danger(
            Label(
                f"数据库还要更新（{len(waiting)} 步）",
                f"the tables wait to be brought up to date ({len(waiting)} steps)",
            ),
            Label(
                "站点不会启动；其余各项无从检查。",
                "The site does not start; what rests on them was not looked at.",
            ),
            Label("craftpath migrate", "craftpath migrate"),
        )
    return fine(
        f"数据库已是最新（{connection.vendor}）",
        f"the database is up to date ({connection.vendor})",
    )


def database_is_private() -> Finding | None:
    """Of SQLite, and only where its folder lets others through."""
    if connection.vendor != "sqlite":
        return None
    file = Path(str(connection.settings_dict["NAME"]))
    return _private(file, "数据库", "the database")


def folder_is_private() -> Finding:
    return _private(Path(settings.CRAFTPATH_HOME), "数据文件夹", "the data folder") or fine(
        "数据文件夹只有本站进得去", "nobody else can enter the data folder"
    )


def _private(place: Path, zh: str, en: str) -> Finding | None:
    """None where nobody else can read it: by its own mode, or its folder's."""
    mode = (
        place.stat().st_mode & place.parent.stat().st_mode
        if place.is_file()
        else place.stat().st_mode
    )
    if not mode & 0o077:
        return None
    return danger(
        Label(
            f"别人读得到{zh}：{place}（{mode & 0o777:o}）",
            f"others can read {en}: {place} ({mode & 0o777:o})",
        ),
        Label(
            "这台机器上的其他用户能读到姓名、记录和上传的文件。",
            "Other users of this machine can read names, records and what was handed in.",
        ),
        Label(f"chmod -R go= {place}", f"chmod -R go= {place}"),
    )


def database_over_network() -> Finding | None:
    if connection.vendor != "postgresql":
        return None
    told: dict[str, Any] = settings.DATABASES["default"]
    host = str(told.get("HOST") or "")
    if not host or host.startswith("/") or is_loopback(host):
        return fine("数据库在本机", "the database is on this machine")
    mode = (told.get("OPTIONS") or {}).get("sslmode", "prefer")
    if mode in ("verify-full", "verify-ca"):
        return fine(
            "数据库经 TLS 连接并核对证书",
            "the database is reached by TLS, its certificate verified",
        )
    worse = mode != "require"
    return (danger if worse else mend)(
        Label(
            f"数据库经网络连接，sslmode={mode}",
            f"the database is reached over the network with sslmode={mode}",
        ),
        Label(
            "途中的人能读到、改动一切。" if worse else "途中的人能冒充数据库。",
            "Whoever is on the way can read and change everything."
            if worse
            else "Whoever is on the way can pretend to be the database.",
        ),
        Label(
            "在 DATABASE_URL 末尾写 ?sslmode=verify-full。",
            "End DATABASE_URL in ?sslmode=verify-full.",
        ),
    )


def folder_is_writable() -> Finding:
    home = Path(settings.CRAFTPATH_HOME)
    places = [home, *(place for place in (Path(settings.MEDIA_ROOT),) if place.exists())]
    shut = [str(place) for place in places if not os.access(place, os.W_OK | os.X_OK)]
    if not shut:
        return fine("上传文件夹可写", "uploads can be written")
    return danger(
        Label(f"写不进 {'、'.join(shut)}", f"{', '.join(shut)} cannot be written"),
        Label("材料和导入都会失败。", "Every paper handed in and every import fails."),
        Label(
            f"chown -R craftpath: {home}，并以服务的用户运行命令。",
            f"chown -R craftpath: {home}, and run commands as the user of the services.",
        ),
    )


def disk() -> Finding:
    free = shutil.disk_usage(settings.CRAFTPATH_HOME).free
    gigabytes = f"{free / (1 << 30):.1f} GB"
    if free >= _LITTLE:
        return fine(f"磁盘还有 {gigabytes}", f"{gigabytes} are free on the disk")
    return (danger if free < _TOO_LITTLE else mend)(
        Label(f"磁盘只剩 {gigabytes}", f"only {gigabytes} are free on the disk"),
        Label("写满之后，什么都存不下。", "When it is full, nothing is kept any more."),
        Label(
            f"腾出或加大 {settings.CRAFTPATH_HOME} 所在的盘；旧备份移到别的机器。",
            f"Make room on the disk of {settings.CRAFTPATH_HOME}; move old backups to another "
            "machine.",
        ),
    )


# --- what would come back -----------------------------------------------------------------------


def backup_made() -> Finding:
    last = noted("backup")
    if last is None:
        return mend(
            Label("不知道有过备份", "no backup is known of"),
            Label("这块盘坏了，一切都没了。", "When this disk breaks, everything is gone."),
            _NIGHTLY,
        )
    if last.age > _LATE:
        return mend(
            Label(
                f"最近的备份是 {_ago(last.age).zh}前的",
                f"the last backup is {_ago(last.age).en} old",
            ),
            Label("那以后的都会丢。", "What came after it would be lost."),
            _NIGHTLY,
        )
    return fine(f"{_ago(last.age).zh}前备份过", f"backed up {_ago(last.age).en} ago")


def backup_proved() -> Finding | None:
    last, made = noted("proof"), noted("backup")
    if last is not None and not last.good:
        return danger(
            Label(f"备份 {last.of} 没有通过验证", f"the backup {last.of} did not stand its proof"),
            Label(
                "要用它的时候恢复不了，或已有文件丢失。",
                "It cannot be restored when it is needed, or files were lost.",
            ),
            Label(
                f"craftpath backup --prove {last.of}，逐项看明缺什么；再做一份备份并验证。",
                f"Run craftpath backup --prove {last.of} and read what is wrong; then make another "
                "and prove it.",
            ),
        )
    if made is None:
        return None
    if last is None or last.age > _OLD:
        return mend(
            Label("近来没有验证过备份", "no backup was proved of late"),
            Label("没有验证过的备份只是希望。", "A backup that was never proved is a hope."),
            _NIGHTLY,
        )
    return fine(f"{_ago(last.age).zh}前验证过备份", f"a backup was proved {_ago(last.age).en} ago")


def audit_verified() -> Finding:
    """The proof of a backup looks through the audit as well."""
    looks = [one for one in (noted("audit"), noted("proof")) if one is not None]
    own = noted("audit")
    if own is not None and not own.good:
        return danger(
            Label("审计链上次核对时不完整", "the audit was broken when it was last verified"),
            Label("有人绕过系统改过数据。", "Somebody changed data behind the site's back."),
            Label(
                "craftpath audit verify，对照当晚的备份查清。",
                "craftpath audit verify; compare with that night's backup.",
            ),
        )
    good = [one for one in looks if one.good]
    age = min((one.age for one in good), default=None)
    if age is None or age > _OLD:
        return mend(
            Label("近来没有核对过审计链", "the audit was not verified of late"),
            Label(
                "改动要及早发现，才查得清。",
                "What is changed has to be found while it can be traced.",
            ),
            Label(
                "craftpath audit verify，或验证一份备份。",
                "craftpath audit verify, or prove a backup.",
            ),
        )
    return fine(f"{_ago(age).zh}前核对过审计链", f"the audit was verified {_ago(age).en} ago")


def lost_files() -> Finding:
    some = list(islice(lost(), 6))
    if not some:
        return fine("数据库所指的文件都在", "every file that the database names is there")
    told = "; ".join(map(str, some[:5])) + ("; …" if len(some) > 5 else "")
    return danger(
        Label(f"有文件丢失：{told}", f"files are lost: {told}"),
        Label("材料、归档或导入的原件打不开。", "Papers, archives or originals do not open."),
        Label(
            f"从备份里取回，放进 {settings.MEDIA_ROOT}。",
            f"Take them from a backup and put them back into {settings.MEDIA_ROOT}.",
        ),
    )


def _ago(age: dt.timedelta) -> Label:
    hours = int(age.total_seconds() // 3600)
    if hours < 1:
        return Label("不到一小时", "less than an hour")
    if hours < 48:
        return Label(f" {hours} 小时", f"{hours} hours")
    return Label(f" {hours // 24} 天", f"{hours // 24} days")
