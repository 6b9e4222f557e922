"""Open a records file, whatever its dress, as a stream of `Chunk`s in the one schema.

Parquet and CSV are told apart by their first bytes, not by their names. A value that cannot be
read costs its row, with a reason; a file that cannot be read raises `RecordsError`, one sentence.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from craftpath.evidence.arrow_data import records_from
from craftpath.evidence.csv_file import open_csv
from craftpath.evidence.parquet_file import open_parquet
from craftpath.evidence.records import CHUNK_ROWS, Chunk, Records, RecordsError

__all__ = [
    "CHUNK_ROWS",
    "Chunk",
    "Records",
    "RecordsError",
    "open_records",
    "records_from",
]


def open_records(
    path: str | os.PathLike[str], columns: Sequence[str] | None = None, chunk_rows: int = CHUNK_ROWS
) -> Records:
    """Open a Parquet or CSV file of records. `RecordsError` says why it cannot be read.

    columns  read only these of the eleven (checking for duplicates needs them all)
    """
    name = os.fspath(path)
    head = _head(Path(name), name)
    if head.startswith(b"PAR1"):
        return open_parquet(name, columns, chunk_rows)
    for magic, zh, en in _NOT_A_TABLE:
        if head.startswith(magic):
            raise RecordsError(
                name, f"{zh}，请另存为 CSV 或 Parquet", f"{en}; save it as CSV or Parquet"
            )
    if b"\0" in head:
        raise RecordsError(
            name,
            "既不是 Parquet 也不是 CSV 文本，请另存为其中一种",
            "is neither Parquet nor CSV text; save it as one of them",
        )
    return open_csv(name, columns)


_NOT_A_TABLE = (
    (b"PK\x03\x04", "是 Excel 工作簿或 ZIP 压缩包", "is an Excel workbook or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "是旧版 Excel 工作簿", "is an old Excel workbook"),
    (b"\x1f\x8b", "是 gzip 压缩文件", "is compressed with gzip"),
    (b"\x28\xb5\x2f\xfd", "是 zstd 压缩文件", "is compressed with zstd"),
    (b"ARROW1", "是 Arrow IPC 文件", "is an Arrow IPC file"),
    (b"\xff\xfe", "是 UTF-16 文本", "is UTF-16 text"),
    (b"\xfe\xff", "是 UTF-16 文本", "is UTF-16 text"),
    (b"SQLite format 3", "是 SQLite 数据库", "is an SQLite database"),
    (b"{", "像是 JSON", "looks like JSON"),
)


def _head(path: Path, name: str) -> bytes:
    if path.is_dir():
        raise RecordsError(
            name, "是文件夹，请指明其中的记录文件", "is a folder; name the records file in it"
        )
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError:
        raise RecordsError(
            name, "没有这个文件，请核对路径", "no such file; check the path"
        ) from None
    except PermissionError:
        raise RecordsError(
            name, "没有读取权限", "may not be read; ask for permission to it"
        ) from None
    except OSError as trouble:
        raise RecordsError(
            name, f"无法读取（{trouble.strerror}）", f"cannot be read ({trouble.strerror})"
        ) from None
    if not head:
        raise RecordsError(name, "文件是空的，请重新导出", "is empty; export it again")
    return head
