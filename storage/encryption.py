"""Values sealed with the practice's keys, and keyed hashes to find sealed values by.

A sealed value is AES-256-GCM: one byte of format, four of the key's id, twelve of nonce, then the
ciphertext and its tag. What it is bound to (its table and its row's id) is authenticated with it, so
that a value copied to another row does not open there.

Each key of the ring is only a root: HKDF derives from it one key to seal with, one to find with, and
the id. Keys to find with come and go with their root, so that a root that has leaked finds nothing
written after it was replaced: a search looks for the hashes under every key of the ring, and
`replace_keys` (`storage/maintenance.py`) writes them anew under the first.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from referral_bot.errors import SetupError, Unreadable

KEY_BYTES = 32
_FORMAT = b"\x01"
_ID_BYTES = 4
_NONCE_BYTES = 12
_HEADER_BYTES = len(_FORMAT) + _ID_BYTES
_HASH_BYTES = 16


def new_key() -> str:
    """A fresh key as REFERRAL_BOT_KEYS takes it: 32 random bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode("ascii")


@dataclass(frozen=True)
class _Key:
    id: bytes
    cipher: AESGCM
    finding: bytes

    @classmethod
    def of(cls, root: bytes) -> _Key:
        return cls(
            id=derive(root, "id", _ID_BYTES),
            cipher=AESGCM(derive(root, "seal", KEY_BYTES)),
            finding=derive(root, "find", KEY_BYTES),
        )


def derive(root: bytes, purpose: str, length: int = KEY_BYTES) -> bytes:
    """A secret of this length for one purpose, from which the root cannot be told."""
    info = f"referral-bot {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(root)


class KeyRing:
    """The practice's keys: the first seals, all of them open and find."""

    def __init__(self, roots: Sequence[bytes]) -> None:
        keys = [_Key.of(root) for root in dict.fromkeys(roots)]
        self._first = keys[0]
        self._keys = {key.id: key for key in keys}
        if len(self._keys) < len(keys):
            raise SetupError("Two of the keys have the same id. Make another with `referral-bot keys new`.")

    @classmethod
    def read(cls, text: str) -> KeyRing:
        """The ring that REFERRAL_BOT_KEYS or a key file describes. Raises SetupError, naming no key."""
        parts = [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
        if not parts:
            raise SetupError("There is no key. Make one with `referral-bot keys new` (REFERRAL_BOT_KEYS).")
        return cls([_root(part, place) for place, part in enumerate(parts, 1)])

    @property
    def first_id(self) -> str:
        """The id of the key that seals, in hexadecimal."""
        return self._first.id.hex()

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all keys, in hexadecimal."""
        return frozenset(key.hex() for key in self._keys)

    def seal(self, plain: bytes, table: str, row: str) -> bytes:
        """Encrypt a value for one row of one table."""
        nonce = os.urandom(_NONCE_BYTES)
        header = _FORMAT + self._first.id
        return header + nonce + self._first.cipher.encrypt(nonce, plain, _bound_to(header, table, row))

    def open(self, sealed: bytes, table: str, row: str) -> bytes:
        """Decrypt a value of this row of this table. Raises Unreadable if it is not what was sealed there."""
        header, rest = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
        key = self._keys.get(header[len(_FORMAT) :])
        if key is None or header[: len(_FORMAT)] != _FORMAT:
            raise Unreadable(
                f"A record ({table}) is sealed with a key that is not here: see `referral-bot check`."
            )
        try:
            bound_to = _bound_to(header, table, row)
            return key.cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], bound_to)
        except (InvalidTag, ValueError):
            raise Unreadable(
                f"A record ({table}) was changed or moved outside the program: restore it from a backup."
            ) from None

    def sealed_with_first(self, sealed: bytes) -> bool:
        """Whether a value is sealed with the key that seals now."""
        return sealed[:_HEADER_BYTES] == _FORMAT + self._first.id

    def find_hash(self, kind: str, word: str) -> bytes:
        """The hash that a word of this kind is written under."""
        return _hash(self._first, kind, word)

    def find_hashes(self, kind: str, word: str) -> list[bytes]:
        """The hashes that a word of this kind may have been written under, one a key."""
        return [_hash(key, kind, word) for key in self._keys.values()]


def _root(text: str, place: int) -> bytes:
    try:
        root = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        root = b""
    if len(root) != KEY_BYTES:
        raise SetupError(
            f"Key {place} of REFERRAL_BOT_KEYS is not 32 bytes in URL-safe base64: "
            "take one line as `referral-bot keys new` prints it."
        )
    return root


def _bound_to(header: bytes, table: str, row: str) -> bytes:
    return b"\0".join((header, table.encode(), row.encode()))


def _hash(key: _Key, kind: str, word: str) -> bytes:
    return hmac.digest(key.finding, f"{kind}\0{word}".encode(), "sha256")[:_HASH_BYTES]
