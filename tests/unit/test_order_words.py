"""What the desk shows of orders has a Chinese and an English word each (B-44)."""

import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import pytest

from callcenter.orders import lifecycle as life
from callcenter.orders import terms
from callcenter.orders.records import RECORDS
from callcenter.orders.rights import ACTIONS, WRITTEN
from callcenter.orders.views import NewOrder
from callcenter.web.order_models import OrderEntered

I18N = Path("callcenter/web/static/i18n")
FAMILIES: dict[str, Iterable[str]] = {
    "stage": terms.Stage,
    "move": {move.kind for move in life.MOVES} | set(RECORDS),
    "action": set(ACTIONS.values()) | set(WRITTEN.values()),
    "close_reason": terms.CloseReason,
    "contact": terms.ContactOutcome,
    "kind": terms.Kind,
    "request": terms.RequestType,
    "urgency": terms.Urgency,
    "level": terms.Level,
    "result": terms.ResultType,
    "solvability": terms.Solvability,
    "reasonableness": terms.Reasonableness,
    "reason": terms.NotAcceptedReason,
    "caller_type": terms.CallerType,
    "need": terms.CallerNeed,
    "group": terms.SpecialGroup,
    "emotion": terms.Emotion,
    "origin": terms.Origin,
    "location": terms.LocationType,
    "dispatch_kind": terms.DispatchKind,
    "phase": ("done", "now", "to_come"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_code_has_a_word(language: str, family: str) -> None:
    words = json.loads((I18N / f"{language}.json").read_text("utf-8"))
    codes = [code.value if isinstance(code, StrEnum) else code for code in FAMILIES[family]]
    assert [code for code in codes if not words.get(f"{family}.{code}")] == []


def test_every_coded_word_of_an_order_is_looked_at() -> None:
    coded = {kind for kind in vars(terms).values() if isinstance(kind, type) and issubclass(kind, StrEnum)}
    assert coded - {StrEnum} <= {kind for kind in FAMILIES.values() if isinstance(kind, type)}


@pytest.mark.rule("B-44", "GH-14", "XY-24")
def test_the_form_carries_every_field_of_an_order() -> None:
    """Attachments, recordings and what happens later have their own records."""
    asked = set(OrderEntered.model_fields) - {"centre_id", "idempotency_key"} | {"centre", "key", "external_id"}
    assert asked == set(NewOrder.__dataclass_fields__)
    full = OrderEntered(
        title="t",
        content="c",
        request_type=terms.RequestType.HELP,
        special_groups=(terms.SpecialGroup.ELDERLY,),
        caller_needs=(terms.CallerNeed.DIALECT,),
        tags=("噪声",),
        latitude=31.1,
        longitude=121.2,
    ).entered()
    assert (full.special_groups, full.caller_needs, full.tags) == (("elderly",), ("dialect",), ("噪声",))
