"""Plays the shards of a Linewright study on a Ray cluster.

The study is laid out before (``linewright plan FILE --out DIR``). Then either ``python -m linewright_ray DIR --shards N``
or, from a program::

    import linewright_ray

    summary = linewright_ray.run("line.study", shards=64)
    assert summary.complete

Nothing here decides what a run is or where its results belong: ``linewright exec`` and ``linewright merge`` do, so the
results are those of a single machine, byte for byte.
"""

from .sweep import Failed, Summary, run

__all__ = ["Failed", "Summary", "run"]
