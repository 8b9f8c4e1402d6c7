"""messages"""

from sqlfile import run

revision = "0008_messages"
down_revision = "0007_knowledge"


def upgrade() -> None:
    run(__file__)
