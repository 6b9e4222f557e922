"""The processes, and the machine that they run on."""

from __future__ import annotations

import datetime as dt
import logging
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from craftpath.access.masking import MaskFilter
from craftpath.audit.models import Entry
from craftpath.engine.kernels.cache import kernels_folder
from craftpath.engine.rules import Label
from craftpath.operations.fitness.nouns import Finding, danger, fine, mend
from craftpath.operations.working import workers_alive

__all__ = [
    "clock",
    "clock_runs_forward",
    "failed_tasks",
    "framework",
    "kernels",
    "log",
    "not_root",
    "static_files",
    "worker",
]

_RECENT = dt.timedelta(days=7)
#: What Django's own look at a deployment says and ours says better, or what is our choice:
#: HTTPS (W004, W008, W012, W016), DEBUG (W018), hosts (W020), the key (W009), and HSTS for names
#: that are not ours (W005, W021).
_SAID = {f"security.W{number:03}" for number in (4, 5, 8, 9, 12, 16, 18, 20, 21)}


def not_root() -> Finding | None:
    if os.geteuid() != 0:
        return None
    return mend(
        Label("以 root 运行", "it runs as root"),
        Label(
            "一个漏洞就是整台机器；写下的文件服务自己读不了。",
            "A hole in it is the whole machine; and the services cannot read what root writes.",
        ),
        Label(
            "用 docs/running.md 里的 /usr/local/bin/craftpath，它以 craftpath 用户运行。",
            "Use /usr/local/bin/craftpath of docs/running.md, which runs as the user craftpath.",
        ),
    )


def worker() -> Finding:
    count = workers_alive()
    if count:
        return fine(f"{count} 个后台进程在工作", f"{count} background workers are at work")
    return mend(
        Label("没有后台进程", "no background worker is at work"),
        Label("导入、批量发证和打印都在等。", "Imports, print runs and signatures wait."),
        Label(
            "systemctl start craftpath-worker，或 craftpath work。",
            "systemctl start craftpath-worker, or craftpath work.",
        ),
    )


def failed_tasks() -> Finding:
    since = timezone.now() - _RECENT
    count = DBTaskResult.objects.failed().filter(finished_at__gte=since).count()
    if not count:
        return fine("一周来没有失败的后台任务", "no background task failed this week")
    return mend(
        Label(f"一周来有 {count} 个后台任务失败", f"{count} background tasks failed this week"),
        Label("有人的导入或发证停在半路。", "Somebody's import or print run has stopped midway."),
        Label(
            "journalctl -u craftpath-worker 看原因；在导入或发证的页面上继续。",
            "Read why in journalctl -u craftpath-worker; go on from the page of the import or run.",
        ),
    )


def kernels() -> Finding:
    """Where the engine keeps what it compiles."""
    place = kernels_folder()
    if _can_be_written(place):
        return fine("引擎的编译缓存可写", "the engine keeps its compiled kernels")
    return mend(
        Label(f"引擎的编译缓存写不进：{place}", f"compiled kernels cannot be kept: {place}"),
        Label(
            "每次启动后，第一个问题要等半分钟以上。",
            "After each start the first question waits half a minute or more.",
        ),
        Label(
            "把 NUMBA_CACHE_DIR 指到服务可写的文件夹。",
            "Point NUMBA_CACHE_DIR to a folder that the services can write.",
        ),
    )


def static_files() -> Finding:
    root = Path(settings.STATIC_ROOT)
    if (root / ".collected").is_file() or _can_be_written(root):
        return fine(
            "静态文件就绪，或启动时归集", "static files are there, or put together at the start"
        )
    return danger(
        Label(f"静态文件归集不了：{root}", f"static files cannot be put together: {root}"),
        Label("页面没有样式，或干脆打不开。", "Pages come without their styles, or not at all."),
        Label(
            f"让服务的用户能写 {root.parent}。",
            f"Let the user of the services write {root.parent}.",
        ),
    )


def _can_be_written(folder: Path) -> bool:
    """It, or the nearest one above it that is there and in which it would be made."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    return os.access(there, os.W_OK | os.X_OK)


def clock() -> Finding:
    program = shutil.which("timedatectl")
    said = ""
    if program is not None:
        asked = [program, "show", "--property=NTPSynchronized", "--value"]
        with suppress(subprocess.TimeoutExpired):  # its service hangs: it cannot be told here
            done = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=False)
            said = done.stdout.strip()
    if said == "no":
        return mend(
            Label("时钟没有与网络同步", "the clock is not synchronised"),
            Label("受理按钟点截止，签名带时刻。", "Windows close by it, and signatures carry it."),
            Label("timedatectl set-ntp true", "timedatectl set-ntp true"),
        )
    if said == "yes":
        return fine(
            "时钟已同步，日子按 Asia/Shanghai",
            "the clock is synchronised; days are those of Asia/Shanghai",
        )
    return fine("时钟是否同步，这里看不出", "whether the clock is synchronised cannot be told here")


def clock_runs_forward() -> Finding | None:
    last = Entry.objects.order_by("-number").first()
    if last is None or last.at <= timezone.now() + dt.timedelta(minutes=1):
        return None
    return danger(
        Label("审计的最后一条在将来", "the last entry of the audit lies in the future"),
        Label(
            "时钟被拨回，日子和期限都会错。", "The clock was put back; days and windows are wrong."
        ),
        Label("校正时钟，再查明缘由。", "Set the clock right, and find out why."),
    )


def log() -> Finding:
    handlers = logging.getLogger().handlers
    bare = [one for one in handlers if not any(isinstance(f, MaskFilter) for f in one.filters)]
    if handlers and not bare:
        return fine(
            "日志写到标准错误，证件号码已遮盖", "the log goes to standard error, numbers masked"
        )
    return danger(
        Label("日志没有遮盖证件号码", "the log does not mask identity numbers"),
        Label("谁看日志就看到号码。", "Whoever reads the log reads them."),
        Label("恢复 settings 里的 LOGGING。", "Put LOGGING of the settings back."),
    )


def framework() -> Finding:
    """What Django's own `check --deploy` says besides."""
    found = [
        one
        for one in checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
        if one.level >= checks.WARNING and one.id not in _SAID and not one.is_silenced()
    ]
    if not found:
        return fine(
            "Django 的 check --deploy 没有别的话", "Django's check --deploy has nothing to add"
        )
    told = "; ".join(f"{one.id}: {one.msg}" for one in found)
    return mend(
        Label(f"Django：{told}", f"Django: {told}"),
        Label("框架自己的提醒。", "It is the framework's own warning."),
        Label("craftpath manage check --deploy", "craftpath manage check --deploy"),
    )
