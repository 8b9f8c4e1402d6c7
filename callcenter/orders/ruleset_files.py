"""Reads rule-set files (YAML) against their published JSON Schema, and holds them to "never edited in place"."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml
from jsonschema import Draft202012Validator

from callcenter.core import errors
from callcenter.core.errors import Misconfigured
from callcenter.orders.policy import Policy
from callcenter.orders.ruleset_parsing import inherited, parse_ruleset
from callcenter.orders.rulesets import RuleBook, RuleSet, RuleSetBroken
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


class RuleDateFixed(errors.Misconfigured):
    """The city may only say what the document leaves open."""

    code = "ruleset-date-fixed"
    zh = "规则集 {ruleset} 不能自 {day} 起施行：文件载明的日期为 {first}；处理办法：改正 orders.effective_from"
    en = (
        "rule set {ruleset} cannot be in force from {day}: its document says {first}. Remedy: correct "
        "orders.effective_from"
    )


@dataclass(frozen=True, slots=True)
class RuleFile:
    ruleset: RuleSet
    sha256: str


@dataclass(frozen=True, slots=True)
class _Written:
    """A file as it stands, before it has inherited anything."""

    path: Path
    raw: Mapping[str, Any]
    sha256: str


def _read(path: Path) -> _Written:
    try:
        text = path.read_bytes()
        raw: Any = yaml.safe_load(text)
    except OSError as error:
        raise Misconfigured(
            cause=f"cannot read {path.name} ({error.strerror})", remedy="correct orders.rules"
        ) from error
    except yaml.YAMLError as error:
        raise RuleSetBroken(ruleset=path.name, reason=f"not valid YAML: {error}") from error
    return _Written(path, raw if isinstance(raw, dict) else {}, hashlib.sha256(text).hexdigest())


def _whole(file: _Written, by_ref: Mapping[str, _Written], heirs: tuple[str, ...] = ()) -> Mapping[str, Any]:
    """With what it inherits. Raises RuleSetBroken for a parent that is not there or inherits from its heir."""
    parent = file.raw.get("extends")
    if parent is None:
        return file.raw
    if parent in heirs:
        raise RuleSetBroken(ruleset=file.path.name, reason=f"{parent} inherits from itself")
    if parent not in by_ref:
        raise RuleSetBroken(ruleset=file.path.name, reason=f"it extends {parent}, which is not there")
    return inherited(_whole(by_ref[parent], by_ref, (*heirs, parent)), file.raw)


def published_schema() -> dict[str, Any]:
    """The schema of a whole rule set; the part of `policy` is made from `Policy`."""
    schema: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    return schema


def policy_schema() -> dict[str, Any]:
    """What stands in the published schema under `$defs`, from the model that reads it."""
    return Policy.model_json_schema(ref_template="#/$defs/{model}")


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        if not folder.is_dir():
            raise Misconfigured(cause=f"the rules folder {folder} is not there", remedy="correct orders.rules")
        yield from sorted(folder.glob("*.yaml"))


def read_rule_files(extra: Path | None = None) -> list[RuleFile]:
    """The shipped rule sets and those of the folder `extra`, each with what it inherits. Raises RuleSetBroken or
    Misconfigured, naming the file."""
    written = [_read(path) for path in _files([RULES, *([extra] if extra else [])])]
    by_ref = {f"{file.raw.get('id')}/{file.raw.get('version')}": file for file in written}
    validator = Draft202012Validator(published_schema())
    found = []
    for file in written:
        raw = _whole(file, by_ref)
        wrong = [f"{'.'.join(map(str, e.absolute_path)) or '-'}: {e.message}" for e in validator.iter_errors(raw)]
        if wrong:
            raise RuleSetBroken(ruleset=file.path.name, reason="; ".join(wrong[:5]))
        found.append(RuleFile(parse_ruleset(raw), file.sha256))
    return found


def _from(ruleset: RuleSet, days: Mapping[str, date]) -> RuleSet:
    """Raises RuleDateFixed for a day that the document rules out."""
    day = days.get(ruleset.ref)
    if day is None:
        return ruleset
    first = ruleset.effective_from if ruleset.effective_basis == "enacted" else ruleset.published_on
    if ruleset.effective_basis == "enacted" or (first is not None and day < first):
        raise RuleDateFixed(ruleset=ruleset.ref, day=day, first=first)
    return replace(ruleset, effective_from=day, effective_basis="city", effective_source="orders.effective_from")


def rule_book(files: Sequence[RuleFile], effective_from: Mapping[str, date] | None = None) -> RuleBook:
    """`effective_from`: the days that the city has set, by rule set and version. Raises RuleDateFixed, NoSuchRuleSet
    for one of a version that is not there."""
    days = effective_from or {}
    book = RuleBook(_from(file.ruleset, days) for file in files)
    for ref in days:
        ruleset, _, version = ref.partition("/")
        book.get(ruleset, int(version))
    return book


async def enrol(files: Sequence[RuleFile], store: OrderStore) -> None:
    """Remembers the digest of each version at its first start; raises RuleSetEdited when a known one has changed."""
    for file in files:
        known = await store.enrol_ruleset(file.ruleset.id, file.ruleset.version, file.sha256)
        if known != file.sha256:
            raise RuleSetEdited(ruleset=file.ruleset.ref)
