"""Citizens' numbers in the ledger's rows: sealed where they stand, compared by their keyed hash (B-29).

A fact's body keeps its shape, with sealed text in place of each number and of what a citizen answered; all else that a
fact tells stays readable for SQL. Its fingerprint is keyed where a number is part of it: with everything else known,
eleven digits are guessed from a bare digest in minutes.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from callcenter.calls.rows import Row
from callcenter.calls.spool import Batch
from callcenter.people.vault import Vault

NUMBERS: Final = ("caller_number", "dialled", "number")
"""Fields of facts that hold a number; `answers` holds what was pressed, node by node. `sealing.sql` knows them, too."""
ANSWERS: Final = "answers"
KEPT: Final = 4096
"""Seals that are remembered: a number stands in some ten rows of its call."""


class LedgerSeal:
    """One for the whole ledger."""

    def __init__(self, vault: Vault) -> None:
        self.vault: Final = vault
        self._seal = lru_cache(maxsize=KEPT)(vault.seal)
        self._key = lru_cache(maxsize=KEPT)(vault.key_text)

    def batch(self, batch: Batch) -> Batch:
        """As it may be stored, or lie on disk; what was sealed before stays as it is."""
        return batch | {
            "facts": [self._fact(row) for row in batch["facts"]],
            "calls": [self._call(row) for row in batch["calls"]],
        }

    def body(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A fact's body, its numbers sealed."""
        sealed: dict[str, Any] = {name: self._seal(body[name]) for name in NUMBERS if body.get(name)}
        if body.get(ANSWERS):
            sealed[ANSWERS] = [[node, self._seal(key)] for node, key in body[ANSWERS]]
        return {**body, **sealed}

    def opened(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """As it was before. Raises Misconfigured when the key is missing."""
        seen: dict[str, Any] = {name: self.vault.open(body[name]) for name in NUMBERS if body.get(name)}
        if body.get(ANSWERS):
            seen[ANSWERS] = [[node, self.vault.open(key)] for node, key in body[ANSWERS]]
        return {**body, **seen}

    def fingerprint(self, bare: UUID | str) -> UUID:
        """The same for the same fact, under one search key. After that one's rotation a fact that is heard again is
        another row; calls rebuilt from them do not change, for there a fact is known by what it tells."""
        return UUID(bytes=self.vault.key(str(bare))[:16])

    def _fact(self, row: Row) -> Row:
        body = row["body"]
        if row.get("sealed") or not any(body.get(name) for name in (*NUMBERS, ANSWERS)):
            return row
        return {**row, "body": self.body(body), "fingerprint": self.fingerprint(row["fingerprint"]), "sealed": True}

    def _call(self, row: Row) -> Row:
        if "caller_key" in row:
            return row
        number, dialled = row["caller_number"], row["dialled"]
        return {
            **row,
            "caller_number": self._seal(number),
            "caller_key": self._key(number),
            "dialled": self._seal(dialled) if row["direction"] == "outbound" else dialled,
        }
