from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from craftpath.registry.settling import Settler


class ProgrammesConfig(AppConfig):
    name = "craftpath.programmes"
    label = "programmes"
    verbose_name = "项目与申请"

    def ready(self) -> None:
        from craftpath.registry.settling import settle_too

        settle_too("applications", _applications)


def _applications() -> Settler:
    # What it rests on reads the engine, for which a command that asks nothing of it need not wait.
    from craftpath.programmes.once import APPLICATIONS

    return APPLICATIONS
