"""registry"""

from sqlfile import run

revision = "0010_registry"
down_revision = "0009_missed"


def upgrade() -> None:
    run(__file__)
