"""Pictures as the public sees them: drawn anew, so that nothing but the pixels leaves - no place, no camera, no name,
no thumbnail, nothing behind the picture's end. What was sent stays as it is on the shelf, with its hash."""

import io
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

SHOWABLE: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
SHOWN_TYPE: Final = "image/jpeg"
_MOST_PIXELS: Final = 60_000_000
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_QUALITY: Final = 85


class NotDrawable(ValueError):
    """It calls itself a picture and is none, or one of too many pixels."""


def drawn_anew(file: Path, side: int) -> bytes:
    """JPEG, upright, its longer side at most `side` pixels; what is clear becomes white. Blocks. Raises NotDrawable,
    FileNotFoundError."""
    try:
        with Image.open(file, formats=_FORMATS) as given:
            if given.width * given.height > _MOST_PIXELS:
                raise NotDrawable("too many pixels")
            given.draft("RGB", (side, side))
            upright = ImageOps.exif_transpose(given)
            upright.thumbnail((side, side))
            pixels = upright.convert("RGBA")
    except FileNotFoundError:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise NotDrawable("not a picture") from error
    plain = Image.new("RGB", pixels.size, "white")
    plain.paste(pixels, mask=pixels.getchannel("A"))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()
