from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "craftpath.access"
    label = "access"
    verbose_name = "账号与权限"
