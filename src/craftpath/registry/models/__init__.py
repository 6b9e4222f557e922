from __future__ import annotations

from craftpath.registry.models.batch import Batch
from craftpath.registry.models.identifier import Identifier
from craftpath.registry.models.merge import Distinct, Merge
from craftpath.registry.models.message import Message
from craftpath.registry.models.party import Party
from craftpath.registry.models.record import Record

__all__ = ["Batch", "Distinct", "Identifier", "Merge", "Message", "Party", "Record"]
