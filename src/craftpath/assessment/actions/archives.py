"""A sitting is put away: one file of all that was planned, done and answered, and its hash.

archive(actor, slug) -> Sitting
open_archive(actor, slug) -> bytes
"""

from __future__ import annotations

import hashlib

from craftpath.access.act import act
from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.assessment.choices import Stage
from craftpath.assessment.filing_away import archive_of
from craftpath.assessment.holding import hold_sitting, require_stage
from craftpath.assessment.models import Appeal, Sitting
from craftpath.assessment.queries import appeal_until, sitting_run_by
from craftpath.pack.words import en_day, zh_day
from craftpath.programmes.choices import Stage as ProgrammeStage
from craftpath.uploads import stored

__all__ = ["archive", "open_archive"]


def archive(actor: Actor, slug: str) -> Sitting:
    """Put a published sitting away, once its appeals are over and answered. After that nothing of
    it changes. NotThere, NotAllowed, Conflict."""
    require(actor, "sitting.publish")
    seen = sitting_run_by(actor, slug)
    _require_over(seen)
    # The file outside the transaction: nothing that it holds changes any more.
    content = archive_of(seen)
    digest = hashlib.sha256(content).hexdigest()
    with (
        stored(f"sittings/{today().year}/{slug}.zip", content) as name,
        act(actor, "sitting.publish", on=seen, told_as="sitting.archive") as trace,
    ):
        sitting = hold_sitting(seen)
        _require_over(sitting)
        sitting.stage, sitting.archived_at = Stage.ARCHIVED, now()
        sitting.archive, sitting.file.name = digest, name
        sitting.save(update_fields=["stage", "archived_at", "archive", "file"])
        trace.details = {"sha256": digest, "size": len(content)}
    return sitting


def open_archive(actor: Actor, slug: str) -> bytes:
    """The archive, as it was put away. Each look is in the audit. NotThere. Conflict: there is none
    yet, or the file is not the one whose hash was kept."""
    require(actor, "sitting.publish")
    sitting = sitting_run_by(actor, slug)
    require_stage(sitting, Stage.ARCHIVED)
    with act(actor, "sitting.publish", on=sitting, told_as="sitting.open-archive"):
        with sitting.file.open("rb") as file:
            content: bytes = file.read()
        if hashlib.sha256(content).hexdigest() != sitting.archive:
            raise Conflict(
                "归档文件与归档时的校验值不符，请联系系统管理员从备份恢复。",
                "The file is not the one that was put away; have it restored from a backup.",
            )
    return content


def _require_over(sitting: Sitting) -> None:
    require_stage(sitting, Stage.PUBLISHED)
    if sitting.programme.stage != ProgrammeStage.CLOSED:
        raise Conflict(
            "成果还没有全部写入，请再公布一次。", "Outcomes are not all written; publish once more."
        )
    until = appeal_until(sitting)
    if until is not None and today() < until:
        raise Conflict(
            f"{zh_day(until)}起才能归档，此前可以申请复核。",
            f"It is put away from {en_day(until)} on; appeals are taken before.",
        )
    still = Appeal.objects.filter(
        application__programme=sitting.programme_id, upheld__isnull=True
    ).count()
    if still:
        raise Conflict(f"还有 {still} 件复核没有答复。", f"{still} appeals are not answered.")
