"""How fast an app may post: about one message a second to a channel, with some patience for bursts."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass
class RateLimit:
    """A bucket of `burst` messages a channel that fills by `per_second`."""

    per_second: float = 1.0
    burst: int = 20
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def wait(self, key: str, now: float) -> int:
        """Takes one from the bucket: 0, or the whole seconds until there is one again."""
        left, since = self._buckets.get(key, (float(self.burst), now))
        left = min(float(self.burst), left + (now - since) * self.per_second)
        if left < 1:
            self._buckets[key] = (left, now)
            return max(1, math.ceil((1 - left) / self.per_second))
        self._buckets[key] = (left - 1, now)
        return 0
