"""Progress on stderr: one line that rewrites itself on a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time

# In a log, lines come no closer together than this.
_LOG_SECONDS = 10.0


class Progress:
    """Shows how many shards are done and about how long the others will take."""

    def __init__(self, shards: int, shown: bool) -> None:
        self._shards = shards
        self._shown = shown
        self._begun = time.monotonic()
        self._last_line = self._begun
        self._is_terminal = sys.stderr.isatty()

    def at(self, done: int) -> None:
        """``done`` shards are done."""
        if not self._shown:
            return
        now = time.monotonic()
        text = f"{done} of {self._shards} shards done in {_duration(now - self._begun)}"
        if 0 < done < self._shards:
            text += f", about {_duration((now - self._begun) / done * (self._shards - done))} left"
        if self._is_terminal:
            # ESC [K clears what a longer line has left behind.
            sys.stderr.write(f"\r{text}\x1b[K")
        elif done == self._shards or now - self._last_line >= _LOG_SECONDS:
            self._last_line = now
            sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Leaves the line as it is."""
        if self._shown and self._is_terminal:
            sys.stderr.write("\n")
            sys.stderr.flush()


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
