"""A sitting is held with its programme: one lock for both, and what stage it must have."""

from __future__ import annotations

from craftpath.access.errors import Conflict
from craftpath.assessment.choices import STAGES, Stage
from craftpath.assessment.models import Sitting
from craftpath.pack.assessments import Assessments, PartRules
from craftpath.programmes.locking import hold
from craftpath.registry.kinds import site_pack

__all__ = ["assessments", "hold_sitting", "parts_of", "require_stage", "rules_of"]


def assessments() -> Assessments:
    """How the site's pack has levels assessed. Conflict: it does not say."""
    found = site_pack().assessments
    if found is None:
        raise Conflict(
            "规则包没有规定等级怎样评价。", "The pack does not say how levels are assessed."
        )
    return found


def hold_sitting(sitting: Sitting) -> Sitting:
    """The sitting as it is now, its programme at hand, nobody else's until the transaction ends."""
    programme = hold(sitting.programme_id)
    found = Sitting.objects.get(pk=sitting.pk)
    found.programme = programme
    return found


def parts_of(sitting: Sitting) -> tuple[PartRules, ...]:
    """What is asked of its candidates, in order."""
    return assessments().parts_for(sitting.programme.focus, sitting.level)


def rules_of(sitting: Sitting, part: str) -> PartRules:
    """The rules of one of its parts. KeyError: its level has no such part."""
    return {one.id: one for one in parts_of(sitting)}[part]


def require_stage(sitting: Sitting, *stages: Stage) -> None:
    """Conflict unless the sitting is at one of these stages; it says at which it is."""
    if sitting.stage in stages:
        return
    now, wanted = STAGES[Stage(sitting.stage)], [STAGES[stage] for stage in stages]
    raise Conflict(
        f"考试现处于“{now.zh}”阶段，只有在“{'”“'.join(one.zh for one in wanted)}”阶段才能办理。",
        f"The sitting is at the stage “{now.en}”; this is done at “"
        f"{'” or “'.join(one.en for one in wanted)}”.",
    )
