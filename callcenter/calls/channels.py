"""What a channel's name tells (`PJSIP/8001-0000002a`, `Local/...@hl-dial-00000001;2`)."""

from typing import Final

from callcenter.calls.state import Role

NOBODY: Final = "OutgoingSpoolFailed"
"""Asterisk runs this in place of a channel that it was to originate and could not, at the extension `failed`."""


def endpoint_of(channel: str) -> str:
    """`8001` of `PJSIP/8001-0000002a`, '' when it is no SIP channel."""
    technology, _, rest = channel.partition("/")
    return rest.rpartition("-")[0] if technology == "PJSIP" else ""


def extension_of(channel: str) -> str:
    """A seat's endpoint is named by its extension, which is digits; a trunk's is not."""
    endpoint = endpoint_of(channel)
    return endpoint if endpoint.isdecimal() else ""


def role_of(channel: str, *, first: bool) -> Role:
    if channel.startswith("Local/"):
        return Role.LOCAL
    if extension_of(channel):
        return Role.AGENT
    return Role.CALLER if first else Role.OTHER


def direction_of(channel: str) -> str:
    """Of the call whose first leg this is: a seat or a Local channel dials out; what is no telephone is internal
    (listening legs, announcements)."""
    if channel.startswith("Local/") or extension_of(channel):
        return "outbound"
    return "inbound" if not channel or endpoint_of(channel) else "internal"
