"""Documents point at things that are there, and name metrics and runbooks that exist."""

import re
from pathlib import Path

import pytest
import yaml

from callcenter.metrics.dialling import DialMeters
from callcenter.metrics.instruments import Instruments
from callcenter.metrics.live import LiveMeters
from callcenter.metrics.probes import ProbeMeters
from callcenter.resources import ROOT, SCHEMA

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "asr_models" / "README.md"])
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    # performance.md is written by the benchmark's author on a machine that is quiet.
    assert [link for link in links if not (page.parent / link).exists() and link != "performance.md"] == []


def test_every_alert_has_a_runbook_that_is_there() -> None:
    alerts = yaml.safe_load((ROOT / "docker/prometheus/alerts.yml").read_text(encoding="utf-8"))
    headings = set(re.findall(r"^### (.+)$", (ROOT / "docs/operations.md").read_text(encoding="utf-8"), re.MULTILINE))
    for group in alerts["groups"]:
        for rule in group["rules"]:
            page, _, anchor = rule["annotations"]["runbook"].partition("#")
            assert (ROOT / page).is_file()
            assert anchor in headings, rule["alert"]


def test_rules_and_dashboard_use_metrics_that_exist() -> None:
    instruments = Instruments()
    _meters = ProbeMeters(instruments), DialMeters(instruments), LiveMeters(instruments)
    known = {sample.name for metric in instruments.registry.collect() for sample in metric.samples}
    known |= {f"{metric.name}{end}" for metric in instruments.registry.collect() for end in ("", "_total", "_bucket")}
    standing = (ROOT / "callcenter/metrics/standing.py").read_text(encoding="utf-8")
    known |= {f"hotline_{name}" for name in re.findall(r'gauge\(\s*"(\w+)"', standing)}
    used: set[str] = set()
    for name in ("prometheus/recording.yml", "prometheus/alerts.yml", "grafana/dashboards/hotline.json"):
        used |= set(re.findall(r"\bhotline_\w+", (ROOT / "docker" / name).read_text(encoding="utf-8")))
    assert used - known == set()
    assert (SCHEMA / "queries" / "metrics.sql").is_file()


def test_both_readmes_say_the_same() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
    for text in ("./hotline run", "./hotline test", "HOTLINE_NO_INSTALL=1", "survey_answered", "/api/docs", "--report"):
        assert text in english
        assert text in chinese
    assert english.count("\n## ") == chinese.count("\n## ")
