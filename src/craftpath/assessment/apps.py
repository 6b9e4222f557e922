from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from craftpath.engine.rules import Label
    from craftpath.registry.settling import Settler


class AssessmentConfig(AppConfig):
    name = "craftpath.assessment"
    label = "assessment"
    verbose_name = "等级认定"

    def ready(self) -> None:
        from craftpath.registry.settling import settle_too, tell_too

        settle_too("examiners", _examiners)
        tell_too("applications", _seats_told)


# Each is imported when it is first called, as the other apps do.


def _examiners() -> Settler:
    from craftpath.assessment.once import EXAMINERS

    return EXAMINERS


def _seats_told(application: int) -> list[Label]:
    from craftpath.assessment.once import seats_told

    return seats_told(application)
