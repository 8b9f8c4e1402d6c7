"""People on the sides of an order, and an order at each of its stations, as values."""

from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from callcenter.core.ids import OrgId, UserId
from callcenter.orders import lifecycle as life
from callcenter.orders.standing import Standing
from callcenter.orders.terms import ContactOutcome, NotAcceptedReason, ResultType, Solvability, Stage
from callcenter.people.actor import Actor, Role

CITY, STREET, UNIT, OTHER = (OrgId(UUID(int=n)) for n in range(1, 5))
PATHS = {CITY: "/c/", STREET: "/c/s/", UNIT: "/c/s/u/", OTHER: "/c/s/o/"}


def person(number: int, org: OrgId, *roles: Role) -> Actor:
    return Actor(
        user_id=UserId(UUID(int=100 + number)),
        username=f"p{number}",
        name="",
        roles=frozenset(roles),
        org_id=org,
        org_path=PATHS[org],
    )


AGENT = person(1, CITY, Role.AGENT)
DISPATCHER = person(2, STREET, Role.DISPATCHER)
OPERATOR = person(3, UNIT, Role.UNIT_OPERATOR)
STRANGER = person(4, OTHER, Role.UNIT_OPERATOR)
REVIEWER = person(5, STREET, Role.REVIEWER)
LEADER = person(6, STREET, Role.LEADER)
DEPUTY = person(7, STREET, Role.DEPUTY)
ADMIN = person(8, CITY, Role.ADMIN)
INSPECTOR = person(9, CITY, Role.INSPECTOR)
CITY_DISPATCHER = person(10, CITY, Role.DISPATCHER)
SECOND_OPERATOR = person(11, OTHER, Role.UNIT_HEAD)
PEOPLE: Final = (AGENT, DISPATCHER, OPERATOR, STRANGER, REVIEWER, LEADER, DEPUTY, ADMIN, INSPECTOR, SECOND_OPERATOR)

TAKEN: Final = Standing(
    stage=Stage.PENDING_DISPATCH,
    created_by=AGENT.user_id,
    owner_org_id=STREET,
    owner_org_path=PATHS[STREET],
    intake_org_path=PATHS[CITY],
    centre_org_id=STREET,
)
HELD: Final = replace(TAKEN, owner_org_id=UNIT, owner_org_path=PATHS[UNIT])
SUBMISSION: Final = life.Submit(reply="已处理", solvability=Solvability.SOLVABLE, result=ResultType.RESOLVED)
REACHED: Final = life.Contact(outcome=ContactOutcome.REACHED, note="")
ANSWERED: Final[dict[str, Any]] = {"replied": True, "contacted": True, "has_result": True}

ONE_OF_EACH: Final[tuple[life.Move, ...]] = (
    life.Register(),
    life.Receive(),
    life.Classify(),
    life.Assign(centre=STREET, reason="属地"),
    life.GiveBack(centre=CITY, reason="不属本街道"),
    life.ReturnUp(reason="不属本区"),
    life.Answer(reply="八点开门"),
    life.TransferOut(target="110", told="已转接公安"),
    life.BounceBack(reason="不属警情"),
    life.NotAccept(reason=NotAcceptedReason.LITIGATION, told="请向法院申诉"),
    life.ConfirmNotAccepted(),
    life.RejectNotAccepted(opinion="应受理"),
    life.Dispatch(unit=UNIT, reason="责任清单"),
    life.Redispatch(unit=OTHER, reason="退单同意"),
    life.SignDispatch(unit=OTHER, reason="批办"),
    life.Claim(unit=OTHER, reason="主动认领"),
    life.NeedSign(reason="无明确主责"),
    life.Accept(),
    life.RequestReturn(reason="不属职责"),
    life.RejectReturn(opinion="属你单位"),
    life.GrantReturn(opinion="同意"),
    life.TryContact(note="关机"),
    REACHED,
    life.Verify(),
    life.Collaborate(reason="疑难"),
    life.EndCollaboration(),
    life.EndCollaborationAgain(),
    SUBMISSION,
    life.Approve(opinion=""),
    life.SendBack(opinion="补照片"),
    life.SendBackAgain(opinion="补照片"),
    life.BeginCallback(),
    life.Satisfy(),
    life.Warn(resolved=False, satisfied=None),
    life.ExhaustCallback(),
    life.CloseUnheard(reason="多次无人接听"),
    life.Rehandle(reason="不满意"),
    life.Explain(reason="已两次上门", basis="某办法第三条"),
    life.Hang(due=date(2026, 6, 1), reason="待立项"),
    life.Unhang(reason="条件具备"),
    life.UnhangAgain(reason="条件具备"),
    life.Fulfil(reply="已完工"),
    life.Close(),
    life.Refuse(opinion="未见实效"),
    life.Reopen(reason="市级复核"),
)
