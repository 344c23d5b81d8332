"""Files that people sent, brought in from a platform."""

from __future__ import annotations

from typing import Final

import aiohttp

from handlers.delivery import SendFailed

MOST_FILE_BYTES: Final = 25_000_000
"""Of a file that is brought in; a larger one is not read to its end."""


async def body_of(answer: aiohttp.ClientResponse) -> bytes:
    """The body, as far as it may be. Raises SendFailed for a larger one."""
    if (answer.content_length or 0) > MOST_FILE_BYTES:
        raise SendFailed("file_too_large", final=True)
    pieces: list[bytes] = []
    size = 0
    async for piece in answer.content.iter_any():
        size += len(piece)
        if size > MOST_FILE_BYTES:
            raise SendFailed("file_too_large", final=True)
        pieces.append(piece)
    return b"".join(pieces)
