"""Measurements side by side: craftpath against the floor, DuckDB, OpenFisca and Polars.

`make bench` runs them all and writes a dated table. Each measurement is a process of its own, so
that its peak memory is its own; both sides of a ratio run in turn, on two threads, on the same
warm files, and the best of the rounds counts. What is compiled is compiled before the clock runs.
"""
