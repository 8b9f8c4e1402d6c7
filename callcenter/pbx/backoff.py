"""How long to wait before the next try."""

from datetime import timedelta


def wait_before(failures: int, *, first: timedelta, most: timedelta, chance: float) -> timedelta:
    """Doubles from `first` up to `most`, then takes between half and all of it: `chance` in [0, 1) keeps many
    instances from returning at the same instant."""
    whole = min(most, first * (1 << min(failures, 32)))
    return whole * (0.5 + chance / 2)
