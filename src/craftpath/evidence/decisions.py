"""Decisions to a file, with their receipt: whole or not there."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from craftpath.engine.decide import DECISIONS
from craftpath.engine.receipt import RECEIPT_KEY, Receipt
from craftpath.evidence.write import atomic_path

__all__ = ["DECISIONS_FILE", "RECEIPT_KEY", "DecisionsWriter", "parquet_writer", "read_receipt"]

DECISIONS_FILE = pa.schema(
    [
        field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field
        for field in DECISIONS
    ]
).set(8, pa.field("missing", pa.list_(pa.field("item", pa.string())), nullable=False))
"""The decisions table as any reader of the file sees it: plain strings."""

_CSV = pa.schema([*list(DECISIONS_FILE)[:8], pa.field("missing", pa.string())])


def parquet_writer(path: os.PathLike[str] | str) -> pq.ParquetWriter:
    """A writer with the settings of every decisions file (benchmarks write the floor with it)."""
    return pq.ParquetWriter(
        path,
        DECISIONS,
        compression="zstd",
        use_dictionary=[
            "focus",
            "rule",
            "verdict",
            "route",
            "from",
            "until",
            "amount",
            "missing.list.element",
        ],
        store_schema=False,  # so that readers see strings, not dictionaries
        write_statistics=["party", "from", "until"],
    )


class DecisionsWriter:
    """Writes decisions as they come: Parquet, or CSV by suffix (missing joined by ";").

    The receipt goes into the Parquet file's own metadata, or beside a CSV as FILE.receipt.json.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.is_csv = self.path.suffix.lower() == ".csv"
        self.receipt: Receipt | None = None
        self._open = ExitStack()

    def __enter__(self) -> DecisionsWriter:
        with ExitStack() as opening:
            temporary = opening.enter_context(atomic_path(self.path))
            if self.is_csv:
                file = opening.enter_context(temporary.open("wb"))
                file.write(b"\xef\xbb\xbf")  # spreadsheets then read it as UTF-8
                self._csv = opening.enter_context(pcsv.CSVWriter(file, _CSV))
            else:
                self._parquet = opening.enter_context(parquet_writer(temporary))
            self._open = opening.pop_all()
        return self

    def add(self, decisions: pa.Table) -> None:
        """Write decisions of schema DECISIONS; one row group each call."""
        if decisions.num_rows == 0:
            return
        if not self.is_csv:
            self._parquet.write_table(decisions, row_group_size=decisions.num_rows)
            return
        plain = decisions.cast(DECISIONS_FILE)
        missing = pc.binary_join(plain.column("missing").combine_chunks(), ";")
        self._csv.write_table(plain.set_column(8, "missing", missing).cast(_CSV))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        trouble: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._open.__exit__(kind, trouble, trace)
            return
        with self._open:  # trouble on the way out leaves no half file either
            if self.receipt is not None:
                self._write_receipt(self.receipt.to_json())

    def _write_receipt(self, receipt: str) -> None:
        if not self.is_csv:
            self._parquet.add_key_value_metadata({RECEIPT_KEY: receipt})
            return
        beside = self.path.with_name(self.path.name + ".receipt.json")
        with atomic_path(beside) as temporary:
            temporary.write_text(receipt + "\n", encoding="utf-8")


def read_receipt(path: str | os.PathLike[str]) -> str | None:
    """The receipt of a decisions file as JSON text; None where it carries none."""
    if Path(path).suffix.lower() == ".csv":
        beside = Path(os.fspath(path) + ".receipt.json")
        return beside.read_text(encoding="utf-8").strip() if beside.exists() else None
    found = (pq.read_metadata(path).metadata or {}).get(RECEIPT_KEY.encode())
    return None if found is None else found.decode()
