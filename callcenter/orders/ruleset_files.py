"""Reads rule-set files (YAML) against their published JSON Schema, and holds them to "never edited in place"."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from jsonschema import Draft202012Validator

from callcenter.core import errors
from callcenter.core.errors import Misconfigured
from callcenter.orders.rulesets import RuleBook, RuleSet, RuleSetBroken, parse_ruleset
from callcenter.orders.store import OrderStore

RULES: Final = Path(__file__).resolve().parent / "rules"
SCHEMA: Final = RULES / "ruleset.schema.json"


class RuleSetEdited(errors.Misconfigured):
    """XY-01: orders already run under this version."""

    code = "ruleset-edited"
    zh = "规则集 {ruleset} 已在使用，其文件却被改动；请恢复原文件，改动另存为新版本（version 加一）"
    en = (
        "rule set {ruleset} is in use, but its file was changed. Remedy: restore the file, and put the change into a "
        "new file with the next version number"
    )


@dataclass(frozen=True, slots=True)
class RuleFile:
    ruleset: RuleSet
    sha256: str


def _read(path: Path) -> RuleFile:
    try:
        text = path.read_bytes()
        raw: Any = yaml.safe_load(text)
    except OSError as error:
        raise Misconfigured(
            cause=f"cannot read {path.name} ({error.strerror})", remedy="correct orders.rules"
        ) from error
    except yaml.YAMLError as error:
        raise RuleSetBroken(ruleset=path.name, reason=f"not valid YAML: {error}") from error
    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    wrong = [f"{'.'.join(map(str, e.absolute_path)) or '-'}: {e.message}" for e in validator.iter_errors(raw)]
    if wrong:
        raise RuleSetBroken(ruleset=path.name, reason="; ".join(wrong[:5]))
    return RuleFile(parse_ruleset(raw), hashlib.sha256(text).hexdigest())


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        if not folder.is_dir():
            raise Misconfigured(cause=f"the rules folder {folder} is not there", remedy="correct orders.rules")
        yield from sorted(folder.glob("*.yaml"))


def read_rule_files(extra: Path | None = None) -> list[RuleFile]:
    """The shipped rule sets and those of the folder `extra`. Raises RuleSetBroken or Misconfigured, naming the file."""
    return [_read(path) for path in _files([RULES, *([extra] if extra else [])])]


def rule_book(files: Sequence[RuleFile]) -> RuleBook:
    return RuleBook(file.ruleset for file in files)


async def enrol(files: Sequence[RuleFile], store: OrderStore) -> None:
    """Remembers the digest of each version at its first start; raises RuleSetEdited when a known one has changed."""
    for file in files:
        known = await store.enrol_ruleset(file.ruleset.id, file.ruleset.version, file.sha256)
        if known != file.sha256:
            raise RuleSetEdited(ruleset=file.ruleset.ref)
