"""transfers"""

from sqlfile import run

revision = "0011_transfers"
down_revision = "0010_registry"


def upgrade() -> None:
    run(__file__)
