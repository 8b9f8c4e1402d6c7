"""The life cycle as a Mermaid picture, drawn from the table: what docs/orders.md shows."""

from callcenter.orders.lifecycle import NEXT
from callcenter.orders.terms import STAGE_NAMES, Stage


def life_picture() -> str:
    """Moves between the same two stages share an arrow; moves that keep the stage are left out."""
    arrows: dict[tuple[Stage, Stage], list[str]] = {}
    for (before, move), after in NEXT.items():
        names = arrows.setdefault((before, after), [])
        if before is not after and move.zh not in names:
            names.append(move.zh)
    lines = ["stateDiagram-v2"]
    lines += [f"    {stage}: {STAGE_NAMES[stage][0]} {stage}" for stage in Stage]
    lines += ["    [*] --> new"]
    lines += [f"    {before} --> {after}: {'、'.join(names)}" for (before, after), names in arrows.items() if names]
    lines += [f"    {stage} --> [*]" for stage in (Stage.CLOSED, Stage.RETURNED_UP)]
    return "\n".join(lines) + "\n"
