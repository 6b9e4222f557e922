from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from craftpath.registry.settling import Settler


class RegistryConfig(AppConfig):
    name = "craftpath.registry"
    label = "registry"
    verbose_name = "主体与记录"

    def ready(self) -> None:
        from craftpath.registry.settling import settle_too

        settle_too("records", _records)


def _records() -> Settler:
    # What it rests on reads the engine, for which a command that asks nothing of it need not wait.
    from craftpath.registry.actions.records import RECORDS

    return RECORDS
