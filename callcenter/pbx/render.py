"""Writes the configuration files of one Asterisk instance from its plan (decisions D1, D2, D3, D8)."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from callcenter.pbx.decode import WANTED_EVENTS
from callcenter.pbx.music import install_music
from callcenter.pbx.plan import EmergencyKey, HotlineLine, PbxPlan, QueuePlan, SeatLine, Trunk
from callcenter.pbx.tree import Tree

__all__ = ["EmergencyKey", "HotlineLine", "PbxPlan", "QueuePlan", "SeatLine", "Trunk", "render"]

_TEMPLATES: Final = Path(__file__).parent / "templates"


def _jinja() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=select_autoescape(default=False, default_for_string=False),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(plan: PbxPlan, tree: Tree) -> None:
    """Every file of `templates/` is written anew, and music where a class has none; nothing else in the tree is
    touched."""
    jinja = _jinja()
    tree.make()
    for music in plan.music_classes:
        install_music(tree.paths.music if music == "default" else tree.paths.music / music)
    for template in sorted(_TEMPLATES.glob("*.j2")):
        text = jinja.get_template(template.name).render(plan=plan, tree=tree, wanted_events=WANTED_EVENTS)
        target = tree.paths.etc / template.stem
        target.write_text(text, encoding="utf-8")
        target.chmod(0o600)
