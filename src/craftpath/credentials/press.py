"""Typst, and nothing else: a template and its data in, a document out. No Django.

As a command it does so for one part of a long document, in a process of its own: Typst keeps what
it has laid out for the next time, half a megabyte a page, and gives it back only by ending.

    python -m craftpath.credentials.press PART.json PART.pdf
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from craftpath.credentials.fonts import FOLDER

__all__ = ["pdf", "png"]


def _compiler(template: str, inputs: Mapping[str, str]) -> Any:
    source = files("craftpath.credentials").joinpath("typst", f"{template}.typ").read_bytes()
    compiler: Any = typst.Compiler
    # No fonts of the system: the same page on every machine.
    return compiler(
        source, font_paths=[str(FOLDER)], ignore_system_fonts=True, sys_inputs=dict(inputs)
    )


def pdf(template: str, inputs: Mapping[str, str], *, tagged: bool = True) -> bytes:
    """PDF/A-2a, which a screen reader can read; untagged PDF/A-2b for those that are only printed:
    half the time, a third of the size."""
    compiler = _compiler(template, inputs)
    if tagged:
        return bytes(compiler.compile(format="pdf", pdf_standards=["a-2a"]))
    return bytes(compiler.compile(format="pdf", pdf_standards=["a-2b"], pdf_tags=False))


def png(template: str, inputs: Mapping[str, str], ppi: float) -> bytes:
    return bytes(_compiler(template, inputs).compile(format="png", ppi=ppi))


if __name__ == "__main__":
    part, out = map(Path, sys.argv[1:])
    said = json.loads(part.read_text("utf-8"))
    out.write_bytes(pdf(said["template"], said["inputs"], tagged=False))
