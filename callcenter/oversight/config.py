"""Settings of oversight."""

from pydantic import BaseModel, ConfigDict, Field

from callcenter.oversight.terms import Flag
from callcenter.people.slots import Slot


class OversightConfig(BaseModel):
    """Values that the documents leave open: each is a default of this program, not of a regulation (A-25)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    climb_hours: int = Field(
        default=24, ge=1, le=720, description="A breach climbs one level each so many hours (JC-05)."
    )
    answerable: Slot = Field(
        default=Slot.DEPUTY,
        description="The slot that sanctions name: the deputy is 第一责任人 in Jincheng, the chief elsewhere (A-13).",
    )
    answerable_by_flag: dict[Flag, Slot] = Field(
        default_factory=dict,
        description="Another slot for some violations, e.g. late_accept: section (直接责任人, JC-04).",
    )
    week_hour: int = Field(
        default=8, ge=0, le=23, description="Hour of Monday at which the weekly lists are made (SG-11)."
    )
    topic_orders: int = Field(
        default=3, ge=2, le=100, description="Orders of one category and place that are 集中 (XY-38)."
    )
    hasty_days: int = Field(
        default=15, ge=1, le=366, description="Reopened within so many days of its close, an order is 草草结案 (GH-20)."
    )
    decide_days: int = Field(
        default=1,
        ge=1,
        le=30,
        description="Working days to decide on a proposed supervision; then the leaders are told.",
    )
    urge_days: int = Field(
        default=5, ge=1, le=60, description="Working days after which an unanswered reminder is written up (B-18)."
    )

    def slot_for(self, flag: str) -> Slot:
        """Who answers for it; any other word than a flag's: the slot that answers for everything else."""
        return {str(one): slot for one, slot in self.answerable_by_flag.items()}.get(flag, self.answerable)
