"""Along which index a list is walked, so that a page costs the same among millions of orders. Pure.

An order is seen by the org that holds it and those above, the org that took it and those above, and who entered it
(XY-03, `standing.visible`). Each of the three is an index that begins with the reader's org, or the reader, and goes
on newest first; they are walked as one. What no index says is asked of each row on the way, row access included, and a
page looks at no more than MOST_SEEN rows: a filter that hits next to nothing gives short pages with a cursor, and no
slow ones."""

from typing import Final

from callcenter.orders.filters import OrderFilter, Values, View, helped, only_open
from callcenter.orders.privacy import is_guest
from callcenter.orders.terms import Stage
from callcenter.people.actor import Actor

MOST_SEEN: Final = 2000
MOST_DUES: Final = 1000
"""Of running clocks: each costs more, since an order's others are asked for."""
TOPMOST: Final = 1
LOWEST: Final = 4
"""Orgs have four levels (people.model): the lowest have none below them."""


def depth_of(path: str) -> int:
    """1 for the topmost org: '/city/'."""
    return path.count("/") - 1


def code_of(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def access(asked: OrderFilter, actor: Actor, values: Values) -> str:
    """Whether the reader may see `w`: as `standing.visible`; guests see no guarded order (`privacy.guarded`). Whoever
    helps sees a line of it, in the list of such orders and nowhere else."""
    path = values.put(actor.org_path)
    kept_out = f"w.barred_path <> '' and starts_with({path}, w.barred_path)"
    if asked.view is View.HELPING:
        return f"{helped(actor, values)} and not ({kept_out})"
    user = values.put(actor.user_id)
    seen = f"(starts_with(w.owner_org_path, {path}) or starts_with(w.intake_org_path, {path}) or w.created_by = {user})"
    seen = f"{seen} and not ({kept_out})"
    return f"{seen} and not w.confidential and w.request_type <> 'report'" if is_guest(actor) else seen


def branches(asked: OrderFilter, actor: Actor, values: Values) -> list[str]:
    """Conditions over `w`, each wholly an index's own, that together hold all rows of the list that the reader may see;
    one row may be in several."""
    found = [narrow] if (narrow := _narrow(asked, actor, values)) else _of_reader(asked, actor, values)
    return [f"{one} and w.closed_at is null" for one in found] if only_open(asked) else found


def _of_reader(asked: OrderFilter, actor: Actor, values: Values) -> list[str]:
    depth = depth_of(actor.org_path)
    if depth <= TOPMOST:
        return [f"w.stage = {values.put(asked.stages[0])}" if _one_open_stage(asked) else "true"]
    code = f"{values.put(code_of(actor.org_path))}::text"
    owner, taken = (f"split_part(w.{side}_org_path, '/', {depth + 1})" for side in ("owner", "intake"))
    held = f"w.owner_org_id = {values.put(actor.org_id)}" if depth >= LOWEST else f"{owner} = {code}"
    return [held, f"{taken} = {code} and {taken} <> {owner}", f"w.created_by = {values.put(actor.user_id)}"]


def _one_open_stage(asked: OrderFilter) -> bool:
    return len(asked.stages) == 1 and asked.stages[0] is not Stage.CLOSED and only_open(asked)


def _narrow(asked: OrderFilter, actor: Actor, values: Values) -> str:
    """A part of the filter that an index begins with."""
    match asked:
        case OrderFilter(view=View.MINE):
            return f"w.created_by = {values.put(actor.user_id)}"
        case OrderFilter(view=View.UNIT):
            return f"w.owner_org_id = {values.put(actor.org_id)}"
        case OrderFilter(view=View.HELPING):
            return helped(actor, values)
        case OrderFilter(view=View.OWNED):
            return f"w.case_owner = {values.put(actor.user_id)}"
        case OrderFilter(unit=unit) if unit is not None:
            return f"w.owner_org_id = {values.put(unit)}"
        case OrderFilter(matter=matter) if matter is not None:
            return f"w.matter_id = {values.put(matter)}::text::uuid"
        case OrderFilter(view=View.SUPERVISED):
            return "w.supervisions > 0"
        case OrderFilter(view=View.KEY):
            return "w.key_listed"
    return ""


def few_open(asked: OrderFilter, actor: Actor) -> bool:
    """Whether the open orders of the list are few enough to sort them all by due time."""
    return (
        depth_of(actor.org_path) > TOPMOST + 1
        or asked.view in {View.MINE, View.UNIT, View.OWNED, View.HELPING}
        or bool(asked.unit)
    )
