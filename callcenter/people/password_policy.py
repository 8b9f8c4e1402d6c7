"""Which passwords are accepted. Pure. Length counts most (NIST SP 800-63B, 5.1.1.2); the kinds of characters follow the
usual reading of GB/T 22239-2019, 8.1.4.1."""

from collections.abc import Callable
from typing import Final

from callcenter.people.errors import WeakPassword

LONGEST: Final = 128
_KINDS: Final[tuple[Callable[[str], bool], ...]] = (
    str.islower,
    str.isupper,
    str.isdigit,
    lambda c: not c.isalnum(),
)
_COMMON: Final = ("password", "12345", "qwerty", "abc123", "admin", "letmein", "welcome")


def check_password(password: str, username: str, shortest: int) -> None:
    """Raises WeakPassword. A phrase of 16 characters or more needs no mixture of kinds."""
    if len(password) < shortest:
        raise WeakPassword(reason_zh=f"至少 {shortest} 个字符", reason_en=f"at least {shortest} characters")
    if len(password) > LONGEST:
        raise WeakPassword(reason_zh=f"最多 {LONGEST} 个字符", reason_en=f"at most {LONGEST} characters")
    lowered = password.lower()
    if username.lower() in lowered:
        raise WeakPassword(reason_zh="不能包含用户名", reason_en="it must not contain the user name")
    remainder = lowered
    for word in _COMMON:
        remainder = remainder.replace(word, "")
    if len(set(password)) < 5 or len(remainder) < shortest // 2:
        raise WeakPassword(reason_zh="过于常见或重复", reason_en="it is too common or repetitive")
    kinds = sum(any(belongs(c) for c in password) for belongs in _KINDS)
    if kinds < 3 and len(password) < 16:
        raise WeakPassword(
            reason_zh="须含大写字母、小写字母、数字、符号中的三种，或不少于 16 个字符",
            reason_en="three of upper case, lower case, digits and signs are needed, or 16 characters",
        )
