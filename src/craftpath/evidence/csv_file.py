"""Records in CSV: in UTF-8 or GB18030, columns in any order, every row numbered as in the file."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pcsv

from craftpath.engine.rules import Label
from craftpath.evidence.digest import file_hash
from craftpath.evidence.reasons import Reason
from craftpath.evidence.records import Chunk, Records, RecordsError
from craftpath.evidence.rejects import Reject
from craftpath.evidence.tidy import columns_asked_for, match_columns, tidy

__all__ = ["open_csv"]


def open_csv(name: str, columns: Sequence[str] | None) -> Records:
    notes: list[Label] = []
    encoding = _encoding(name, notes)
    header, delimiter = _header(name, encoding)
    match = match_columns(name, header, notes)
    wanted = columns_asked_for(columns)
    read = partial(_read_csv, name, encoding, delimiter, match, wanted)
    return Records(name, "csv", read, partial(file_hash, name), notes=notes)


def _encoding(name: str, notes: list[Label]) -> str:
    """UTF-8 (with or without a mark) if the whole file is that, else GB18030 if it is that."""
    with Path(name).open("rb") as file:
        marked = file.read(3) == codecs.BOM_UTF8
    if marked:
        notes.append(Label("编码：UTF-8（带 BOM）", "encoding: UTF-8 with a byte order mark"))
    for encoding in ("utf-8", "gb18030"):
        if _decodes(name, encoding):
            if encoding == "gb18030":
                notes.append(Label("编码：GB18030", "encoding: GB18030"))
            return encoding
    raise RecordsError(
        name,
        "既不是 UTF-8 也不是 GB18030 编码，请另存为 UTF-8",
        "is neither UTF-8 nor GB18030; save it as UTF-8",
    )


def _decodes(name: str, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with Path(name).open("rb") as file:
        try:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _header(name: str, encoding: str) -> tuple[list[str], str]:
    with Path(name).open(
        encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline=""
    ) as file:
        line = file.readline(1 << 16)
    delimiter = max(",", "\t", ";", key=line.count)
    return next(csv.reader(io.StringIO(line), delimiter=delimiter), []), delimiter


def _read_csv(
    name: str,
    encoding: str,
    delimiter: str,
    match: dict[str, str],
    wanted: Sequence[str],
) -> Iterator[Chunk]:
    present = [c for c in wanted if c in match]
    odd: list[Reject] = []  # rows of another width, as the parser meets them; ahead of the batches

    def set_aside(row: pcsv.InvalidRow) -> str:
        said = f"{row.actual_columns} ≠ {row.expected_columns}"
        odd.append(Reject(row.number - 1, None, None, None, said, Reason.ROW_SHAPE))
        return "skip"

    try:
        reader = pcsv.open_csv(
            name,
            # One thread, so that rows are numbered; 32 MB of text is about half a million rows.
            read_options=pcsv.ReadOptions(use_threads=False, block_size=1 << 25, encoding=encoding),
            parse_options=pcsv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=set_aside,
            ),
            convert_options=pcsv.ConvertOptions(
                column_types={column: pa.string() for column in match.values()},
                include_columns=[match[c] for c in present],
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowException as trouble:
        raise _bad_csv(name, trouble) from None
    with reader:
        taken = 0  # of `odd`, those already given out
        first = 1
        for batch in _csv_batches(name, reader):
            early = _in_reach(odd[taken:], first, batch.num_rows)
            taken += len(early)
            filled, rows = _without_blanks(batch, first, early)
            arrays = {c: filled.column(match[c]) for c in present}
            yield tidy(name, wanted, arrays, first, filled.num_rows, rows, early)
            first += batch.num_rows + len(early)
        if taken < len(odd):
            nothing = {c: pa.array([], pa.string()) for c in present}
            yield tidy(name, wanted, nothing, first, 0, early=odd[taken:])


def _bad_csv(name: str, trouble: Exception) -> RecordsError:
    said = str(trouble).splitlines()[0]
    return RecordsError(name, f"不是可读的 CSV（{said}）", f"is not CSV that can be read ({said})")


def _csv_batches(name: str, reader: pcsv.CSVStreamingReader) -> Iterator[pa.RecordBatch]:
    try:
        yield from reader
    except (pa.ArrowException, OSError) as trouble:
        raise _bad_csv(name, trouble) from None


def _in_reach(odd: list[Reject], first: int, rows: int) -> list[Reject]:
    """Those set aside before the last of the next `rows` good rows, counting from `first`."""
    reach = first + rows
    early: list[Reject] = []
    for reject in odd:
        if reject.row >= reach:
            break
        early.append(reject)
        reach += 1
    return early


def _without_blanks(
    batch: pa.RecordBatch, first: int, early: list[Reject]
) -> tuple[pa.RecordBatch, npt.NDArray[np.int64] | None]:
    """The batch without blank lines; its row numbers, which skip those and what was set aside."""
    blank = np.ones(batch.num_rows, np.bool_)
    for column in batch.columns:
        blank &= column.is_null().to_numpy(zero_copy_only=False)
        if not blank.any():
            break
    if not early and not blank.any():
        return batch, None
    numbers = np.arange(first, first + batch.num_rows + len(early), dtype=np.int64)
    odd = np.array([reject.row for reject in early], np.int64)
    numbers = numbers[~np.isin(numbers, odd)]
    return batch.filter(pa.array(~blank)), numbers[~blank]
