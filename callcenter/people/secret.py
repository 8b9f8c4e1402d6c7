"""Opaque secrets: 256 random bits go to the client once; only their SHA-256 is kept (a fast hash is enough for a value
that nobody can guess)."""

import hashlib
import secrets


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
