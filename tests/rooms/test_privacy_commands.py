"""Keys and the audit trail at the command line; what stops a start is told with a remedy."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from callcenter.app import privacy
from callcenter.core.clock import SystemClock
from callcenter.core.errors import Misconfigured
from callcenter.people.chain import Chain
from callcenter.people.keys import new_keys, read_keys
from callcenter.people.sealing import check_vault
from callcenter.people.vault import Vault
from callcenter.settings import Settings, load_settings
from callcenter.store.pool import Pool
from tests.faults.program import run
from tests.rooms.test_audit_chain import EVERY, as_owner
from tests.rooms.town_of_orders import build_town


def settings_with(url: str, file: Path | None) -> Settings:
    return load_settings(store={"url": url}, privacy={"keys_file": file})


@pytest.mark.rule("JC-39")
async def test_audit_verify_names_the_first_row_that_does_not_fit(
    database_url: str, pool: Pool, tmp_path: Path
) -> None:
    file = tmp_path / "keys.json"
    vault = Vault(new_keys(file))
    await check_vault(pool, vault, SystemClock())
    await (await build_town(pool)).dispatched()
    await Chain(pool, vault, SystemClock(), EVERY).extend()
    settings, said = settings_with(database_url, file), io.StringIO()
    console = Console(file=said, width=200)
    assert await privacy.verify_audit(settings, console, None, as_json=True)
    told = json.loads(said.getvalue())
    assert (told["broken"], told["unsealed"], told["checked"]) == (None, 0, 3)
    async with as_owner(pool) as owner:
        row = await owner.fetchval("update order_event set actor_id = null where move = 'dispatched' returning id")
    assert not await privacy.verify_audit(settings, console, told["head"], as_json=False)
    assert f"changed: order_event {row}" in said.getvalue()
    environment = {"HOTLINE_STORE__URL": database_url, "HOTLINE_PRIVACY__KEYS_FILE": str(file)}
    ended = await run("audit", "verify", "--json", settings=environment)
    assert ended.code == 1
    assert json.loads(ended.said)["broken"]["row"] == str(row)


@pytest.mark.rule("B-29", "B-30")
async def test_keys_are_made_rotated_and_retired(database_url: str, pool: Pool, tmp_path: Path) -> None:
    file, console = tmp_path / "keys.json", Console(file=io.StringIO())
    settings = settings_with(database_url, file)
    assert privacy.make_keys(settings, None) == file
    keys = read_keys(file)
    with pytest.raises(Misconfigured, match="already"):
        privacy.make_keys(settings, None)
    privacy.rotate_keys(settings, None)
    assert read_keys(file).sealing[1:] == keys.sealing
    with pytest.raises(privacy.StillNeeded):
        await privacy.retire_keys(settings, None)
    await privacy.migrate(settings, console)
    await privacy.retire_keys(settings, None)
    assert len(read_keys(file).sealing) == 1
    assert read_keys(file).search == keys.search
    privacy.rotate_keys(settings, None, search=True, chain=True)
    assert [len(one) for one in (read_keys(file).sealing, read_keys(file).search, read_keys(file).chain)] == [1, 2, 2]
    with pytest.raises(privacy.StillNeeded):
        await privacy.retire_keys(settings, None)
    await privacy.migrate(settings, console)
    await privacy.retire_keys(settings, None)
    assert (len(read_keys(file).search), len(read_keys(file).chain)) == (1, 2), "the chain keeps its keys"
    await privacy.migrate(settings, console)
    other = tmp_path / "other.json"
    new_keys(other)
    with pytest.raises(Misconfigured, match="restore"):
        await privacy.migrate(settings_with(database_url, other), console)
    with pytest.raises(Misconfigured, match="no file of keys"):
        privacy.make_keys(settings_with(database_url, None), None)
    await privacy.migrate(settings_with(database_url, None), console)
