"""Records in the making: columns of numbers, turned into the records schema at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from craftpath.engine.columns import NO_DAY
from craftpath.engine.days import FOREVER
from craftpath.evidence.schema import RECORDS, STATUSES
from craftpath.sample.draws import Draws
from craftpath.sample.stock import SEEN_FROM

__all__ = ["COLUMNS", "NOBODY", "NO_CODE", "NO_RANK", "Rows", "Words", "to_batch"]

Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]

NO_CODE = -1
NO_RANK = -1
NOBODY = 0
RECORDED_SINCE = 14_000  # 2008-05-01: registers before it were typed in over the next two years


class Words:
    """The kinds, codes and statuses that the sample uses, as one dictionary each."""

    def __init__(
        self, kinds: Sequence[str], codes: Sequence[str], statuses: Sequence[str] = STATUSES
    ) -> None:
        self.kinds = tuple(kinds)
        self.codes = tuple(dict.fromkeys(codes))
        self.statuses = tuple(statuses)
        self._kind = {kind: i for i, kind in enumerate(self.kinds)}
        self._code = {code: i for i, code in enumerate(self.codes)}
        self.kind_words = pa.array(self.kinds, pa.string())
        self.code_words = pa.array(self.codes, pa.string())
        self.status_words = pa.array(self.statuses, pa.string())

    def kind(self, kind: str) -> int:
        return self._kind[kind]

    def code(self, code: str) -> int:
        return self._code[code]

    def some(self, codes: Sequence[str]) -> Int32:
        return np.array([self._code[c] for c in codes], np.int32)


COLUMNS = (
    ("party", np.int64),
    ("kind", np.int32),
    ("subject", np.int32),
    ("level", np.int8),
    ("start", np.int32),
    ("end", np.int32),
    ("quantity", np.float64),
    ("other", np.int64),
    ("status", np.int32),
    ("known", np.int32),
    ("known_until", np.int32),
)


class Rows:
    """Collects records by kind; `batch()` gives them sorted by party.

    claimed  share of rows that only the person vouches for
    lag      mean days until the register learned of it
    """

    def __init__(self, words: Words, draws: Draws) -> None:
        self.words = words
        self.draws = draws
        self._parts: list[tuple[npt.NDArray[Any], ...]] = []

    def add(
        self,
        name: str,
        kind: str,
        party: Int64,
        start: npt.NDArray[Any],
        *,
        end: npt.NDArray[Any] | None = None,
        subject: npt.NDArray[Any] | int = NO_CODE,
        level: npt.NDArray[Any] | int = NO_RANK,
        quantity: npt.NDArray[Any] | float = float("nan"),
        other: npt.NDArray[Any] | int = NOBODY,
        claimed: npt.NDArray[np.float64] | float = 0.02,
        lag: float = 20.0,
        amended: float = 0.0,
    ) -> None:
        """Add one record of `kind` for each party. `name` keeps its draws apart from others'.

        amended  share that was first recorded with another start, and corrected later
        """
        if len(party) == 0:
            return
        draws = self.draws
        start = np.asarray(start, np.int64)
        late = draws.whole(f"{name}: typed in", party, 0, 730)
        known = np.maximum(start, RECORDED_SINCE + late) + draws.waiting(f"{name}: lag", party, lag)
        status = 1 - draws.chance(f"{name}: claimed", party, claimed).astype(np.int32)
        values: dict[str, Any] = {
            "party": party,
            "kind": self.words.kind(kind),
            "subject": subject,
            "level": level,
            "start": start,
            "end": FOREVER if end is None else end,
            "quantity": quantity,
            "other": other,
            "status": status,
            "known": known,
            "known_until": FOREVER,
        }
        if amended:
            self._amend(name, values, amended)
        self._append(values, len(party))

    def _amend(self, name: str, values: dict[str, Any], share: float) -> None:
        """The first version, superseded; `values` becomes what replaced it."""
        party, known = values["party"], values["known"]
        wrong = self.draws.chance(f"{name}: amended", party, share)
        later = known + 30 + self.draws.waiting(f"{name}: corrected", party, 200)
        corrected = np.minimum(later, np.maximum(known + 1, SEEN_FROM + 30))
        off = self.draws.whole(f"{name}: off by", party, 1, 60)
        first = {
            key: np.broadcast_to(np.asarray(value), party.shape)[wrong]
            for key, value in values.items()
        }
        first["start"] = first["start"] - off[wrong]
        first["known_until"] = corrected[wrong]
        self._append(first, int(wrong.sum()))
        values["known"] = np.where(wrong, corrected, known)

    def _append(self, values: dict[str, Any], count: int) -> None:
        part = tuple(
            np.broadcast_to(np.asarray(values[column], kind), (count,)) for column, kind in COLUMNS
        )
        self._parts.append(part)

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """All rows, sorted by party; rows of one party in the order in which they were added."""
        whole = [np.concatenate(parts) for parts in zip(*self._parts, strict=True)]
        order = np.argsort(whole[0], kind="stable")
        return {name: column[order] for (name, _), column in zip(COLUMNS, whole, strict=True)}


def to_batch(columns: dict[str, npt.NDArray[Any]], words: Words) -> pa.RecordBatch:
    """Columns as numbers → the records schema."""
    c = columns
    arrays = [
        pa.array(c["party"]),
        _words(c["kind"], words.kind_words),
        _words(c["subject"], words.code_words),
        pa.array(c["level"], mask=c["level"] == NO_RANK),
        pa.array(c["start"], mask=c["start"] == NO_DAY).view(pa.date32()),
        pa.array(c["end"], mask=c["end"] == FOREVER).view(pa.date32()),
        pa.array(c["quantity"], mask=np.isnan(c["quantity"])),
        pa.array(c["other"], mask=c["other"] == NOBODY),
        _words(c["status"], words.status_words),
        pa.array(c["known"], mask=c["known"] == NO_DAY).view(pa.date32()),
        pa.array(c["known_until"], mask=c["known_until"] == FOREVER).view(pa.date32()),
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=RECORDS)


def _words(at: Int32, words: pa.Array) -> pa.Array:
    """As a dictionary of the words that occur, so that a row group says what is in it."""
    used, place = np.unique(at, return_inverse=True)
    if len(used) and used[0] == NO_CODE:
        used, place = used[1:], place - 1
    indices = pa.array(place.astype(np.int32), mask=place < 0)
    return pa.DictionaryArray.from_arrays(indices, words.take(pa.array(used, pa.int32())))
