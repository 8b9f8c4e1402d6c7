"""handling"""

from sqlfile import run

revision = "0018_handling"
down_revision = "0017_dispatching"


def upgrade() -> None:
    run(__file__)
