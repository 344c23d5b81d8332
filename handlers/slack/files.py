"""Files as Slack tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack.failures import send_failed
from referral_bot.desk.turn import IncomingFile

Json = dict[str, Any]


def incoming_files(files: Sequence[Json] | None) -> tuple[IncomingFile, ...]:
    """The files of a message or of a form's field, as far as Slack tells of them."""
    return tuple(
        _incoming(file) for file in files or () if file.get("id") and file.get("mode") != "tombstone"
    )


async def described_files(client: AsyncWebClient, files: Sequence[Json]) -> tuple[IncomingFile, ...]:
    """The files of a message with name, type and size.

    Of a file from another organisation Slack tells the id only: it is asked for the rest. Raises what the
    client raises, but for files that are gone or not to be had, of which no more is known.
    """
    return incoming_files([await _described(client, file) for file in files])


async def _described(client: AsyncWebClient, file: Json) -> Json:
    if file.get("file_access") != "check_file_info":
        return file
    try:
        told = await client.files_info(file=file["id"])
    except SlackApiError as error:
        if send_failed(error).final:
            return file
        raise
    described: Json = told["file"]
    return described


def _incoming(file: Json) -> IncomingFile:
    media_type = str(file.get("mimetype") or "")
    return IncomingFile(
        name=str(file.get("name") or "file"),
        media_type=media_type,
        size=int(file.get("size") or 0),
        source={"id": str(file["id"]), "url": str(file.get("url_private_download") or "")},
    )
