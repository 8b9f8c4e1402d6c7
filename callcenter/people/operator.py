"""What the operator at the command line does to users, by name. `callcenter.__main__` gives these their commands."""

from datetime import timedelta

from callcenter.people.errors import NoSuchUser
from callcenter.people.model import NewToken, User
from callcenter.people.service import People


async def issue_token(people: People, username: str, name: str, lasts: timedelta) -> str:
    """The secret, to be shown once. Raises NoSuchUser, NotMachine, ExpiryPast."""
    user = await _user(people, username)
    expires_at = people.clock.now() + lasts
    issued = await people.tokens.issue(NewToken(user_id=user.id, name=name, expires_at=expires_at), by=None)
    return issued.secret


async def set_password(people: People, username: str, password: str) -> None:
    """Raises NoSuchUser, WeakPassword."""
    user = await _user(people, username)
    await people.directory.set_password(user.id, password, by=None)


async def _user(people: People, username: str) -> User:
    user = await people.directory.user_by_name(username)
    if user is None:
        raise NoSuchUser(username=username)
    return user
