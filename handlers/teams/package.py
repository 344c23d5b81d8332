"""The package that an administrator uploads to Teams: the manifest with the bot's id, and its icons."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any, Final
from urllib.parse import urlsplit

from handlers.shipped import shipped
from referral_bot.errors import SetupError

Json = dict[str, Any]

FOLDER: Final = "teams"
ICONS: Final = ("color.png", "outline.png")
MADE_AT: Final = (2026, 1, 1, 0, 0, 0)
"""The time in the archive, always the same: so the same settings give the same file."""


def manifest(app_id: str, public_url: str, website: str = "") -> Json:
    """The manifest of this bot. Raises SetupError where an address is none that Teams takes."""
    website = website or public_url
    for address in (public_url, website):
        if urlsplit(address).scheme != "https" or not urlsplit(address).hostname:
            raise SetupError(
                "Teams wants addresses that begin with https://: set PUBLIC_URL to how browsers reach "
                "this server, such as https://referrals.example.org."
            )
    told = {
        "{app_id}": app_id.lower(),
        "{public_host}": urlsplit(public_url).netloc,
        "{website}": website,
    }
    text = shipped(f"{FOLDER}/manifest.json").read_text("utf-8")
    for placeholder, value in told.items():
        text = text.replace(placeholder, json.dumps(value)[1:-1])
    made: Json = json.loads(text)
    return made


def package(app_id: str, public_url: str, website: str = "") -> bytes:
    """The package: a ZIP archive. Raises SetupError."""
    content = json.dumps(manifest(app_id, public_url, website), indent=2, ensure_ascii=False)
    files = {"manifest.json": content.encode()}
    files |= {icon: shipped(f"{FOLDER}/{icon}").read_bytes() for icon in ICONS}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, MADE_AT), data, zipfile.ZIP_DEFLATED)
    return made.getvalue()
