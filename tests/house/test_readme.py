"""The README's library lines run as they stand, on a small sample in place of the demo's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from craftpath.pack.load import load_pack
from craftpath.sample import make_sample

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_library_lines_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    make_sample(tmp_path / "population", 50, seed=1, vocabulary=load_pack("guangdong").vocabulary)
    monkeypatch.chdir(tmp_path)
    lines = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    names: dict[str, object] = {}

    for block in lines:
        exec(block, names)

    assert lines
    assert capsys.readouterr().out.strip()
    assert names["decisions"].num_rows == names["frame"].height > 0
