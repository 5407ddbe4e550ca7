"""Segments of finished runs that come in from workers: put into the study so that each is whole or not there.

The same way as ``linewright`` writes its own (temporary file, sync, rename, sync of the directory), with temporary names
that it knows and removes in time if a driver is killed in between.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

# Segments are named by a hash of their contents; anything else from a worker has no business in the study.
_NAME = re.compile(r"[0-9a-f]{8,64}\.runs")


def read_all(directory: Path) -> dict[str, bytes]:
    """All segments of the study, by their names."""
    paths = sorted(path for path in directory.glob("runs/*.runs") if _NAME.fullmatch(path.name))
    return {path.name: path.read_bytes() for path in paths}


def store(directory: Path, segments: dict[str, bytes]) -> None:
    """Puts segments into the study; they are on the disk when this returns."""
    runs = directory / "runs"
    runs.mkdir(exist_ok=True)
    for name, contents in segments.items():
        if not _NAME.fullmatch(name):
            raise ValueError(f"a worker sent {name!r}, which is no name of a segment")
        temporary = runs / f".{name}.{os.getpid()}.ray.partial"
        try:
            with temporary.open("wb") as file:
                file.write(contents)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(runs / name)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    if segments:
        _sync_directory(runs)


def _sync_directory(directory: Path) -> None:
    # The renames themselves are on the disk only once the directory is.
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
