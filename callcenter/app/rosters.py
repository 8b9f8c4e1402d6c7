"""Rosters and expert seats, and how the knowledge room serves them."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from rich.console import Console

from callcenter.app.speech import read_speech
from callcenter.core.clock import Clock, SystemClock
from callcenter.core.ids import ArticleId
from callcenter.knowledge.model import NewArticle
from callcenter.knowledge.service import Knowledge
from callcenter.people.actor import Actor
from callcenter.people.audit import Audit
from callcenter.seats.experts import Candidates, Experts
from callcenter.seats.queues import QueueBook
from callcenter.seats.rosters import Rosters
from callcenter.settings import Settings
from callcenter.store.pool import Pool, open_pool
from callcenter.web.rosters import expert_routes, roster_routes
from callcenter.web.route import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRoom:
    rosters: Rosters
    experts: Experts

    def routes(self) -> list[Route]:
        return [*roster_routes(self.rosters), *expert_routes(self.experts)]


class KnowledgeCandidates:
    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def publish(self, actor: Actor, title: str, body: str, keywords: Collection[str]) -> ArticleId:
        new = NewArticle(title=title, body=body, keywords=list(keywords))
        return (await self._knowledge.write(new, by=actor)).id


def furnish_rosters(pool: Pool, queues: QueueBook, clock: Clock, audit: Audit, city: str) -> RosterRoom:
    candidates: Candidates = KnowledgeCandidates(Knowledge(pool, clock, audit))
    return RosterRoom(
        rosters=Rosters(pool, queues, clock, audit, city),
        experts=Experts(pool, queues.names, clock, audit, candidates),
    )


@asynccontextmanager
async def _rosters(settings: Settings) -> AsyncIterator[Rosters]:
    clock = SystemClock()
    async with open_pool(settings.store) as pool:
        yield Rosters(pool, read_speech(settings).queues, clock, Audit(clock), settings.city)


async def check_roster(settings: Settings, days: int, console: Console) -> bool:
    """Prints each gap hour by queue; whether there is none."""
    zone, now = ZoneInfo(settings.city), SystemClock().now()
    async with _rosters(settings) as rosters:
        found = await rosters.check(now, now + timedelta(days=days))
    for gap in found:
        hour = gap.hour.astimezone(zone)
        console.print(
            f"{hour:%Y-%m-%d %H:00}  {gap.queue}  在岗 planned {gap.planned} / 应有 needed {gap.least}", highlight=False
        )
    if not found:
        console.print(f"[green]{days} 天内排班无缺口 no gap within {days} days[/green]")
    else:
        console.print(f"[red]缺口 {len(found)} 小时 gap hours[/red]")
    return not found
