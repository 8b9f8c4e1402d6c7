"""handling care"""

from sqlfile import run

revision = "0028_handling_care"
down_revision = "0027_fieldwork"


def upgrade() -> None:
    run(__file__)
