"""privacy"""

from sqlfile import run

revision = "0022_privacy"
down_revision = "0021_lists"


def upgrade() -> None:
    run(__file__)
