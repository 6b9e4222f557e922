"""A seeded sample of believable lives, to try things on and to measure with.

    make_sample(folder, people, seed, vocabulary=…)   records.parquet and README.txt
    sample_batches(people, seed, vocabulary)          the same as Arrow batches

Nobody in it exists. What it follows and what is assumed: `craftpath.sample.stock`, docs/sample.md.
"""

from __future__ import annotations

from craftpath.sample.make import SampleReport, make_sample, sample_batches

__all__ = ["SampleReport", "make_sample", "sample_batches"]
