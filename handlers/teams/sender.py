"""Teams' part of the outbox: posts, redraws and fetches.

Teams has no key by which it would know a message that comes a second time, and nothing by which the bot could
look whether one has arrived. What has arrived is kept as soon as Teams says so; a message that a crash or a
lost answer leaves in doubt is sent again, which is logged: at most one too many for each such loss.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import structlog

from handlers.clock import Clock
from handlers.delivery import SendFailed, network_code
from handlers.fetching import file_of
from handlers.hosts import is_loopback
from handlers.teams.addresses import Addresses, conversation
from handlers.teams.connector import TROUBLE, Connector
from handlers.teams.payloads import THREAD_MARK, kind_of
from handlers.teams.render import Client, message
from referral_bot.cards.elements import Button, Buttons, Card, Text
from referral_bot.desk.delivery import Outgoing
from referral_bot.model import Conversation, ConversationKind

Json = dict[str, Any]

log = structlog.get_logger()

FILE_HOSTS: Final = (".sharepoint.com", ".sharepoint.us", ".sharepoint-df.com", ".svc.ms")
"""Where files that people send in Teams lie."""
ENDED: Final = frozenset({"conversation_gone", "not_a_member"})
"""What Teams says of a conversation that has ended; the person may have another one by now."""


class TeamsSender:
    """Brings the outbox's rows to Teams, and files from there. `bot` is the bot's own account."""

    def __init__(
        self,
        connector: Connector,
        addresses: Addresses,
        clock: Clock,
        client: Client,
        *,
        bot: str,
        tenant: str,
        on_this_machine: bool = False,
    ) -> None:
        self._connector = connector
        self._addresses = addresses
        self._clock = clock
        self._client = client
        self._bot = bot
        self._tenant = tenant
        self._on_this_machine = on_this_machine

    async def send(self, outgoing: Outgoing) -> str:
        """Post or redraw; returns the message's id. Raises SendFailed.

        Bots can't put a file into a conversation: in its place stands where it can be opened.
        """
        activity = message(_card(outgoing), self._client, outgoing.viewers, outgoing.subject)
        if outgoing.update is not None:
            to = await self._address(outgoing)
            root = _root(outgoing, to)
            await self._connector.update(to.service_url, to.conversation, root, outgoing.update, activity)
            return outgoing.update
        if outgoing.retry:
            log.warning("teams_sent_again", outbox_id=outgoing.id)
        id = await self._post(outgoing, activity)
        if not id:
            # It was taken. Without its id it can't be redrawn or answered, so once more, but not for ever.
            raise SendFailed("no_message_id", final=outgoing.retry)
        return id

    async def post_to_person(self, account: str, activity: Json, member: str = "") -> str:
        """Post into a person's own conversation with the bot; the message's id. Raises SendFailed.

        One that there isn't yet is begun, and once more where what was known has ended. `member` is the id
        that the person has with this bot, if it is known.
        """
        to = await self.direct(account, member)
        try:
            return await self._connector.post(to.service_url, to.conversation, None, activity)
        except SendFailed as failure:
            if failure.code not in ENDED:
                raise
        await self._addresses.forget(to)
        to = await self._begin_direct(account, member or to.member, to.service_url)
        return await self._connector.post(to.service_url, to.conversation, None, activity)

    async def direct(self, account: str, member: str = "") -> Conversation:
        """The conversation of one person with the bot, begun if there is none yet. Raises SendFailed."""
        known = await self._addresses.personal(account)
        if known is None:
            service_url = await self._addresses.service_url(self._tenant)
            return await self._begin_direct(account, member, service_url)
        if member and not known.member:
            known = known.model_copy(update={"member": member})
            await self._addresses.put(known)
        return self._reachable(known)

    async def _post(self, outgoing: Outgoing, activity: Json) -> str:
        if not outgoing.channel:
            return await self.post_to_person(outgoing.account, activity)
        to = await self._address(outgoing)
        root = _root(outgoing, to)
        if to.kind is ConversationKind.CHANNEL and root is None:
            return await self._begin_thread(to, activity)
        return await self._connector.post(to.service_url, to.conversation, root, activity)

    async def _begin_direct(self, account: str, member: str, service_url: str) -> Conversation:
        if not service_url:
            raise SendFailed("conversation_unknown", final=True)
        self._check_service(service_url)
        parameters: Json = {
            "bot": {"id": self._bot},
            "members": [{"id": member or account}],
            "channelData": {"tenant": {"id": self._tenant}},
            "tenantId": self._tenant,
            "isGroup": False,
        }
        id, _ = await self._connector.create(service_url, parameters)
        if not id:
            raise SendFailed("conversation_unknown", final=True)
        begun = conversation(
            self._tenant,
            id,
            ConversationKind.PERSONAL,
            service_url,
            self._clock.now(),
            account=account,
            member=member,
        )
        await self._addresses.put(begun)
        return begun

    def _reachable(self, to: Conversation) -> Conversation:
        self._check_service(to.service_url)
        return to

    def _check_service(self, url: str) -> None:
        """Raise SendFailed for an address that nothing may be sent to."""
        if self._on_this_machine and not is_loopback(urlsplit(url).hostname or ""):
            raise SendFailed("service_url_elsewhere", final=True)

    async def fetch(self, outgoing: Outgoing) -> tuple[bytes, str]:
        """The content and media type of the file that a person sent.

        Raises SendFailed: final where the file is gone, forbidden, too large, or not where Teams keeps files.
        """
        if outgoing.fetch is None:
            raise ValueError("there is no file to fetch")
        source = outgoing.fetch[1]
        url, service_url = source.get("url", ""), source.get("service_url", "")
        self._check_place(url, service_url)
        headers = await self._connector.authorization(service_url, url) if service_url else {}
        try:
            async with self._connector.session.get(url, headers=headers, allow_redirects=False) as answer:
                content = await file_of(answer)
                return content, _media_type(answer.content_type, content)
        except aiohttp.InvalidURL:
            raise SendFailed("file_elsewhere", final=True) from None
        except TROUBLE as error:
            raise SendFailed(network_code(error)) from None

    def _check_place(self, url: str, service_url: str) -> None:
        """Raise SendFailed for a file that is not where Teams keeps files, or not to be had safely."""
        try:
            address = urlsplit(url)
        except ValueError:
            raise SendFailed("file_elsewhere", final=True) from None
        host = address.hostname or ""
        at_connector = bool(service_url) and address[:2] == urlsplit(service_url)[:2]
        if self._on_this_machine:
            allowed = is_loopback(host)
        else:
            allowed = address.scheme == "https" and (at_connector or host.endswith(FILE_HOSTS))
        if not allowed:
            raise SendFailed("file_elsewhere", final=True)

    async def _address(self, outgoing: Outgoing) -> Conversation:
        """Where the conversation of a thread is reached. Raises SendFailed."""
        known = await self._addresses.find(outgoing.channel)
        if known is not None:
            return self._reachable(known)
        # Of a team's other channels nothing is heard before somebody speaks there.
        tenant = outgoing.tenant or self._tenant
        service_url = await self._addresses.service_url(tenant)
        if not service_url:
            raise SendFailed("conversation_unknown", final=True)
        kind = kind_of(outgoing.channel)
        to = conversation(tenant, outgoing.channel, kind, service_url, self._clock.now())
        return self._reachable(to)

    async def _begin_thread(self, to: Conversation, activity: Json) -> str:
        parameters: Json = {
            "isGroup": True,
            "bot": {"id": self._bot},
            "channelData": {"channel": {"id": to.conversation}, "tenant": {"id": to.tenant}},
            "tenantId": to.tenant,
            "activity": activity,
        }
        id, message_id = await self._connector.create(to.service_url, parameters)
        return message_id or id.partition(THREAD_MARK)[2]


def _root(outgoing: Outgoing, to: Conversation) -> str | None:
    """The thread that it goes into; only channels have threads."""
    return outgoing.root if to.kind is ConversationKind.CHANNEL else None


def _card(outgoing: Outgoing) -> Card:
    """What is posted; in the place of a file, that there is one and how it is opened."""
    if outgoing.card is not None:
        return outgoing.card
    if outgoing.file is None:
        raise ValueError("there is nothing to send")
    told = Text(f"{outgoing.file[0]} was added.")
    return Card("A file was added.", "", (told, Buttons((Button("Open", "details", outgoing.subject),))))


def _media_type(told: str, content: bytes) -> str:
    """The media type that a file's host tells; many tell nothing but bytes, then by how it begins."""
    if told not in ("application/octet-stream", "binary/octet-stream"):
        return told
    for begins, found in _BEGINNINGS.items():
        if content.startswith(begins):
            return found
    return told


_BEGINNINGS: Final = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"PK\x03\x04": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"\xd0\xcf\x11\xe0": "application/msword",
}
