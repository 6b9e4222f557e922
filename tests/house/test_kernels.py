"""Compiled kernels are kept by what they say (`engine/kernels/cache.py`)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from craftpath.engine.kernels import cache, judging

SOURCE = Path(cache.__file__).parents[2]


def texts() -> set[Path]:
    return {file for pattern in cache.TEXTS for file in SOURCE.glob(pattern)}


def taken_from(file: Path) -> set[Path]:
    """Modules of ours that a file imports from, as files."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("craftpath."):
            path = SOURCE.joinpath(*str(node.module).split(".")[1:])
            found.add(path / "__init__.py" if path.is_dir() else path.with_suffix(".py"))
    return found


def test_takes_every_text_that_a_kernel_takes_something_from_into_account():
    kernels = {file for file in texts() if "kernel" in str(file.relative_to(SOURCE))}

    assert len(kernels) > 5
    assert {one for file in kernels for one in taken_from(file)} - texts() == set()


def test_keeps_them_where_their_text_says_and_not_where_they_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path))
    kernel = judging.decide_rows.py_func

    here = cache.ByText.from_function(kernel, judging.__file__)
    there = cache.ByText.from_function(kernel, "/another/clone/judging.py")

    assert here is not None
    assert there is not None
    assert here.get_cache_path() == there.get_cache_path()
    assert here.get_source_stamp() == there.get_source_stamp() == cache.kernels_text()
    assert here.get_disambiguator() == there.get_disambiguator()


def test_leaves_it_to_numba_where_the_folder_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path / "file"))

    assert cache.ByText.from_function(judging.decide_rows.py_func, judging.__file__) is None
