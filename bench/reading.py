"""How fast messages are read: a second's worth, the slowest in a hundred, and what the import costs.

    python bench/reading.py

Uses one core and the development messages under `tests/unit/reading/data/`. The goals are 2,000 messages a
second, any message within 100 ms, and an import within 300 ms.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "unit" / "reading" / "data"
SETS = ("development-1.jsonl", "development-2.jsonl")
ROUNDS = 20


def import_milliseconds() -> float:
    """CPU of the best of five fresh interpreters, less what an empty one takes: the machine may be busy."""

    def run(code: str) -> float:
        times = []
        for _ in range(5):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return min(times) * 1000

    return run("import referral_bot.reading") - run("pass")


def main() -> None:
    """Measure and print."""
    print(f"import               {import_milliseconds():8.0f} ms")
    sys.path.insert(0, str(ROOT))
    from referral_bot.reading import read
    from referral_bot.reading.understand import message_of

    lines = [line for name in SETS for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
    messages = [message_of(json.loads(line)) for line in lines]
    started = time.perf_counter()
    read(messages[0].text, now=messages[0].now, context=messages[0].context)
    print(f"first message        {(time.perf_counter() - started) * 1000:8.1f} ms")
    rates, times = [], []
    for _ in range(ROUNDS):
        round_started = time.process_time()
        for message in messages:
            began = time.process_time()
            read(message.text, now=message.now, context=message.context)
            times.append(time.process_time() - began)
        rates.append(len(messages) / (time.process_time() - round_started))
    print(f"messages a second    {max(rates):8.0f} (best of {ROUNDS}; median {statistics.median(rates):.0f})")
    print(f"mean message         {statistics.fmean(times) * 1000:8.2f} ms")
    print(f"p99 message          {statistics.quantiles(times, n=100)[98] * 1000:8.2f} ms")


if __name__ == "__main__":
    main()
