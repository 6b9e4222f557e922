from __future__ import annotations

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "craftpath.programmes"
    label = "programmes"
    verbose_name = "项目与申请"
