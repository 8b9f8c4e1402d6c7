"""oversight"""

from sqlfile import run

revision = "0019_oversight"
down_revision = "0018_handling"


def upgrade() -> None:
    run(__file__)
