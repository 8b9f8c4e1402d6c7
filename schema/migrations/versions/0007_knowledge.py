"""knowledge"""

from sqlfile import run

revision = "0007_knowledge"
down_revision = "0006_callbacks"


def upgrade() -> None:
    run(__file__)
