"""The records that everything is measured on: the seeded sample of the Guangdong pack.

python -m benchmarks.sample PEOPLE SEED FOLDER
"""

from __future__ import annotations

import sys
import time

from benchmarks.measure import report
from benchmarks.pack import vocabulary
from craftpath.sample import make_sample


def main(people: str, seed: str, folder: str) -> None:
    begun = time.perf_counter()
    made = make_sample(folder, int(people), int(seed), vocabulary=vocabulary())
    report([time.perf_counter() - begun], rows=made.rows, organisations=made.organisations)


if __name__ == "__main__":
    main(*sys.argv[1:])
