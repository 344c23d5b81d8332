"""Slack's part of the outbox: posts, redraws, uploads and fetches.

Slack has no key by which it would know a message that comes a second time, and a reply may get lost after
the message was taken. So each message carries the id of its outbox row as metadata, and before a row is
sent again the conversation is read to see whether it is already there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.web.async_client import AsyncWebClient

from handlers.delivery import SendFailed
from handlers.fetching import file_of
from handlers.slack.failures import ACCESS_LOST, TROUBLE, send_failed
from handlers.slack.render import message
from handlers.slack.replies import DirectMessages
from referral_bot.desk.delivery import Outgoing

Json = dict[str, Any]

log = structlog.get_logger()

EVENT_TYPE: Final = "referral_bot_message"
"""The type of the metadata that each message carries; its payload is the outbox row's id."""
PAGE: Final = 200
MOST_PAGES: Final = 10
"""How far back is looked for a message that may have arrived, in pages of `PAGE`."""


class SlackSender:
    """Brings the outbox's rows to Slack, and files from there. The client must not retry by itself."""

    def __init__(self, client: AsyncWebClient, direct: DirectMessages) -> None:
        self._client = client
        self._direct = direct
        api = urlsplit(client.base_url)
        self._file_origins = {(api.scheme, api.netloc), (api.scheme, f"files.{api.netloc}")}

    async def send(self, outgoing: Outgoing) -> str:
        """Post, redraw or upload; returns the message's `ts`, empty for a file whose message is not told.

        Raises SendFailed.
        """
        try:
            channel = outgoing.channel or await self._direct.channel(outgoing.account)
            if outgoing.update is not None:
                return await self._redraw(outgoing, channel, outgoing.update)
            if outgoing.retry:
                if arrived := await self._arrived(outgoing, channel):
                    return arrived
                # Should Slack not have shown a message that did arrive, this is where a second one came from.
                log.warning("slack_sent_again", outbox_id=outgoing.id)
            if outgoing.file is not None:
                return await self._upload(outgoing, channel, outgoing.file)
            return await self._post(outgoing, channel)
        except TROUBLE as error:
            raise send_failed(error) from None

    async def fetch(self, outgoing: Outgoing) -> tuple[bytes, str]:
        """The content and media type of the file that a person sent.

        Raises SendFailed: final where the file is gone, forbidden, too large, or not at Slack.
        """
        if outgoing.fetch is None:
            raise ValueError("there is no file to fetch")
        try:
            url = outgoing.fetch[1].get("url") or await self._file_url(outgoing.fetch[1])
            return await self._download(url)
        except TROUBLE as error:
            failure = send_failed(error)
            waits = failure.code in ACCESS_LOST
            raise (SendFailed(failure.code) if waits else failure) from None

    # -- sending

    async def _post(self, outgoing: Outgoing, channel: str) -> str:
        posted = await self._client.chat_postMessage(
            channel=channel,
            thread_ts=outgoing.root,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"outbox_id": outgoing.id}},
            unfurl_links=False,
            unfurl_media=False,
            **_content(outgoing),
        )
        return str(posted["ts"])

    async def _redraw(self, outgoing: Outgoing, channel: str, ts: str) -> str:
        await self._client.chat_update(channel=channel, ts=ts, **_content(outgoing))
        return ts

    async def _upload(self, outgoing: Outgoing, channel: str, file: tuple[str, str, bytes]) -> str:
        name, media_type, content = file
        place = await self._client.files_getUploadURLExternal(filename=name, length=len(content))
        headers = {"Content-Type": media_type or "application/octet-stream"}
        async with _session(self._client).post(
            place["upload_url"], data=content, headers=headers
        ) as uploaded:
            if uploaded.status != 200:
                raise SendFailed("upload_failed")
        shared = await self._client.files_completeUploadExternal(
            files=[{"id": place["file_id"], "title": name}], channel_id=channel, thread_ts=outgoing.root
        )
        return _message_of(shared["files"][0], channel)

    # -- looking whether it is already there

    async def _arrived(self, outgoing: Outgoing, channel: str) -> str:
        """The `ts` of the message that an earlier attempt has left; empty if there is none."""
        async for found in self._conversation(channel, outgoing.root):
            if _is_of(found, outgoing):
                return str(found["ts"])
        return ""

    async def _conversation(self, channel: str, root: str | None) -> AsyncIterator[Json]:
        """The messages of a thread, or the latest of a channel."""
        cursor = ""
        for _ in range(MOST_PAGES):
            arguments: Json = {"channel": channel, "include_all_metadata": True, "limit": PAGE}
            if cursor:
                arguments["cursor"] = cursor
            if root:
                page = await self._client.conversations_replies(ts=root, **arguments)
            else:
                page = await self._client.conversations_history(**arguments)
            for found in page["messages"]:
                yield found
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    # -- fetching

    async def _file_url(self, source: Mapping[str, str]) -> str:
        """Where a file lies of which Slack told the id only, as it does of another organisation's."""
        told = await self._client.files_info(file=source["id"])
        return str(told["file"].get("url_private_download") or "")

    async def _download(self, url: str) -> tuple[bytes, str]:
        """The token goes to Slack's own hosts alone, and no redirect is followed."""
        address = urlsplit(url)
        if (address.scheme, address.netloc) not in self._file_origins:
            raise SendFailed("file_elsewhere", final=True)
        headers = {"Authorization": f"Bearer {self._client.token}"}
        async with _session(self._client).get(url, headers=headers, allow_redirects=False) as answer:
            # Those who may not have a file are sent to Slack's sign-in page, which is refused too.
            return await file_of(answer), answer.content_type


def _content(outgoing: Outgoing) -> Json:
    if outgoing.card is None:
        raise ValueError("there is no card to send")
    return message(outgoing.card)


def _session(client: AsyncWebClient) -> aiohttp.ClientSession:
    if client.session is None:
        raise RuntimeError("the connection to Slack has not been started")
    return client.session


def _is_of(found: Json, outgoing: Outgoing) -> bool:
    """Whether a message is this row's. A file's carries no metadata: it is known by its name and size."""
    if outgoing.file is not None:
        name, _, content = outgoing.file
        files = found.get("files") or () if found.get("bot_id") else ()
        return any((file.get("name"), file.get("size")) == (name, len(content)) for file in files)
    metadata = found.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == EVENT_TYPE and payload.get("outbox_id") == outgoing.id


def _message_of(file: Json, channel: str) -> str:
    """The message in which a file was shared, where Slack tells it already."""
    for shares in (file.get("shares") or {}).values():
        for share in shares.get(channel) or ():
            return str(share["ts"])
    return ""
