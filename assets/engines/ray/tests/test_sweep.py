"""Plays sweeps on a local Ray cluster of two nodes while workers, nodes and files fail, and compares the results, byte for
byte, with those of a single machine.

Needs Linux, Ray, and the program: ``LINEWRIGHT=target/release/linewright python assets/engines/ray/tests/test_sweep.py``.
"""

from __future__ import annotations

import contextlib
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from collections.abc import Callable
from pathlib import Path

# Read by Ray when it is imported: it reports nothing home, leaves no token behind, and misses a node within seconds.
os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_AUTH_MODE="disabled", PYTHONDONTWRITEBYTECODE="1")
os.environ.update(RAY_health_check_period_ms="1000", RAY_health_check_failure_threshold="4")
SOURCES = Path(__file__).parents[1] / "src"
sys.path.insert(0, str(SOURCES))

import ray
from ray.cluster_utils import Cluster

import linewright_ray
from linewright_ray import Failed, segments, shard

PROGRAM = os.path.abspath(os.environ.get("LINEWRIGHT", "target/release/linewright"))
SCENARIO = Path(__file__).parents[4] / "scenarios" / "03_failures.ron"
AXIS = "weld.queue=1,2,3,4"
REPLICATIONS = "12"
SHARDS = 4
RUNS = 48
# How a segment begins; the rest is described in crates/study/src/journal/segment.rs.
MAGIC = b"linewright runs 1\n"
NODE = {"num_cpus": 1, "object_store_memory": 100 * 1024 * 1024}
# Nothing here takes longer unless it hangs.
PATIENCE_SECONDS = 60.0

# Two machines that pass a part on without end: one of its points takes no time, so it cannot be played (exit code 4).
CIRCLE = """Scenario(schema: 1, name: "circle", clock: (horizon: "1 h"), elements: {
    "supply": Source(arrivals: Interarrival("10 min"), next: "a"),
    "a": Station(process_time: "1 s", queue: 5, next: "b"),
    "b": Station(process_time: "0 s", queue: 5, next: "a"),
})"""


def linewright(*arguments: object) -> None:
    subprocess.run([PROGRAM, *map(str, arguments)], check=True, capture_output=True)


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def runs_in(segments: dict[str, bytes]) -> list[bytes]:
    """Case and replication of every run, sorted. How many segments there are depends on how long the runs take."""
    runs = []
    for segment in segments.values():
        (columns,) = struct.unpack_from("<I", segment, len(MAGIC))
        place = len(MAGIC) + 4
        for _ in range(columns):
            (length,) = struct.unpack_from("<I", segment, place)
            place += 4 + length
        (rows,) = struct.unpack_from("<Q", segment, place)
        # A row is the case, the replication, the digest, the number of events, and a value a column.
        size = 16 + 8 + 16 + 8 + 8 * columns
        runs += [segment[place + 8 + row * size :][:24] for row in range(rows)]
    return sorted(runs)


class Spy:
    """A program that notes how it is called and then becomes `linewright`; what `before` says happens in between."""

    def __init__(self, directory: Path, before: str = "") -> None:
        self.path = directory / "spy"
        self.log = directory / "calls"
        self.log.touch()
        # The process keeps its number when it becomes another program, and its parent is the worker.
        self.path.write_text(f'#!/bin/sh\necho "$$ $PPID $@" >>{self.log}\n{before}\nexec {PROGRAM} "$@"\n')
        self.path.chmod(0o755)

    def calls(self) -> list[tuple[int, int, list[str]]]:
        """Process, parent and arguments of every `exec` so far."""
        lines = [line.split() for line in self.log.read_text().splitlines()]
        return [(int(line[0]), int(line[1]), line[2:]) for line in lines if line[2] == "exec"]

    def tries(self, index: int, of: int = SHARDS) -> int:
        return sum(f"{index}/{of}" in arguments for _, _, arguments in self.calls())

    def when_playing(
        self, act: Callable[[int, int], None], there: Callable[[int], bool] = lambda _: True, worked: float = 0.1
    ) -> threading.Thread:
        """Calls `act` with process and parent of an `exec` whose worker is `there`, in the middle of its work.

        That is when it has used so many seconds of a core: other load on this machine does not matter.
        """

        def watch() -> None:
            end = time.monotonic() + PATIENCE_SECONDS
            while time.monotonic() < end:
                for process, parent, _ in self.calls():
                    if there(parent) and core_seconds(process) >= worked:
                        act(process, parent)
                        return
                time.sleep(0.01)

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        return thread


def fields(process: int) -> list[str]:
    """What Linux says of a process, from its state on; nothing if it is gone."""
    try:
        # The name, in parentheses, may hold spaces.
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def parent_of(process: int) -> int:
    known = fields(process)
    return int(known[1]) if known else 0


def core_seconds(process: int) -> float:
    return sum(map(int, fields(process)[11:13])) / os.sysconf("SC_CLK_TCK")


def kill_worker(process: int, parent: int) -> None:
    """Kills a worker of Ray and what it plays, if Ray has not been quicker: nothing of that shard goes on."""
    for victim in (parent, process):
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)


class Sweeps(unittest.TestCase):
    cluster: Cluster
    temporary: tempfile.TemporaryDirectory[str]
    expected: dict[str, bytes]

    @classmethod
    def setUpClass(cls) -> None:
        cls.temporary = tempfile.TemporaryDirectory(prefix="linewright-", ignore_cleanup_errors=True)
        # For Ray and its workers: what they leave behind goes, too.
        os.environ["TMPDIR"] = cls.temporary.name
        alone = Path(cls.temporary.name, "alone")
        linewright("sweep", SCENARIO, "--axis", AXIS, "--replications", REPLICATIONS, "--out", alone)
        cls.expected = contents(alone / "results")
        cls.cluster = Cluster(initialize_head=True, head_node_args=NODE)
        cls.cluster.add_node(**NODE)
        ray.init(address=cls.cluster.address, log_to_driver=False)

    @classmethod
    def tearDownClass(cls) -> None:
        ray.shutdown()
        cls.cluster.shutdown()
        cls.temporary.cleanup()

    def setUp(self) -> None:
        self.directory = Path(tempfile.mkdtemp(dir=self.temporary.name))
        self.study = self.directory / "study"

    def plan(self) -> None:
        linewright("plan", SCENARIO, "--axis", AXIS, "--replications", REPLICATIONS, "--out", self.study)

    def check_results(self) -> None:
        self.assertEqual(contents(self.study / "results"), self.expected)

    def test_killed_worker(self) -> None:
        self.plan()
        spy = Spy(self.directory)
        # When the first shard is done already.
        killer = spy.when_playing(kill_worker, there=lambda _: len(spy.calls()) > 2)
        summary = linewright_ray.run(self.study, SHARDS, binary=str(spy.path))
        killer.join()
        self.assertTrue(summary.complete)
        self.assertEqual(summary.exit_code, 0)
        self.assertEqual(len(spy.calls()), SHARDS + 1, "one shard was played twice")
        self.check_results()

        again = linewright_ray.run(self.study, SHARDS, binary=str(spy.path))
        self.assertEqual((again.shards, again.exit_code), (0, 0))
        self.assertEqual(len(spy.calls()), SHARDS + 1, "nothing is played again")

    def test_killed_worker_without_a_shared_directory(self) -> None:
        self.plan()
        # What is there already goes along and is not played again.
        linewright("exec", self.study, "--shard", f"0/{SHARDS}")
        before = contents(self.study / "runs")
        spy = Spy(self.directory)
        # When the first shard is done already.
        killer = spy.when_playing(kill_worker, there=lambda _: len(spy.calls()) > 2)
        linewright_ray.run(self.study, SHARDS, binary=str(spy.path), ship=True)
        killer.join()
        self.assertGreater(len(spy.calls()), SHARDS)
        self.assertFalse(any(str(self.study) in arguments for _, _, arguments in spy.calls()))
        self.check_results()
        after = contents(self.study / "runs")
        self.assertEqual({name: after[name] for name in before}, before)
        self.assertTrue(all(name.endswith(".runs") for name in after), "no partial file")
        runs = runs_in(after)
        self.assertEqual((len(runs), len(set(runs))), (RUNS, RUNS), "none is lost, none is there twice")

    def test_a_shipped_shard_brings_back_only_what_is_new(self) -> None:
        self.plan()
        plan = (self.study / "study.ron").read_bytes()
        linewright("exec", self.study, "--shard", f"0/{SHARDS}")
        there = contents(self.study / "runs")
        played = shard.shipped(shard.Parcel(plan, {}), 0, SHARDS, PROGRAM, 1)
        self.assertEqual((played.exit_code, runs_in(played.segments)), (0, runs_in(there)))
        self.assertEqual(len(runs_in(there)), RUNS // SHARDS)
        played = shard.shipped(shard.Parcel(plan, there), 0, SHARDS, PROGRAM, 1)
        self.assertEqual((played.exit_code, played.segments), (0, {}))

    def test_lost_node(self) -> None:
        self.plan()
        node = self.cluster.add_node(**NODE)
        spy = Spy(self.directory)
        raylet = node.all_processes["raylet"][0].process.pid

        def lose(process: int, parent: int) -> None:
            # A machine that goes away takes everything along at once; here one thing after the other must do.
            os.kill(process, signal.SIGSTOP)
            self.cluster.remove_node(node, allow_graceful=False)
            kill_worker(process, parent)

        killer = spy.when_playing(lose, there=lambda worker: parent_of(worker) == raylet)
        linewright_ray.run(self.study, SHARDS, binary=str(spy.path))
        killer.join()
        self.assertGreater(len(spy.calls()), SHARDS, "what that node played was played again")
        self.check_results()

    def test_permanent_failure_is_not_tried_again(self) -> None:
        scenario = self.directory / "circle.ron"
        scenario.write_text(CIRCLE)
        linewright("plan", scenario, "--axis", "a.process_time=1 s,0 s", "--replications", 1, "--out", self.study)
        spy = Spy(self.directory)
        with self.assertRaises(Failed) as raised:
            linewright_ray.run(self.study, 2, binary=str(spy.path))
        self.assertEqual(raised.exception.exit_code, 4)
        self.assertIn("LW0801", str(raised.exception))
        self.assertEqual(spy.tries(1, of=2), 1)

    def test_wrong_plan_is_found_before_anything_is_played(self) -> None:
        self.plan()
        plan = self.study / "study.ron"
        plan.write_text(plan.read_text().replace("schema: 1", "schema: 7"))
        spy = Spy(self.directory)
        with self.assertRaises(Failed) as raised:
            linewright_ray.run(self.study, SHARDS, binary=str(spy.path))
        self.assertEqual(raised.exception.exit_code, 4)
        self.assertEqual(spy.calls(), [])

    def test_what_may_pass_is_tried_again_and_not_for_ever(self) -> None:
        self.plan()
        stuck = Spy(self.directory, before='case "$1 $4" in "exec 0/4") echo "disk full" >&2; exit 5;; esac')
        with self.assertRaises(Failed) as raised:
            linewright_ray.run(self.study, SHARDS, binary=str(stuck.path), retries=1)
        self.assertEqual(raised.exception.exit_code, 5)
        self.assertIn("disk full", str(raised.exception))
        self.assertEqual([stuck.tries(index) for index in range(SHARDS)], [2, 1, 1, 1], "the others are played")

        once = f'[ "$1" = exec ] && [ "$4" = 0/4 ] && [ ! -e {self.directory}/once ] && touch {self.directory}/once && exit 5'
        linewright_ray.run(self.study, SHARDS, binary=str(Spy(self.directory, before=once).path), retries=1)
        self.check_results()

    def test_interrupt_leaves_a_study_that_goes_on(self) -> None:
        self.plan()
        spy = Spy(self.directory)
        command = [sys.executable, "-m", "linewright_ray", self.study, "--shards", "2", "--binary", spy.path]
        command += ["--address", self.cluster.address]
        environment = os.environ | {"PYTHONPATH": str(SOURCES)}
        driver = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        interrupter = spy.when_playing(lambda *_: driver.send_signal(signal.SIGINT), worked=0.2)
        said, _ = driver.communicate(timeout=PATIENCE_SECONDS)
        interrupter.join()
        self.assertEqual(driver.returncode, 130, said)
        self.assertIn("the same command goes on", said)
        for process, _, _ in spy.calls():
            with self.assertRaises(ProcessLookupError, msg="no shard plays on"):
                os.kill(process, 0)
        before = set(contents(self.study / "runs"))
        self.assertTrue(before, "what was finished is kept")

        finished = subprocess.run(
            command, check=False, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertIn("2 of 2 shards done", finished.stderr)
        self.assertLessEqual(before, set(contents(self.study / "runs")))
        self.check_results()

    def test_a_segment_has_the_name_of_a_segment(self) -> None:
        self.study.mkdir()
        for name in ("../study.ron", "x.runs", "0123456789abcdef.runs/x", ""):
            with self.assertRaises(ValueError):
                segments.store(self.study, {name: b""})
        segments.store(self.study, {"0123456789abcdef.runs": b"whole"})
        self.assertEqual(contents(self.study / "runs"), {"0123456789abcdef.runs": b"whole"})
        self.assertEqual(segments.read_all(self.study), {"0123456789abcdef.runs": b"whole"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
