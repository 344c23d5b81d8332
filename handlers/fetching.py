"""What is read from a platform: no more than it may be."""

from __future__ import annotations

from typing import Final

import aiohttp

from handlers.delivery import SendFailed

MOST_FILE_BYTES: Final = 25_000_000
"""Of a file that is brought in; a larger one is not read to its end."""


async def file_of(answer: aiohttp.ClientResponse) -> bytes:
    """The file that was asked for. Raises SendFailed: final where it is refused or too large."""
    if answer.status >= 500 or answer.status == 429:
        raise SendFailed("file_unavailable")
    if answer.status != 200:
        raise SendFailed("file_refused", final=True)
    content = await read_to_end(answer, MOST_FILE_BYTES)
    if content is None:
        raise SendFailed("file_too_large", final=True)
    return content


async def read_to_end(answer: aiohttp.ClientResponse, most: int) -> bytes | None:
    """The whole body; None for one of more than `most` bytes, which is not read to its end."""
    if (answer.content_length or 0) > most:
        return None
    pieces: list[bytes] = []
    size = 0
    async for piece in answer.content.iter_any():
        size += len(piece)
        if size > most:
            return None
        pieces.append(piece)
    return b"".join(pieces)
