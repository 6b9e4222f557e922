"""What a receipt says of the records: a SHA-256 of the file, or of a stream's contents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from craftpath.evidence.records import Chunk
from craftpath.evidence.schema import RECORDS

__all__ = ["content_hash", "file_hash"]


def file_hash(path: str) -> str:
    """SHA-256 of the file's bytes, in hex."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_hash(chunks: Iterable[Chunk]) -> str:
    """SHA-256 of records that are no file: the same however they are cut into chunks.

    Each column is hashed as three runs of bytes (which rows are null, lengths or numbers, text),
    and the result is the hash of those. It takes in what could be read, in the canonical types.
    """
    runs = {column: [hashlib.sha256() for _ in range(3)] for column in RECORDS.names}
    for chunk in chunks:
        for column in chunk.batch.schema.names:
            for run, piece in zip(runs[column], _bytes_of(chunk.batch.column(column)), strict=True):
                run.update(piece)
    whole = hashlib.sha256()
    for column, hashes in runs.items():
        whole.update(f"{column}={','.join(h.hexdigest() for h in hashes)}\n".encode())
    return whole.hexdigest()


def _bytes_of(array: pa.Array) -> tuple[bytes | memoryview, ...]:
    valid = array.is_valid().cast(pa.uint8()).to_numpy().data
    if pa.types.is_dictionary(array.type):
        text = pa.concat_arrays([array.dictionary_decode().fill_null("")])  # offsets from zero
        lengths = pc.binary_length(text).to_numpy()
        data = text.buffers()[2]
        return valid, lengths.data, b"" if data is None else memoryview(data)[: int(lengths.sum())]
    if pa.types.is_date32(array.type):
        array = array.view(pa.int32())
    return valid, array.fill_null(0).to_numpy().data, b""
