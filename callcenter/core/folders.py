"""The disk that the house writes to: folders are tried before anything is served."""

import errno
import tempfile
from pathlib import Path
from typing import Final

from callcenter.core.errors import Misconfigured

DISK_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the kernel answers when a file cannot grow: no space, no quota, over the limit of the process."""


def require_folder(folder: Path, setting: str) -> None:
    """Makes the folder, for this user alone, and writes a byte there. `setting` is its environment variable. Blocks.
    Raises Misconfigured."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder, buffering=0) as trial:
            trial.write(b"\0")
    except OSError as error:
        raise Misconfigured(
            cause=f"the folder {folder} cannot be written ({error.strerror})",
            remedy=f"free disk space, or set {setting} to a folder of this user's own",
        ) from error
