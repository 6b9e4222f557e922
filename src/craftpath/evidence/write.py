"""Files that are whole or not there: written beside the target, then moved into its place."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from craftpath.evidence.schema import REJECTS

__all__ = ["RejectsWriter", "atomic_path", "write_rejects"]


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path in the target's folder; moved onto `path` when the block ends well.

    On any exception, Ctrl-C included, the temporary file is removed and `path` is as it was.
    A device or pipe (`/dev/null`) is handed through, since there is nothing to replace.
    """
    target = Path(os.path.realpath(path))  # a link stays a link: what it points to is replaced
    if target.exists() and not target.is_file() and not target.is_dir():
        yield target
        return
    if target.is_dir():
        raise IsADirectoryError(f"{path} is a folder; name a file in it")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{target.parent} is not a folder; make it first")
    # The suffix stays last: writers go by it.
    temporary = target.with_name(f".{target.stem}.{secrets.token_hex(4)}.part{target.suffix}")
    try:
        yield temporary
        _sync(temporary)
        temporary.replace(target)
        _sync(target.parent)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:  # some file systems cannot sync a folder
        pass
    finally:
        os.close(handle)


class RejectsWriter:
    """Writes rejects as they come: CSV (UTF-8 with a mark, for spreadsheets) by suffix, or Parquet.

    The file appears when the block ends well, with its header even if nothing was rejected.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.count = 0
        self.by_reason: Counter[str] = Counter()
        self._open = ExitStack()

    def __enter__(self) -> RejectsWriter:
        with ExitStack() as opening:
            temporary = opening.enter_context(atomic_path(self.path))
            file = opening.enter_context(temporary.open("wb"))
            if self.path.suffix.lower() == ".csv":
                file.write(b"\xef\xbb\xbf")
                writer = pcsv.CSVWriter(file, REJECTS)
            else:
                writer = pq.ParquetWriter(file, REJECTS, compression="zstd")
            self._writer = opening.enter_context(writer)
            self._open = opening.pop_all()
        return self

    def add(self, batch: pa.RecordBatch) -> None:
        """Write rejects of schema `REJECTS`."""
        if batch.num_rows == 0:
            return
        self._writer.write_batch(batch)
        self.count += batch.num_rows
        for found in batch.column("reason").value_counts():
            self.by_reason[found["values"].as_py()] += found["counts"].as_py()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        trouble: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, trouble, trace)


def write_rejects(path: str | os.PathLike[str], batches: Iterable[pa.RecordBatch]) -> Counter[str]:
    """Write all rejects to `path`; how many there were of each reason."""
    with RejectsWriter(path) as writer:
        for batch in batches:
            writer.add(batch)
    return writer.by_reason
