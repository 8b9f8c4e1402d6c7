"""The measure of work orders on a small load: every figure is had, every due is marked, the load is what it says."""

from pathlib import Path

import pytest

from callcenter.bench import order_load
from callcenter.bench.orders import ORDERS, measure_in
from callcenter.bench.stage import Bench
from callcenter.pbx.host import AsteriskInstall
from callcenter.store.pool import Pool

MOST = 3000


@pytest.mark.rule("SG-27")
async def test_a_small_load_measured(pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its orders a second are far beyond a prefecture's 1.2 thousand a day (JC-02) and a street's hundred (SG-27); the
    figures with five million loaded are in docs/performance.md."""
    monkeypatch.setattr(order_load, "PIECE", 2000)
    install = AsteriskInstall(version=(22, 0, 0), root=None, instances=tmp_path)
    bench = Bench(install=install, folder=tmp_path, quick=True, say=lambda _: None)
    figures = await measure_in(bench, pool, MOST)
    told = {figure.name: figure for figure in figures}
    assert len(figures) == 11
    assert {figure.aim for figure in figures} >= {"p99 ≤ 50", "p99 ≤ 200", "≤ 5", "≥ 0.5", "≤ 10"}
    assert all(figure.value for figure in told.values())
    loaded = "created_at < now() - interval '1 hour'"
    assert await pool.fetchval(f"select count(*) from work_order where {loaded}") > MOST * 0.99
    searched = "select count(*) from order_text t where not exists (select from work_order w where w.id = t.order_id)"
    assert await pool.fetchval(searched) == 0
    assert await pool.fetchval("select count(*) from work_order") == await pool.fetchval(
        "select count(*) from order_text"
    )
    assert await pool.fetchval("select count(*) from work_order where closed_at is null") > 20
    unmarked = "stopped_at is null and breached_at is null and due_at <= now()"
    assert (
        await pool.fetchval(f"select count(*) from order_timer where {unmarked} and name in ('handle', 'contact')") == 0
    )
    indexes = "select count(*) from pg_indexes where indexname = any($1)"
    made_again = ["work_order_street", "order_timer_running", "order_text_tokens", "work_order_open_holder"]
    assert await pool.fetchval(indexes, made_again) == len(made_again)
    assert ORDERS == 5_000_000
