"""dispatching"""

from sqlfile import run

revision = "0017_dispatching"
down_revision = "0016_clocks"


def upgrade() -> None:
    run(__file__)
