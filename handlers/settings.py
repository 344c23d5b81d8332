"""The settings: environment variables, or a `.env` file in the working directory.

Read by the composition root and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import AnyHttpUrl, SecretStr, TypeAdapter, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from handlers.hosts import is_loopback
from referral_bot.errors import SetupError
from referral_bot.model import Phi

SLACK_API_URL = "https://slack.com/api/"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_URL: TypeAdapter[AnyHttpUrl] = TypeAdapter(AnyHttpUrl)


class Settings(BaseSettings):
    """Every setting, by the name of its environment variable in lower case.

    `read_settings` makes them and says what is wrong with them.
    """

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    slack_signing_secret: SecretStr | None = None
    slack_bot_token: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    """Switches to Socket Mode."""
    slack_api_url: str = SLACK_API_URL

    teams_app_id: str | None = None
    teams_app_password: SecretStr | None = None
    teams_tenant_id: str | None = None
    teams_allow_anonymous: bool = False

    database_url: str = "sqlite:///referral_bot.db"
    referral_bot_keys: SecretStr | None = None
    """Comma-separated; the first encrypts, all decrypt. None: the key file beside the SQLite file."""

    host: str = "127.0.0.1"
    port: int = 3000
    public_url: str = ""
    """How people's browsers reach this server, without a slash at the end."""

    phi_mode: str = "minimal"
    phi_baa: str = ""
    """Who attests that the BAA is signed, and when: "name, date"."""

    log_level: str = "INFO"

    @property
    def phi(self) -> Phi:
        """How much of a patient the conversations may carry."""
        return Phi(self.phi_mode)

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is reached by a websocket that the bot opens."""
        return self.slack_app_token is not None

    @property
    def has_slack(self) -> bool:
        """Whether Slack is configured."""
        return self.slack_bot_token is not None

    @property
    def has_teams(self) -> bool:
        """Whether Teams is configured."""
        return self.teams_app_id is not None or self.teams_allow_anonymous


class _GivenSettings(Settings):
    """Settings that look nowhere else."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what the constructor was given."""
        return (init_settings,)


def read_settings(env_file: Path | None = Path(".env")) -> Settings:
    """The settings of the environment, and behind it of `env_file`.

    Raises SetupError, whose sentence names the setting and never shows its value.
    """
    try:
        # pydantic-settings' own constructor argument, which the type checker does not know
        return _checked(Settings(_env_file=env_file))  # type: ignore[call-arg]
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0]).upper()
        raise SetupError(_UNREADABLE.get(name, f"{name} cannot be read; correct it.")) from None


def given_settings(**given: Any) -> Settings:
    """Settings of these values and the defaults; the environment has no say. Raises SetupError."""
    return _checked(_GivenSettings(**given))


def _checked(settings: Settings) -> Settings:
    settings = settings.model_copy(
        update={
            "log_level": settings.log_level.upper(),
            "phi_mode": settings.phi_mode.lower(),
            "public_url": (settings.public_url or _address(settings)).rstrip("/"),
            "slack_api_url": settings.slack_api_url.rstrip("/") + "/",
        }
    )
    for wrong, sentence in _RULES:
        if wrong(settings):
            raise SetupError(sentence)
    return settings


def require_platform(settings: Settings) -> None:
    """Refuse to serve where no chat platform is configured. Raises SetupError."""
    if not settings.has_slack and not settings.has_teams:
        raise SetupError(
            "No chat platform is configured: set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET, or TEAMS_APP_ID, "
            "TEAMS_APP_PASSWORD and TEAMS_TENANT_ID, or try everything without an account by "
            "`referral-bot demo`."
        )


_UNREADABLE = {
    "PORT": "PORT must be a number from 1 to 65535, such as 3000.",
    "TEAMS_ALLOW_ANONYMOUS": "TEAMS_ALLOW_ANONYMOUS must be 1 or 0.",
}


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _is_url(text: str) -> bool:
    try:
        _URL.validate_python(text)
    except ValidationError:
        return False
    return True


def _says_name_and_date(attestation: str) -> bool:
    return re.fullmatch(r"\s*\S[^,]*,\s*\S.*\d.*", attestation) is not None


def _teams_lacks(settings: Settings, name: str) -> bool:
    """Whether Teams is wanted, and signed as it must be, without this setting."""
    if settings.teams_allow_anonymous:
        return False
    wanted = (settings.teams_app_id, settings.teams_app_password, settings.teams_tenant_id)
    return any(wanted) and getattr(settings, name) is None


def _is_no_guid(id: str | None) -> bool:
    return id is not None and _GUID.fullmatch(id) is None


# What is wrong, and the sentence that says how to mend it; the first that applies is shown.
_RULES: tuple[tuple[Callable[[Settings], bool], str], ...] = (
    (lambda s: not 1 <= s.port <= 65535, _UNREADABLE["PORT"]),
    (lambda s: s.log_level not in LOG_LEVELS, f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}."),
    (
        lambda s: not _is_url(s.public_url),
        "PUBLIC_URL must be how people's browsers reach this server, such as https://referrals.example.org.",
    ),
    (
        lambda s: not _is_url(s.slack_api_url),
        f"SLACK_API_URL must be the address of Slack's Web API; leave it unset for {SLACK_API_URL}",
    ),
    (
        lambda s: not s.database_url.startswith(("sqlite:///", "postgresql://", "postgres://")),
        "DATABASE_URL must begin with sqlite:/// or postgresql://, such as sqlite:///referral_bot.db.",
    ),
    (
        lambda s: s.database_url.startswith("postgres") and s.referral_bot_keys is None,
        "REFERRAL_BOT_KEYS is required with PostgreSQL; make a key with `referral-bot keys new`.",
    ),
    (
        lambda s: s.phi_mode == "none",
        "PHI_MODE=none is not available yet; use PHI_MODE=minimal, which keeps patients out of the threads.",
    ),
    (lambda s: s.phi_mode not in ("full", "minimal"), "PHI_MODE must be full or minimal."),
    (
        lambda s: s.phi_mode == "full" and not _says_name_and_date(s.phi_baa),
        "PHI_MODE=full needs the attestation that a BAA with the chat platform is signed: "
        'set PHI_BAA="name, date" (who attests it, and its date), or use PHI_MODE=minimal.',
    ),
    (
        lambda s: s.teams_allow_anonymous and not is_loopback(s.host),
        "TEAMS_ALLOW_ANONYMOUS=1 takes unsigned activities and so needs a loopback HOST; "
        "unset it, or set HOST=127.0.0.1.",
    ),
    (
        lambda s: s.teams_allow_anonymous and not is_loopback(urlsplit(s.public_url).hostname or ""),
        "TEAMS_ALLOW_ANONYMOUS=1 is for this machine alone, and PUBLIC_URL says that others reach it; "
        "unset one of them.",
    ),
    (
        lambda s: _teams_lacks(s, "teams_app_id"),
        "TEAMS_APP_ID is missing: copy the Microsoft App ID from the Azure bot's page Configuration.",
    ),
    (
        lambda s: _teams_lacks(s, "teams_app_password"),
        "TEAMS_APP_PASSWORD is missing: make a client secret for the app on its page Certificates & secrets.",
    ),
    (
        lambda s: _teams_lacks(s, "teams_tenant_id"),
        "TEAMS_TENANT_ID is missing: copy the App Tenant ID from the Azure bot's page Configuration.",
    ),
    (
        lambda s: not s.teams_allow_anonymous and any(map(_is_no_guid, (s.teams_app_id, s.teams_tenant_id))),
        "TEAMS_APP_ID and TEAMS_TENANT_ID are ids such as 00000000-0000-0000-0000-000000000000; "
        "copy them from the Azure bot's page Configuration.",
    ),
    (
        lambda s: bool(s.slack_client_id or s.slack_client_secret),
        "Installs in many workspaces are not available yet: unset SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, "
        "and set SLACK_BOT_TOKEN for one workspace.",
    ),
    (
        lambda s: s.slack_bot_token is not None and s.slack_signing_secret is None and not s.socket_mode,
        "SLACK_SIGNING_SECRET is missing: copy it from the Slack app's page Basic Information.",
    ),
    (
        lambda s: s.slack_bot_token is None and bool(s.slack_signing_secret or s.slack_app_token),
        "SLACK_BOT_TOKEN is missing: copy it from the Slack app's page OAuth & Permissions.",
    ),
)
