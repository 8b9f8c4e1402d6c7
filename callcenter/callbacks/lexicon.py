"""The words of hints, as shipped beside this file."""

from functools import cache
from importlib.resources import files

import yaml

from callcenter.callbacks.sentiment import Lexicon


@cache
def lexicon() -> Lexicon:
    return Lexicon.model_validate(
        yaml.safe_load(files("callcenter.callbacks").joinpath("lexicon.yaml").read_text("utf-8"))
    )
