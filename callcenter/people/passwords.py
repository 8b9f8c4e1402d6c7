"""Argon2id (RFC 9106) in its own threads: a check takes tens of milliseconds, which the loop must not wait for."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from callcenter.people.config import PeopleConfig
from callcenter.people.errors import LoginBusy

T = TypeVar("T")
UNUSABLE: Final = "!"
"""Stands for the hash of a user who never logs in with a password (a machine)."""


class Passwords:
    """Hashes and checks. Close it to end its threads."""

    def __init__(self, config: PeopleConfig) -> None:
        self._hasher = PasswordHasher(config.argon2_time, config.argon2_memory, config.argon2_lanes)
        self._threads = ThreadPoolExecutor(config.hashing_threads, thread_name_prefix="argon2")
        self._room = config.hashing_queue
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        return await self._run(lambda: self._hasher.hash(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Takes as long for nobody (None) and for an unusable hash as for a wrong password. Raises LoginBusy."""
        known = stored is not None and stored != UNUSABLE
        matches = await self._run(lambda: self._matches(stored if known and stored else self._nobody, password))
        return known and matches

    def outdated(self, stored: str) -> bool:
        """True when the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._room <= 0:
            raise LoginBusy
        self._room -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._room += 1
