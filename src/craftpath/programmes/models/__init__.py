from __future__ import annotations

from craftpath.programmes.models.application import Application, Document, Override, Review
from craftpath.programmes.models.draw import Draw
from craftpath.programmes.models.notice import Objection
from craftpath.programmes.models.programme import Group, Programme, Step

__all__ = [
    "Application",
    "Document",
    "Draw",
    "Group",
    "Objection",
    "Override",
    "Programme",
    "Review",
    "Step",
]
