from __future__ import annotations

from craftpath.assessment.models.mark import Appeal, Mark, MarkEntry
from craftpath.assessment.models.sitting import Examiner, Room, Seat, Session, Sitting, Ticket

__all__ = [
    "Appeal",
    "Examiner",
    "Mark",
    "MarkEntry",
    "Room",
    "Seat",
    "Session",
    "Sitting",
    "Ticket",
]
