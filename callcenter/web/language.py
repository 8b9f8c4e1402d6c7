"""Which of the two languages a client prefers (RFC 9110, 12.5.4)."""

from callcenter.core.errors import Language


def preferred(accept_language: str) -> Language:
    """Chinese unless English is given more weight. Never raises; what cannot be read is passed over."""
    weight: dict[Language, float] = {"zh": 0.0, "en": 0.0}
    for part in accept_language.split(","):
        tag, _, quality = part.strip().partition(";")
        primary = tag.strip().lower().partition("-")[0]
        value = _quality(quality)
        if primary == "zh":
            weight["zh"] = max(weight["zh"], value)
        elif primary == "en":
            weight["en"] = max(weight["en"], value)
    if weight["en"] != weight["zh"]:
        return "en" if weight["en"] > weight["zh"] else "zh"
    return _first_named(accept_language.lower()) if weight["zh"] > 0 else "zh"


def _quality(text: str) -> float:
    if not text.strip():
        return 1.0
    name, _, value = text.strip().partition("=")
    try:
        return min(max(float(value), 0.0), 1.0) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0


def _first_named(lowered: str) -> Language:
    zh, en = lowered.find("zh"), lowered.find("en")
    return "en" if en >= 0 and (zh < 0 or en < zh) else "zh"
