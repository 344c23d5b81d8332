"""What stands in deploy/ holds together: with the program's settings, its files, and each other."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from handlers.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
HAPROXY = (DEPLOY / "haproxy.cfg").read_text("utf-8")
UNIT = (DEPLOY / "referral-bot.service").read_text("utf-8")


@pytest.fixture
def compose() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return made


def instructions(name: str) -> list[str]:
    """The arguments of a Dockerfile's instruction, in order."""
    joined = re.sub(r"\\\n\s*", "", DOCKERFILE)
    return re.findall(rf"^{name} (.+)$", joined, re.M)


def test_the_image_copies_what_is_there_and_is_given_no_more() -> None:
    copied = [source for line in instructions("COPY") if "--from" not in line for source in line.split()[:-1]]
    assert "requirements/runtime.txt" in copied
    for source in copied:
        assert (ROOT / source).exists(), source
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    given = {line[1:] for line in ignored if line.startswith("!")}
    assert "*" in ignored
    assert given == {source.rstrip("/") for source in copied}


def test_the_image_installs_what_is_pinned_by_hash_and_names_no_address() -> None:
    first, second = (line for line in instructions("RUN") if "pip install" in line)
    assert "--require-hashes" in first
    assert "requirements/runtime.txt" in first
    assert "--no-deps" in second
    assert "--no-build-isolation" in second
    addresses = re.findall(r"https?://[^/' ]+", DOCKERFILE)
    assert addresses == ["http://127.0.0.1:"]


def test_the_image_runs_as_nobody_special_and_tells_its_health() -> None:
    assert instructions("USER") == ["10001"]
    assert "/healthz" in instructions("HEALTHCHECK")[0]
    assert instructions("STOPSIGNAL") == ["SIGTERM"]
    assert instructions("ENTRYPOINT") == ['["referral-bot"]']


def test_three_replicas_start_after_one_upgrade_of_the_database(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"database", "upgrade", "bot", "balancer"}
    assert services["bot"]["deploy"]["replicas"] == 3
    assert services["bot"]["depends_on"]["upgrade"]["condition"] == "service_completed_successfully"
    assert services["upgrade"]["command"] == ["db", "upgrade"]
    assert services["upgrade"]["restart"] == "no"
    assert services["upgrade"]["depends_on"]["database"]["condition"] == "service_healthy"
    for name in ("bot", "upgrade"):
        assert services[name]["environment"]["DATABASE_URL"].startswith("postgresql://")
        assert services[name]["read_only"] is True


def test_only_the_balancer_is_reached_and_the_database_from_inside_alone(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert {name for name, service in services.items() if "ports" in service} == {"balancer"}
    assert services["balancer"]["ports"] == ["127.0.0.1:3000:3000"]
    assert services["database"]["networks"] == ["inside"]
    assert compose["networks"]["inside"]["internal"] is True


def test_a_stop_is_given_longer_than_the_program_takes(compose: dict[str, Any]) -> None:
    from handlers.app import FINISH_ALL

    assert int(compose["services"]["bot"]["stop_grace_period"].removesuffix("s")) > FINISH_ALL
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", UNIT, re.M)
    assert int(seconds) > FINISH_ALL


def test_no_secret_has_a_value_and_every_name_is_a_setting(compose: dict[str, Any]) -> None:
    lines = (DEPLOY / ".env.example").read_text("utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    of_compose = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text("utf-8")))
    assert set(given) - of_compose <= {name.upper() for name in Settings.model_fields}
    assert of_compose <= set(given)
    secrets = [name for name in given if re.search("SECRET|TOKEN|KEYS|PASSWORD", name)]
    assert len(secrets) == 5
    assert [given[name] for name in secrets] == [""] * 5


def test_the_balancer_asks_whether_a_replica_lives_and_shows_no_metrics(compose: dict[str, Any]) -> None:
    assert "option httpchk GET /healthz" in HAPROXY
    assert "deny_status 404 if { path /metrics /readyz }" in HAPROXY
    (room,) = re.findall(r"server-template bot- (\d+) bot:3000", HAPROXY)
    assert int(room) >= compose["services"]["bot"]["deploy"]["replicas"]
    assert "%r" not in HAPROXY.replace("%Tr", ""), "addresses of pages hold tokens"


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "referral-bot.service"
    unit.write_text(UNIT.replace("/opt/referral-bot/bin/referral-bot", "/bin/true"))
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_unit_runs_as_its_own_user_with_nothing_else_in_reach() -> None:
    for line in (
        "User=referral-bot",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
    ):
        assert f"\n{line}\n" in UNIT
    assert "ExecStart=/opt/referral-bot/bin/referral-bot serve\n" in UNIT
