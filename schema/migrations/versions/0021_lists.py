"""lists"""

from sqlfile import run

revision = "0021_lists"
down_revision = "0020_channels"


def upgrade() -> None:
    run(__file__)
