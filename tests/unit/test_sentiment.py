"""What citizens say at a call-back, and what it hints at; never a decision."""

import pytest
from pydantic import ValidationError

from callcenter.callbacks.lexicon import lexicon
from callcenter.callbacks.sentiment import Lexicon, hints


def heard(*said: str) -> set[str]:
    return {hint.code for hint in hints(said, lexicon())}


@pytest.mark.rule("XY-11", "SG-11", "SG-28")
@pytest.mark.parametrize(
    ("said", "codes"),
    [
        ("嗯，水管修好了，你们效率高，谢谢你们", {"resolved", "praise"}),
        ("问题解决了，我很满意", {"resolved", "satisfied"}),
        ("根本没解决，还是老样子", {"unresolved"}),
        ("说是来过了，其实没人来，也没有给我解决", {"unresolved"}),
        ("不太满意吧", {"dissatisfied"}),
        ("谈不上满意", {"dissatisfied"}),
        ("我没有不满意", {"satisfied"}),
        ("不是没解决，是又坏了", {"unresolved"}),
        ("就那样吧，凑合", {"reluctant"}),
        ("他们就是走过场，拍个照就走了", {"perfunctory"}),
        ("几个单位踢皮球", {"dissatisfied", "perfunctory"}),
        ("从头到尾没人联系我", {"untold"}),
        ("没有接到过电话，也没答复", {"untold"}),
        ("我都打了多少次了，受不了", {"irritated"}),
        ("再不处理我就去堵门，跟你们没完", {"unresolved", "fierce"}),
        ("晚上吵得睡不着，真的熬不住", {"low"}),
        ("不但解决了，态度也很好", {"resolved", "satisfied"}),
    ],
)
def test_what_is_said_is_hinted_at(said: str, codes: set[str]) -> None:
    assert heard(said) == codes


@pytest.mark.parametrize(
    "said",
    [
        "",
        "喂，你好",
        "能不能帮我解决一下",
        "你们有没有联系那个单位",
        "满意吗",
        "解决了没有",
        "你说行不行",
        "希望早点处理",
        "做满意度调查的啊",
        "麻烦你们了",
        "不是应付",
        "没有敷衍",
    ],
)
def test_questions_wishes_and_small_talk_hint_at_nothing(said: str) -> None:
    assert heard(said) == set()


def test_a_hint_shows_its_words_once_and_a_mood() -> None:
    (found,) = hints(["气死我了", "真是气死", "同归于尽"], lexicon())
    assert (found.code, found.words, found.emotion) == ("fierce", ("气死", "同归于尽"), "fierce")
    assert found.zh
    assert found.en
    (negated,) = hints(["没给我解决"], lexicon())
    assert (negated.code, negated.words) == ("unresolved", ("没给我解决",))


def test_the_nearest_negator_counts_and_never_over_a_stop() -> None:
    assert heard("没有，很好") == {"satisfied"}
    assert heard("没想到很好") == {"satisfied"}
    assert heard("不满意，其实不满意") == {"dissatisfied"}


def test_a_lexicon_whose_opposite_is_no_hint_is_refused() -> None:
    entry = {"zh": "好", "en": "good", "words": ["好"], "opposite": "bad"}
    with pytest.raises(ValidationError, match="no hints"):
        Lexicon.model_validate({"negators": [], "no_negators": [], "hints": {"good": entry}})
