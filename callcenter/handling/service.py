"""The handling room's door: every use case under one name, for `web`."""

from uuid import UUID

from callcenter.core.errors import NotFound
from callcenter.core.ids import OrderId
from callcenter.documents.model import Document
from callcenter.handling import contacts, exclusion, heads, model, presuming, reading, writing
from callcenter.handling.figures import Figures
from callcenter.handling.form2 import form2
from callcenter.handling.papers import Paper
from callcenter.handling.room import SQL, Room
from callcenter.people.actor import Actor


class Handling:
    """Each use case that is refused raises a DomainError; those of `orders` among them."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.figures = Figures(room)

    async def view(self, actor: Actor, order: OrderId) -> model.HandlingView:
        return await reading.view(self.room, actor, order)

    async def log_contact(self, actor: Actor, order: OrderId, new: model.NewContact) -> model.HandlingView:
        await contacts.log_contact(self.room, actor, order, new)
        return await self.view(actor, order)

    async def write_paper(self, actor: Actor, order: OrderId, paper: Paper) -> model.Written:
        return model.Written(id=await writing.write_paper(self.room, actor, order, paper))

    async def add_task(self, actor: Actor, order: OrderId, new: model.NewTask) -> model.Written:
        return model.Written(id=await writing.add_task(self.room, actor, order, new))

    async def settle_task(self, actor: Actor, order: OrderId, task: UUID, settled: model.TaskSettled) -> None:
        await writing.settle_task(self.room, actor, order, task, settled)

    async def propose_option(self, actor: Actor, order: OrderId, new: model.NewOption) -> model.Written:
        return model.Written(id=await writing.propose_option(self.room, actor, order, new))

    async def judge_option(self, actor: Actor, order: OrderId, option: UUID, judged: model.OptionJudged) -> None:
        await writing.judge_option(self.room, actor, order, option, judged)

    async def choose_option(self, actor: Actor, order: OrderId, option: UUID) -> None:
        await writing.choose_option(self.room, actor, order, option)

    async def plan_milestone(self, actor: Actor, order: OrderId, new: model.NewMilestone) -> model.Written:
        return model.Written(id=await writing.plan_milestone(self.room, actor, order, new))

    async def reach_milestone(self, actor: Actor, order: OrderId, milestone: UUID, reached: model.Reached) -> None:
        await writing.reach_milestone(self.room, actor, order, milestone, reached)

    async def finish(self, actor: Actor, order: OrderId, finished: model.Finished) -> None:
        await writing.finish(self.room, actor, order, finished)

    async def depart(self, actor: Actor, order: OrderId, new: model.NewDeparture) -> model.Written:
        return model.Written(id=await presuming.depart(self.room, actor, order, new))

    async def decide(self, actor: Actor, order: OrderId, departure: UUID, decided: model.Decided) -> None:
        await presuming.decide(self.room, actor, order, departure, decided)

    async def hand_over(self, actor: Actor, order: OrderId, given: model.HandedOver) -> None:
        await heads.hand_over(self.room, actor, order, given)

    async def name_head(self, actor: Actor, order: OrderId, named: model.HeadNamed) -> None:
        await heads.name_head(self.room, actor, order, named)

    async def confirm_head(self, actor: Actor, order: OrderId) -> None:
        await heads.confirm_head(self.room, actor, order)

    async def propose_exclusion(self, actor: Actor, order: OrderId, new: model.NewExclusion) -> model.Written:
        return model.Written(id=await exclusion.propose(self.room, actor, order, new))

    async def step_exclusion(self, actor: Actor, order: OrderId, taken: model.ExclusionStep) -> None:
        await exclusion.step(self.room, actor, order, taken)

    async def form2(self, actor: Actor, order: OrderId, round_no: int, issuer: str) -> Document:
        """Raises NoSuchOrder, NotFound for a round that was never begun."""
        row = await self.room.orders.row(actor, order)
        if not 1 <= round_no <= row["round_no"]:
            raise NotFound
        return form2(
            row,
            await self.view(actor, order),
            round_no,
            unit=await SQL.org_name(self.room.pool, id=row["owner_org_id"]),
            issuer=issuer,
            printed_at=self.room.clock.now(),
            printed_by=actor.name,
            zone=self.room.zone,
        )
