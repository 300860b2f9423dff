"""How the content becomes smaller before encryption. The id stands in the leaf.

Codec 1 is zstd. Codec 2 is zstd with the content of an earlier codec-1 page of the same chain as
dictionary: an unchanged answer costs little more than its request id and date. A base is never
itself based on something, so every record opens with at most one other.
"""

from __future__ import annotations

import zstandard

from evidence.errors import SealBroken
from evidence.vault.envelope import LARGEST_CONTENT

PLAIN = 1
DICTIONARY = 2
_LEVEL = 3
_LARGEST_WINDOW = 27


def compress(content: bytes, dictionary: bytes | None = None) -> bytes:
    """One zstd frame that states its content size."""
    return zstandard.ZstdCompressor(
        dict_data=_raw(dictionary), compression_params=_parameters(len(content), len(dictionary or b""))
    ).compress(content)


def decompress(frame: bytes, dictionary: bytes | None = None) -> bytes:
    """The content of a frame. Raises SealBroken for anything else, or if it states more than 64 MiB."""
    try:
        stated = zstandard.frame_content_size(frame)
        if 0 <= stated <= LARGEST_CONTENT:
            reader = zstandard.ZstdDecompressor(dict_data=_raw(dictionary), max_window_size=1 << _LARGEST_WINDOW)
            return reader.decompress(frame, max_output_size=stated or 1)
        problem = "its content size is missing or too large"
    except zstandard.ZstdError as error:
        problem = str(error)
    raise SealBroken(f"The record cannot be decompressed: {problem}.", what_to_do="Run manage.py evidence_fsck.")


def _raw(dictionary: bytes | None) -> zstandard.ZstdCompressionDict | None:
    if dictionary is None:
        return None
    return zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def _parameters(size: int, base: int) -> zstandard.ZstdCompressionParameters:
    """Level 3, with a window that reaches over the whole dictionary: the match lies one page back."""
    chosen = zstandard.ZstdCompressionParameters.from_level(_LEVEL, source_size=size, dict_size=base)
    window = min(_LARGEST_WINDOW, max(chosen.window_log, (size + base).bit_length()))
    return zstandard.ZstdCompressionParameters.from_level(
        _LEVEL, source_size=size, dict_size=base, window_log=window, write_content_size=1, write_checksum=0
    )
