"""Files as Slack tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from referral_bot.desk.turn import IncomingFile


def incoming_files(files: Sequence[dict[str, Any]] | None) -> tuple[IncomingFile, ...]:
    """The files of a message or of a form's field.

    Of a file from another organisation Slack tells the id only; the rest is asked for when it is fetched.
    """
    return tuple(
        _incoming(file) for file in files or () if file.get("id") and file.get("mode") != "tombstone"
    )


def _incoming(file: dict[str, Any]) -> IncomingFile:
    media_type = str(file.get("mimetype") or "")
    return IncomingFile(
        name=str(file.get("name") or "file"),
        media_type=media_type,
        size=int(file.get("size") or 0),
        source={"id": str(file["id"]), "url": str(file.get("url_private_download") or "")},
    )
