"""The language of whoever is asking: Chinese unless they switched to English."""

from __future__ import annotations

from django.utils.translation import get_language

from craftpath.engine.rules import Label

__all__ = ["language", "say", "told"]


def language() -> str:
    """ "zh" or "en"."""
    return "en" if (get_language() or "zh").startswith("en") else "zh"


def say(zh: str, en: str) -> str:
    return en if language() == "en" else zh


def told(label: Label) -> str:
    return label[language()]
