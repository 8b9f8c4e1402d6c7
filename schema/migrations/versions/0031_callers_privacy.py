"""callers privacy"""

from sqlfile import run

revision = "0031_callers_privacy"
down_revision = "0030_ledger_privacy"


def upgrade() -> None:
    run(__file__)
