"""Writes the configuration of the compose file's Asterisk: `python docker/render_pbx.py PLAN FOLDER`."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import yaml
from pydantic import TypeAdapter, ValidationError

from callcenter.core.errors import Misconfigured
from callcenter.pbx.plan import PbxPlan
from callcenter.pbx.render import render
from callcenter.pbx.tree import HostPaths, Tree


def read_plan(file: Path, env: Mapping[str, str]) -> PbxPlan:
    """Raises Misconfigured, naming what is wrong and never a secret."""
    try:
        plan = yaml.safe_load(file.read_text(encoding="utf-8"))
        plan["ami_secret"] = env["HOTLINE_AMI__SECRET"]
        for seat in plan["seats"]:
            seat["secret"] = env[f"HOTLINE_SEAT_SECRET_{seat['extension']}"]
        return TypeAdapter(PbxPlan).validate_python(plan)
    except KeyError as error:
        raise Misconfigured(cause=f"{error} is not set", remedy="set it in docker/.env (docs/operations.md)") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise Misconfigured(cause=f"{file}: {wrong}", remedy="correct that file") from None
    except (OSError, yaml.YAMLError, TypeError) as error:
        raise Misconfigured(cause=f"{file} cannot be read: {error}", remedy="correct that file") from None


def main(plan: str, folder: str) -> None:
    modules = next(Path("/usr/lib").glob("*/asterisk/modules"), Path("/usr/lib/x86_64-linux-gnu/asterisk/modules"))
    tree = Tree(
        paths=HostPaths(Path(folder)),
        inside=PurePosixPath(folder),
        share=PurePosixPath("/usr/share/asterisk"),
        modules=PurePosixPath(modules),
    )
    render(read_plan(Path(plan), os.environ), tree)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Misconfigured as error:
        sys.exit(str(error))
