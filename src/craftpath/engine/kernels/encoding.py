"""Words of records as numbers: kinds, subjects, statuses."""

from __future__ import annotations

from craftpath.engine.kernels.compiled import entry

__all__ = ["encode_words"]


@entry
def encode_words(
    kind_at, subject_at, status_at, kinds, statuses, list_of_kind, subjects, kind, subject, status
):
    """Look up each row's words; `…_at` are places in the words, -1 (the last one) for null.

    subjects  int32 [list + 1, word + 1]: what a word means depends on the kind's code list
    kind, subject, status  out, one a row
    """
    for i in range(kind_at.shape[0]):
        k = kinds[kind_at[i]]
        kind[i] = k
        status[i] = statuses[status_at[i]]
        list_row = list_of_kind[k] + 1 if k >= 0 else 0
        subject[i] = subjects[list_row, subject_at[i]]
