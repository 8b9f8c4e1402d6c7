"""Free text as somebody may read it who may not see the citizen (B-29, SG-22). Pure.

Found by their form: telephone numbers, identity and bank cards, accounts of digits, in half or full width, grouped by
blanks or strokes, and as a recogniser writes them in Chinese numerals. Days, amounts and house numbers stay. A name has
no form: confidential orders and reports are therefore cut by `orders.privacy`, whatever is covered in their text.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

COVER: Final = "***"
_NARROW: Final = str.maketrans("０１２３４５６７８９＋－（）　Ｘｘ", "0123456789+-() Xx")
"""One sign for one sign: places in the narrowed text are places in the text."""
_GAP: Final = r"[\- .·]?"
_DAY: Final = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
_AMOUNT: Final = r"(?=\d+(?:\.\d+)?\s*(?:[元万亿米人吨户]|平方|公里))"
_NUMBERS: Final = re.compile(
    "|".join(
        (
            r"(?<!\d)(?:\d{6} ?(?:19|20)\d{2} ?\d{4} ?\d{3}[\dXx])(?!\d)",  # identity card
            rf"(?P<order>(?<!\d){_DAY}-\d{{6,}}(?!\d))",  # an order's number, which stays
            rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)",  # mobile
            rf"(?<![\d.])(?:(?:\+|00)?86{_GAP})?\(?0\d{{2,3}}\)?{_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d)",  # with area code
            r"(?<!\d)\d{4}(?: \d{4}){2,4}(?: \d{1,3})?(?!\d)",  # bank card, grouped
            r"(?<![\d.])[2-8]\d{2,3}[\- ]\d{4}(?![\d\-])",  # of the city, grouped
            rf"(?<![\d.])(?!{_DAY})(?!{_AMOUNT})\+?\d{{7,}}[Xx]?(?!\d)",
            r"[零〇一幺二两三四五六七八九](?: ?[零〇一幺二两三四五六七八九]){6,}",
        )
    )
)


_WRITTEN: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}|\d{4}-\d\d-\d\dT[\d:.+Z\-]+")
"""What programs write, not people: ids, digests, times."""


def without_numbers(text: str, cover: str = COVER) -> str:
    """Every number that could lead to a person gives way to `cover`."""
    told, at = [], 0
    for found in _NUMBERS.finditer(text.translate(_NARROW)):
        if found["order"] is None:
            told += [text[at : found.start()], cover]
            at = found.end()
    return "".join((*told, text[at:]))


def covered(value: Any) -> Any:
    """A record, as JSON has it, with `without_numbers` of all its texts; ids and times stay."""
    match value:
        case str():
            return value if _WRITTEN.fullmatch(value) else without_numbers(value)
        case Mapping():
            return {name: covered(one) for name, one in value.items()}
        case Sequence():
            return [covered(one) for one in value]
    return value
