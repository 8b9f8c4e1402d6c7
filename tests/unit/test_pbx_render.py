"""The rendered configuration, where a mistake would be silent."""

import re
from datetime import timedelta
from pathlib import Path, PurePosixPath

import pytest

from callcenter.pbx.decode import WANTED_EVENTS
from callcenter.pbx.plan import SPOKEN, QueuePlan, Trunk
from callcenter.pbx.render import render
from callcenter.pbx.tree import HostPaths, Tree
from tests.simulators.asterisk import sample_plan


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(HostPaths(tmp_path), PurePosixPath("/srv/x"), PurePosixPath("/usr/share/asterisk"), PurePosixPath("/m"))


def test_asterisk_sends_what_the_decoder_wants_and_nothing_else(tree: Tree) -> None:
    render(sample_plan(), tree)
    lines = (tree.paths.etc / "manager.conf").read_text().splitlines()
    filters = [line for line in lines if line.startswith("eventfilter")]
    assert filters == [f"eventfilter(action(include),name({name}))=" for name in WANTED_EVENTS]
    assert "timestampevents=yes" in lines


def test_an_older_asterisk_gets_filters_it_understands(tree: Tree) -> None:
    old = Tree(tree.paths, tree.inside, tree.share, tree.modules, fast_filters=False)
    render(sample_plan(), old)
    assert "eventfilter=Event: Hangup" in (tree.paths.etc / "manager.conf").read_text().splitlines()


def test_secrets_are_for_the_owner_only_and_never_shown(tree: Tree) -> None:
    plan = sample_plan()
    render(plan, tree)
    assert (tree.paths.etc / "manager.conf").stat().st_mode & 0o077 == 0
    assert plan.ami_secret not in repr(plan)
    assert plan.seats[0].secret not in repr(plan)


def test_the_safety_net_is_generated_from_the_plan(tree: Tree) -> None:
    plan = sample_plan()
    render(plan, tree)
    dialplan = (tree.paths.etc / "extensions.conf").read_text()
    for wanted in (
        "exten => 12329,1,Set(HL_FLOW=main)",
        "exten => 2,1,Goto(hl-emergency,119,1)",
        "Set(AGIEXITONHANGUP=yes)",
        "exten => T,1,Set(TIMEOUT(absolute)=0)",
        f"AGI(agi://127.0.0.1:{plan.agi_port}/flow?name=${{HL_FLOW}}&dnis=",
    ):
        assert wanted in dialplan


def test_patience_and_trunk_groups_reach_the_dialplan(tree: Tree) -> None:
    carrier = Trunk(name="carrier", host="192.0.2.1", port=5060)
    police = Trunk(name="police", host="192.0.2.2", port=5060, groups=("emergency",))
    hasty = QueuePlan(name="hasty", patience=timedelta(seconds=90), overflow="offer", music="slow")
    queues = (QueuePlan(name="main"), QueuePlan(name="housing"), hasty)
    render(sample_plan(trunks=(carrier, police), queues=queues), tree)
    dialplan = (tree.paths.etc / "extensions.conf").read_text()
    assert "Queue(main,,,,)" in dialplan
    assert "Queue(hasty,,,,90)" in dialplan
    assert "flow?name=offer&queue=${EXTEN}&waited=" in dialplan
    emergency = dialplan.partition("exten => emergency,1,")[2].partition("exten =>")[0]
    assert re.findall(r"@([a-z]+),", emergency) == ["police", "carrier"]
    assert (tree.paths.music / "slow" / "gentle.wav").exists()
    assert "musicclass=slow" in (tree.paths.etc / "queues.conf").read_text()


def test_the_dialplan_plays_the_prompts_that_it_is_said_to_play(tree: Tree) -> None:
    render(sample_plan(), tree)
    played = "".join((tree.paths.etc / f"{name}.conf").read_text() for name in ("extensions", "queues"))
    named = {name for name in SPOKEN if not name.startswith("number_")}
    assert set(re.findall(r"(?:Background\(|Playback\(|=)hotline/([a-z_]+)", played)) == named


def test_recordings_stay_when_the_configuration_is_written_anew(tree: Tree) -> None:
    render(sample_plan(), tree)
    (tree.paths.monitor / "kept.wav").write_bytes(b"RIFF")
    render(sample_plan(), tree)
    assert (tree.paths.monitor / "kept.wav").exists()
