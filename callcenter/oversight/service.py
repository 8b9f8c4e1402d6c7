"""The oversight room's door: every use case under one name, for `web` and `app`."""

from collections.abc import Mapping

from callcenter.oversight.cases import Cases
from callcenter.oversight.choices import Chooser
from callcenter.oversight.duty import Oversee
from callcenter.oversight.figures import Reckoning
from callcenter.oversight.forms import SLOT_LABELS
from callcenter.oversight.key_list import KeyList
from callcenter.oversight.meetings import Instructions, Meetings
from callcenter.oversight.printing import Papers
from callcenter.oversight.quality import Quality
from callcenter.oversight.room import Room
from callcenter.oversight.rulings import Rulings
from callcenter.oversight.supervisions import Supervisions
from callcenter.oversight.violations import Violations


class Oversight:
    def __init__(self, room: Room, labels: Mapping[str, str] = SLOT_LABELS) -> None:
        """`labels` are the city's names of the slots (A-13)."""
        self.room = room
        self.supervisions = Supervisions(room)
        self.quality = Quality(room)
        self.rulings = Rulings(room)
        self.violations = Violations(room)
        self.cases = Cases(room)
        self.meetings = Meetings(room)
        self.instructions = Instructions(room)
        self.chooser = Chooser(room)
        self.key_list = KeyList(room)
        self.reckoning = Reckoning(room)
        self.papers = Papers(room, self.supervisions, self.meetings, self.cases, self.instructions, labels)
        self.duty = Oversee(room)
