"""ledger privacy"""

from sqlfile import run

revision = "0030_ledger_privacy"
down_revision = "0029_oversight_desk"


def upgrade() -> None:
    run(__file__)
