"""The optional look at the effect some days after the close (GH-16)."""

from datetime import date, timedelta
from typing import Any

from callcenter.orders.row import Row


def effect_due(row: Row, closes_on: date, days: int) -> dict[str, Any]:
    """Columns of a close: repeated, reopened, difficult and joined matters are looked at once more. `days` 0: none."""
    doubtful = row["reopened"] or row["difficult"] or row["again"] or row["matter_id"] is not None
    if not days or not doubtful:
        return {}
    return {"effect_due": closes_on + timedelta(days=days), "effect_holds": None}
