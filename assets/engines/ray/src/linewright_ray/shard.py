"""What a worker does: plays one shard of a study with ``linewright exec`` and says how it ended.

This module is sent to the workers by value, so they need Ray and the program ``linewright``, but not this package. It
therefore imports nothing but the standard library, and nothing of its neighbours.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

# Exit codes of `linewright`, as under `linewright --help`.
DONE = 0
USAGE = 2
INPUT_OUTPUT = 5
INTERRUPTED = 130

# Ray tries again at once. A full disk or a file server that is away needs a moment.
PAUSE_SECONDS = 2.0
# How often a playing shard looks whether somebody has cancelled it.
LOOK_SECONDS = 0.5
# How long an interrupted `linewright` may take to write what it has finished.
FAREWELL_SECONDS = 10.0


class Passing(Exception):
    """The shard failed for a reason that may be gone when it is tried again."""


@dataclass(frozen=True)
class Played:
    """How a shard ended, for good."""

    index: int
    exit_code: int
    #: What `linewright` said on stderr.
    said: str
    #: Finished segments by their names; empty where the study directory is shared.
    segments: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Parcel:
    """A study for workers that do not see its directory."""

    study: bytes
    #: Segments that are there already, so that nothing is played twice.
    segments: dict[str, bytes]


def in_place(directory: str, index: int, of: int, binary: str, jobs: int) -> Played:
    """Plays a shard of the study in a directory that this worker shares with everybody."""
    return _exec(directory, index, of, binary, jobs)


def shipped(parcel: Parcel, index: int, of: int, binary: str, jobs: int) -> Played:
    """Plays a shard in a directory of this worker's own, and brings back the segments that came into being."""
    with tempfile.TemporaryDirectory(prefix="linewright-") as name:
        runs = Path(name, "runs")
        try:
            runs.mkdir()
            Path(name, "study.ron").write_bytes(parcel.study)
            for segment, contents in parcel.segments.items():
                Path(runs, segment).write_bytes(contents)
            played = _exec(name, index, of, binary, jobs)
            new = (path for path in sorted(runs.glob("*.runs")) if path.name not in parcel.segments)
            segments = {path.name: path.read_bytes() for path in new}
        except OSError as error:
            raise _passing(index, of, f"{name}: {error}") from None
    return Played(index, played.exit_code, played.said, segments)


def _exec(directory: str, index: int, of: int, binary: str, jobs: int) -> Played:
    command = [binary, "exec", directory, "--shard", f"{index}/{of}", "--jobs", str(jobs)]
    with tempfile.TemporaryFile() as stderr:
        try:
            child = _start(command, stderr)
        except OSError as error:
            # A program that is not there or does not run on this machine is not there the next time either.
            return Played(index, USAGE, f"cannot start {binary} on {socket.gethostname()}: {error.strerror}\n")
        try:
            exit_code = _wait(child)
        except BaseException:
            _end(child)
            raise
        stderr.seek(0)
        said = stderr.read().decode(errors="replace")
    if exit_code < 0:
        raise _passing(index, of, f"it was killed by {signal.Signals(-exit_code).name}")
    if exit_code in (INPUT_OUTPUT, INTERRUPTED):
        raise _passing(index, of, said.strip() or f"exit code {exit_code}")
    return Played(index, exit_code, said)


def _start(command: list[str], stderr: IO[bytes]) -> subprocess.Popen[bytes]:
    # Ray blocks SIGINT in its workers, and their children would inherit that: they could not be asked to stop.
    mask = signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    try:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _wait(child: subprocess.Popen[bytes]) -> int:
    # Ray cancels by raising KeyboardInterrupt between two steps of Python, so a wait must not be one long step.
    while True:
        try:
            return child.wait(timeout=LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def _end(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGINT)
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=FAREWELL_SECONDS)
    finally:
        # It may be killed at any time: finished runs are on the disk.
        child.kill()
        child.wait()


def _passing(index: int, of: int, why: str) -> Passing:
    # Ray shows what workers write on stderr to whoever runs the sweep.
    text = f"shard {index} of {of} on {socket.gethostname()}: {why}"
    print(text, file=sys.stderr, flush=True)
    time.sleep(PAUSE_SECONDS)
    return Passing(text)
