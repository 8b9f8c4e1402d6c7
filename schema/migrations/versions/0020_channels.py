"""channels"""

from sqlfile import run

revision = "0020_channels"
down_revision = "0019_oversight"


def upgrade() -> None:
    run(__file__)
