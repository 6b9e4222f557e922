"""How long the laws look for a counter-example.

    quick     `make test-fast`: a few examples, the same ones every time
    thorough  `make test` (CRAFTPATH_THOROUGH=1): hundreds, the same ones every time
    deep      by hand (CRAFTPATH_DEEP=1): thousands, other ones every time, failures remembered

What a deep run finds is pinned as a named example beside its law, so that the others need not
find it again.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_always = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)
settings.register_profile("quick", _always, max_examples=40, derandomize=True)
settings.register_profile("thorough", _always, max_examples=400, derandomize=True)
settings.register_profile("deep", _always, max_examples=5_000)
settings.load_profile(
    "deep"
    if os.environ.get("CRAFTPATH_DEEP")
    else "thorough"
    if os.environ.get("CRAFTPATH_THOROUGH")
    else "quick"
)
