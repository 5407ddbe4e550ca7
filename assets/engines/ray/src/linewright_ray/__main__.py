"""``python -m linewright_ray DIR --shards N``: the sweep from a shell, with exit codes as those of ``linewright``."""

from __future__ import annotations

import argparse
import sys

from .shard import INPUT_OUTPUT, INTERRUPTED, USAGE
from .sweep import Failed, run


def main() -> int:
    """Plays, merges, prints what `linewright merge` prints, and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="linewright_ray",
        description="Plays the shards of a study that `linewright plan` has laid out on a Ray cluster, and merges them.",
        epilog="Exit codes: 0 all is well; 1, 2, 4 the study or the command line is wrong; 3 runs are missing; "
        "5 shards failed as often as they may, the same command goes on; 99 an expectation does not hold; "
        "130 interrupted, the same command goes on.",
    )
    parser.add_argument("directory", metavar="DIR", help="the directory of the study")
    parser.add_argument("--shards", type=int, required=True, metavar="N", help="parts; some minutes of work each")
    parser.add_argument("--address", help="of the Ray cluster; without, the one that is found or a local one")
    parser.add_argument("--binary", default="linewright", help="the program on every machine (%(default)s)")
    parser.add_argument("--retries", type=int, default=5, metavar="R", help="further tries of a shard (%(default)s)")
    parser.add_argument(
        "--jobs-per-shard", type=int, default=1, metavar="J", help="cores that a shard plays on (%(default)s)"
    )
    parser.add_argument("--ship", action="store_true", help="for workers that do not see DIR: send it, bring runs back")
    parser.add_argument(
        "--format", default="human", choices=("human", "json", "junit", "github"), help="of the results"
    )
    arguments = parser.parse_args()
    try:
        summary = run(
            arguments.directory,
            arguments.shards,
            address=arguments.address,
            binary=arguments.binary,
            retries=arguments.retries,
            jobs_per_shard=arguments.jobs_per_shard,
            ship=arguments.ship,
            report_format=arguments.format,
            progress=True,
        )
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return USAGE
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return INPUT_OUTPUT
    except Failed as failed:
        # What `linewright` says begins with that word already.
        text = str(failed)
        print(text if text.startswith("error") else f"error: {text}", file=sys.stderr)
        return failed.exit_code
    except KeyboardInterrupt:
        print("interrupted: what is finished is kept; the same command goes on", file=sys.stderr)
        return INTERRUPTED
    print(summary.report, end="")
    return summary.exit_code


if __name__ == "__main__":
    sys.exit(main())
