"""The driver: submits the shards of a study as Ray tasks, waits for them and merges.

Scheduling, retries and lost machines are Ray's business. What is decided here is only what may be tried again (a worker
or machine that is gone, exit code 5, a killed ``linewright``) and what may not (every other exit code).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ray
from ray import cloudpickle
from ray.exceptions import RayError, RayTaskError

from . import segments, shard
from .progress import Progress

# Exit codes of `linewright` that only the driver needs.
INTERNAL = 1
INCOMPLETE = 3
UNMET = 99
# How long cancelled shards may take before their workers are ended: a farewell of `linewright` and some more.
_CANCEL_SECONDS = shard.FAREWELL_SECONDS + 5.0


class Failed(Exception):
    """The study could not be played to its end. What was finished is in its directory; another `run` goes on with it."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        #: 5 if trying again may help; otherwise the exit code of `linewright`.
        self.exit_code = exit_code


@dataclass(frozen=True)
class Summary:
    """What became of a study."""

    directory: Path
    #: Shards that were played now; 0 if nothing was missing.
    shards: int
    seconds: float
    #: Exit code of `linewright merge`: 0 all is well, 3 runs are missing, 99 an expectation does not hold.
    exit_code: int
    #: What `linewright merge` printed.
    report: str

    @property
    def complete(self) -> bool:
        """Whether all runs are there."""
        return self.exit_code != INCOMPLETE


def run(
    directory: str | Path,
    shards: int,
    *,
    address: str | None = None,
    binary: str = "linewright",
    retries: int = 5,
    jobs_per_shard: int = 1,
    ship: bool = False,
    report_format: str = "human",
    progress: bool = False,
) -> Summary:
    """Plays what the study in ``directory`` lacks, in that many shards, and merges it.

    :param shards: How many parts; a few minutes of work each is a good size. No more than cases are made.
    :param address: Of the Ray cluster, as in ``ray.init``; if Ray runs in this program already, that is used.
    :param binary: The program, on the driver and on every worker.
    :param retries: How often a shard is tried again if its failure may pass.
    :param jobs_per_shard: Cores that one shard plays on and that Ray keeps for it.
    :param ship: Send the plan to the workers and bring their runs back, for machines without a shared file system.
    :param report_format: What ``linewright merge`` prints: human, json, junit or github.
    :param progress: Whether to show progress, and what `merge` has to say, on stderr.
    :raises Failed: If a shard failed for good, or as often as it may.
    :raises KeyboardInterrupt: After the shards were asked to stop and have written what they had finished.
    """
    for name, value, least in (("shards", shards, 1), ("retries", retries, 0), ("jobs_per_shard", jobs_per_shard, 1)):
        if value < least:
            raise ValueError(f"{name} must be at least {least}, not {value}")
    begun = time.monotonic()
    directory = Path(directory).resolve()
    if os.sep in binary:
        # Workers begin elsewhere.
        binary = os.path.abspath(binary)
    shards = min(shards, _cases_to_play(binary, directory))
    if shards > 0:
        starts_ray = not ray.is_initialized()
        if starts_ray:
            ray.init(address=address)
        try:
            _play(directory, shards, binary, retries, jobs_per_shard, ship, progress)
        finally:
            if starts_ray:
                ray.shutdown()
    merged = _linewright(binary, "merge", str(directory), "--format", report_format)
    if progress:
        # Segments that are damaged, and where the tables are.
        sys.stderr.write(merged.stderr)
    if merged.returncode not in (shard.DONE, INCOMPLETE, UNMET):
        raise Failed(f"merge: {merged.stderr.strip()}", merged.returncode)
    return Summary(directory, shards, time.monotonic() - begun, merged.returncode, merged.stdout)


def _cases_to_play(binary: str, directory: Path) -> int:
    """How many cases the study has; 0 if all are there. Finds a wrong plan before any machine is asked for."""
    asked = _linewright(binary, "status", str(directory), "--format", "json")
    if asked.returncode not in (shard.DONE, INCOMPLETE):
        raise Failed(asked.stderr.strip(), asked.returncode)
    status = json.loads(asked.stdout)
    return 0 if status["complete"] else int(status["cases"])


def _linewright(binary: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        command = [binary, *arguments]
        return subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    except OSError as error:
        raise Failed(f"cannot start {binary}: {error.strerror}", shard.USAGE) from None


def _play(directory: Path, shards: int, binary: str, retries: int, jobs: int, ship: bool, progress: bool) -> None:
    cloudpickle.register_pickle_by_value(shard)  # type: ignore[no-untyped-call]
    # `max_retries` counts lost workers and `Passing` alike. Ray's annotations know no list of exceptions yet.
    as_task = ray.remote(  # type: ignore[call-overload]
        num_cpus=jobs, max_retries=retries, retry_exceptions=[shard.Passing]
    )
    if ship:
        parcel = ray.put(shard.Parcel((directory / "study.ron").read_bytes(), segments.read_all(directory)))
        shipped = as_task(shard.shipped)
        tasks = [shipped.remote(parcel, index, shards, binary, jobs) for index in range(shards)]
    else:
        in_place = as_task(shard.in_place)
        tasks = [in_place.remote(str(directory), index, shards, binary, jobs) for index in range(shards)]
    try:
        _collect(directory, tasks, progress)
    except BaseException:
        _cancel(tasks)
        raise


def _collect(directory: Path, tasks: Sequence[ray.ObjectRef[shard.Played]], progress: bool) -> None:
    """Waits for all shards. One that failed for good ends the sweep; one that was tried in vain leaves the others be."""
    shown = Progress(len(tasks), progress)
    pending = list(tasks)
    in_vain: list[str] = []
    try:
        while pending:
            ready, pending = ray.wait(pending, timeout=1.0)
            for done in ready:
                try:
                    played = ray.get(done)
                except RayTaskError as error:
                    if not isinstance(error, shard.Passing):
                        raise Failed(f"a defect of this package: {error}", INTERNAL) from error
                    in_vain.append(str(error.cause))
                    continue
                except RayError as error:
                    # Lost workers and machines, as often as they may be.
                    in_vain.append(str(error).strip())
                    continue
                segments.store(directory, played.segments)
                if played.exit_code != shard.DONE:
                    message = f"shard {played.index} of {len(tasks)}: exit code {played.exit_code}\n{played.said}"
                    raise Failed(message.strip(), played.exit_code)
            shown.at(len(tasks) - len(pending))
    finally:
        shown.end()
    if in_vain:
        message = f"{len(in_vain)} of {len(tasks)} shards failed as often as they may; the first: {in_vain[0]}"
        raise Failed(message, shard.INPUT_OUTPUT)


def _cancel(tasks: Sequence[ray.ObjectRef[shard.Played]]) -> None:
    """Asks all shards to stop, so that they write what they have finished; ends those that do not."""
    # Ray (2.60) can crash when a task is cancelled that has just ended, see its pull request 54798: only the others.
    _, pending = ray.wait(list(tasks), num_returns=len(tasks), timeout=0)
    for task in pending:
        ray.cancel(task)
    if pending:
        _, pending = ray.wait(pending, num_returns=len(pending), timeout=_CANCEL_SECONDS)
    for task in pending:
        ray.cancel(task, force=True)
