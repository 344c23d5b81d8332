from __future__ import annotations

from pathlib import Path

import pytest

from handlers.settings import Settings, read_settings, require_platform
from referral_bot.errors import SetupError
from referral_bot.model import Phi

GUID = "00000000-0000-0000-0000-000000000001"


@pytest.fixture(autouse=True)
def _no_settings_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read_settings(env_file=None)


def test_without_any_setting_it_is_sqlite_here_and_minimal(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch)
    assert settings.database_url == "sqlite:///referral_bot.db"
    assert settings.phi is Phi.MINIMAL
    assert (settings.host, settings.port) == ("127.0.0.1", 3000)
    assert settings.public_url == "http://127.0.0.1:3000"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert not settings.has_slack


def test_public_url_follows_host_and_port_until_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, HOST="::1", PORT="8080").public_url == "http://[::1]:8080"
    assert read(monkeypatch, PUBLIC_URL="https://bot.example.org/").public_url == "https://bot.example.org"


def test_an_env_file_is_read_and_the_environment_goes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / ".env"
    file.write_text("SLACK_BOT_TOKEN=xoxb-file\nSLACK_SIGNING_SECRET=s\nPORT=4000\nUNRELATED=1\n")
    monkeypatch.setenv("PORT", "5000")
    settings = read_settings(env_file=file)
    assert settings.port == 5000
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-file"


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, SLACK_BOT_TOKEN="", PORT="").port == 3000


@pytest.mark.parametrize(
    ("variables", "named", "mend"),
    [
        ({"PHI_MODE": "full"}, "PHI_BAA", "PHI_MODE=minimal"),
        ({"PHI_MODE": "full", "PHI_BAA": "Priya Shah"}, "PHI_BAA", "name, date"),
        ({"PHI_MODE": "none"}, "PHI_MODE=none", "PHI_MODE=minimal"),
        ({"PHI_MODE": "some"}, "PHI_MODE", "full or minimal"),
        ({"TEAMS_APP_ID": GUID}, "TEAMS_APP_PASSWORD", "Certificates"),
        ({"TEAMS_APP_PASSWORD": "secret"}, "TEAMS_APP_ID", "Configuration"),
        ({"TEAMS_APP_ID": GUID, "TEAMS_APP_PASSWORD": "secret"}, "TEAMS_TENANT_ID", "Configuration"),
        (
            {"TEAMS_APP_ID": "app", "TEAMS_APP_PASSWORD": "secret", "TEAMS_TENANT_ID": GUID},
            "TEAMS_APP_ID",
            "0000",
        ),
        ({"TEAMS_ALLOW_ANONYMOUS": "1", "HOST": "0.0.0.0"}, "TEAMS_ALLOW_ANONYMOUS", "HOST=127.0.0.1"),
        (
            {"TEAMS_ALLOW_ANONYMOUS": "1", "PUBLIC_URL": "https://referrals.example.org"},
            "PUBLIC_URL",
            "unset one",
        ),
        ({"TEAMS_ALLOW_ANONYMOUS": "maybe"}, "TEAMS_ALLOW_ANONYMOUS", "1 or 0"),
        ({"PORT": "many"}, "PORT", "such as 3000"),
        ({"PORT": "70000"}, "PORT", "such as 3000"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL", "INFO"),
        ({"PUBLIC_URL": "bot.example.org"}, "PUBLIC_URL", "https://"),
        ({"SLACK_API_URL": "slack"}, "SLACK_API_URL", "unset"),
        ({"DATABASE_URL": "mysql://db"}, "DATABASE_URL", "postgresql://"),
        ({"DATABASE_URL": "postgresql://db/bot"}, "REFERRAL_BOT_KEYS", "keys new"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET", "Basic Information"),
        ({"SLACK_SIGNING_SECRET": "s"}, "SLACK_BOT_TOKEN", "OAuth & Permissions"),
        ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_ID", "SLACK_BOT_TOKEN"),
    ],
)
def test_a_wrong_setting_is_named_with_its_mend(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str, mend: str
) -> None:
    with pytest.raises(SetupError) as refusal:
        read(monkeypatch, **variables)
    sentence = str(refusal.value)
    assert named in sentence
    assert mend in sentence
    assert "\n" not in sentence


def test_full_is_allowed_with_the_attestation(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, PHI_MODE="Full", PHI_BAA="Priya Shah, 2026-11-24")
    assert settings.phi is Phi.FULL


def test_socket_mode_needs_no_signing_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1")
    assert settings.socket_mode


def test_a_refusal_never_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SetupError) as refusal:
        read(monkeypatch, SLACK_BOT_TOKEN="xoxb-secret", TEAMS_APP_PASSWORD="hunter2")
    assert "xoxb-secret" not in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_settings_do_not_show_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, SLACK_BOT_TOKEN="xoxb-secret", SLACK_SIGNING_SECRET="abc123")
    assert "xoxb-secret" not in repr(settings)
    assert "abc123" not in repr(settings)


def test_serving_without_a_platform_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SetupError, match="referral-bot demo"):
        require_platform(read(monkeypatch))
