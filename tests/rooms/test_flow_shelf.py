"""The flows in use over HTTP: who may see, draw and reload them; a reload swaps all or nothing."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from callcenter.app.flow_room import FlowShelf, make_book
from callcenter.app.speech import read_speech
from callcenter.flows.ports import Outside
from callcenter.flows.runner import FlowRunner
from callcenter.pbx.host import default_cache
from callcenter.people.audit import Audit
from callcenter.resources import IVR
from callcenter.settings import Settings
from callcenter.store.pool import Pool
from callcenter.web.flows import flow_routes
from tests.rooms.flow_caller import Sink
from tests.rooms.people_of_town import MovableClock
from tests.rooms.web_of_town import Web, open_web


@dataclass(frozen=True, slots=True)
class Library:
    web: Web
    folder: Path
    runner: FlowRunner
    pool: Pool

    def change(self, **fields: object) -> None:
        """Of the flow `cancelled`."""
        file = self.folder / "cancelled.yaml"
        flow = yaml.safe_load(file.read_text(encoding="utf-8")) | fields
        file.write_text(yaml.safe_dump(flow, allow_unicode=True), encoding="utf-8")


@pytest.fixture
async def library(pool: Pool, tmp_path: Path) -> AsyncIterator[Library]:
    folder, clock = tmp_path / "flows", MovableClock()
    shutil.copytree(IVR / "flows", folder)
    places = {"folder": folder, "sounds": tmp_path / "sounds", "prompt_cache": default_cache() / "prompts"}
    settings = Settings.model_validate({"flows": places})
    speech = read_speech(settings)
    runner = FlowRunner(pbx="p", book=make_book(settings, speech), outside=Outside(), sink=Sink(), clock=clock)
    shelf = FlowShelf(settings, runner, speech, pool, clock, Audit(clock))
    async with open_web(pool, flow_routes(shelf)) as web:
        yield Library(web, folder, runner, pool)


async def test_a_reload_swaps_the_whole_book_and_is_written_down(library: Library) -> None:
    before = library.runner.book
    library.change(version=9)
    async with library.web.client("root") as admin:
        status, made = await admin.ask("POST", "/api/flows/reload", json={})
        assert status == 200
        assert [line["flow"] for line in made["items"] if line["changed"]] == ["cancelled"]
        _, listed = await admin.ask("GET", "/api/flows")
        _, picture = await admin.ask("GET", "/api/flows/cancelled/picture")
    assert library.runner.book is not before
    versions = {line["flow"]: line["version"] for line in listed["items"]}
    assert versions["cancelled"].startswith("9-")
    assert picture["version"] == versions["cancelled"]
    assert picture["mermaid"].startswith(f"%% cancelled {versions['cancelled']}\nflowchart TD")
    row = await library.pool.fetchrow("select content from flow_version where version = $1", versions["cancelled"])
    assert row is not None
    assert row["content"]["version"] == 9
    trail = await library.pool.fetchval("select detail from audit_log where action = 'flows_reloaded'")
    assert trail == {"changed": "cancelled"}


async def test_faulty_files_are_refused_with_every_fault(library: Library) -> None:
    before = library.runner.book
    library.change(start="nowhere")
    (library.folder / "extra.yaml").write_text("flow: [", encoding="utf-8")
    async with library.web.client("root") as admin:
        status, refused = await admin.ask("POST", "/api/flows/reload", json={})
        assert (status, refused["code"]) == (422, "flows-faulty")
        assert "extra.yaml is not YAML at line" in refused["detail"]
        (library.folder / "extra.yaml").unlink()
        _, refused = await admin.ask("POST", "/api/flows/reload", json={})
        assert "the start nowhere is not there" in refused["detail"]
        assert "notice cannot be reached" in refused["detail"]
    assert library.runner.book is before


async def test_who_may_and_what_is_not_there(library: Library) -> None:
    async with library.web.client("hw01") as agent:
        for method, path in (("POST", "/api/flows/reload"), ("GET", "/api/flows"), ("GET", "/api/flows/main/picture")):
            status, _ = await agent.ask(method, path, **({"json": {}} if method == "POST" else {}))
            assert status == 403, path
    async with library.web.client("root") as admin:
        status, refused = await admin.ask("GET", "/api/flows/nope/picture")
        assert (status, refused["code"]) == (404, "no-such-flow")
