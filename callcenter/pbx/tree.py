"""The private directory tree of one Asterisk instance, as this process and as Asterisk see it."""

import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class HostPaths:
    """Folders and files of an instance, as this process sees them."""

    base: Path

    @property
    def etc(self) -> Path:
        return self.base / "etc"

    @property
    def monitor(self) -> Path:
        """Recordings: `YYYYMMDD/<uniqueid>-rx.wav` and `-tx.wav`."""
        return self.base / "spool" / "monitor"

    @property
    def sounds(self) -> Path:
        return self.base / "lib" / "sounds"

    @property
    def music(self) -> Path:
        """Music on hold: the files of the class `default`, and a folder for each other class."""
        return self.base / "lib" / "moh"

    @property
    def logs(self) -> Path:
        return self.base / "log"

    @property
    def cel(self) -> Path:
        """Channel events as CSV, see `templates/cel_custom.conf.j2` for the columns."""
        return self.logs / "cel-custom" / "Master.csv"

    @property
    def run(self) -> Path:
        return self.base / "run"

    @property
    def console(self) -> Path:
        """What the Asterisk process wrote to its own output."""
        return self.logs / "console.log"


@dataclass(frozen=True, slots=True)
class Tree:
    """`inside` is the same folder as `paths.base` where Asterisk runs in a private root, `share` and `modules` its own
    program folders, all three as Asterisk sees them."""

    paths: HostPaths
    inside: PurePosixPath
    share: PurePosixPath
    modules: PurePosixPath
    fast_filters: bool = True
    """Whether `eventfilter` understands event names (Asterisk 20.11, 21.6, 22.1)."""

    @property
    def config(self) -> PurePosixPath:
        return self.inside / "etc" / "asterisk.conf"

    def make(self) -> None:
        """Creates what is missing; keeps what is there (AstDB, recordings)."""
        paths = self.paths
        for folder in (
            paths.etc,
            paths.monitor,
            paths.sounds,
            paths.cel.parent,
            paths.run,
            paths.music,
            paths.base / "keys" / "keys",
        ):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        documentation = paths.base / "lib" / "documentation"
        if not documentation.is_symlink():
            documentation.symlink_to(self.share / "documentation")

    def remove(self) -> None:
        shutil.rmtree(self.paths.base, ignore_errors=True)
