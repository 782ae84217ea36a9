"""How many examples property tests try: few at each `make test`, many in `make long`.

No deadline and no check of how fast examples are made: a busy machine is no fault of the code, and
the first text of a run builds tables of Unicode.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

for name, examples in {"few": 40, "many": 400}.items():
    settings.register_profile(
        name, max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
settings.load_profile("few")
