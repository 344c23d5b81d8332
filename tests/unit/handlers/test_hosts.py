from __future__ import annotations

import pytest

from handlers.hosts import is_loopback


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("bot.example", False),
        ("localhost.evil", False),
        ("[", False),
        ("", False),
    ],
)
def test_this_machine_is_told_from_others(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
