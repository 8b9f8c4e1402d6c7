"""oversight desk"""

from sqlfile import run

revision = "0029_oversight_desk"
down_revision = "0028_handling_care"


def upgrade() -> None:
    run(__file__)
