"""`craftpath --help`: from pressing return to the prompt, a new process each time.

python -m benchmarks.command ROUNDS
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.measure import best_of, report


def main(rounds: str) -> None:
    command = Path(sys.executable).parent / "craftpath"

    def once() -> None:
        subprocess.run([command, "--help"], check=True, stdout=subprocess.DEVNULL)

    once()
    report(best_of(int(rounds), once)[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
