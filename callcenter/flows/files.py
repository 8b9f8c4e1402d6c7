"""Reads flows and prompt texts from `ivr/`."""

from pathlib import Path

from pydantic import TypeAdapter

from callcenter.core.errors import Misconfigured
from callcenter.core.written import read_written
from callcenter.flows.model import Flow
from callcenter.flows.part import Name, Wording

_PROMPTS = TypeAdapter(dict[Name, Wording])


def read_flows(folder: Path) -> dict[str, Flow]:
    """By file name. Raises Misconfigured, naming the file, the place in it and the remedy."""
    found = {file.stem: read_written(file, Flow, schema="flow.schema.json") for file in sorted(folder.glob("*.yaml"))}
    if not found:
        raise Misconfigured(cause=f"no call flow in {folder}", remedy="restore ivr/flows")
    return found


def read_prompts(file: Path) -> dict[str, Wording]:
    """Name → text in every language. Raises Misconfigured."""
    return read_written(file, _PROMPTS, schema="the file that is shipped")
