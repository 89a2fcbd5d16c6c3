"""Short sounds, made here byte by byte: silence, as every phone plays it."""

import struct
from typing import Final

# MPEG 1, layer III, 32 kbit/s at 32 kHz, one channel: 144 bytes are 36 ms of silence.
_FRAME: Final = bytes((0xFF, 0xFB, 0x18, 0xC4)) + bytes(140)


def mp3(seconds: int = 4, *, tag: bytes = b"") -> bytes:
    """`tag` is what an ID3 tag holds, whatever that is."""
    size = bytes((len(tag) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    head = b"ID3\x04\x00\x00" + size + tag if tag else b""
    return head + _FRAME * (seconds * 1000 // 36 + 1)


def m4a(seconds: int = 4, *, codec: bytes = b"mp4a", brand: bytes = b"M4A ") -> bytes:
    """An MP4 file that says that it has one track of sound, and has none of its data."""
    head = struct.pack(">6xH8xHH4xI", 1, 2, 16, 44_100 << 16)
    descriptors = b"\x03\x19\x00\x01\x00\x04\x11\x40\x15\x00\x00\x00" + struct.pack(
        ">II", 64_000, 64_000
    )
    esds = _box(b"esds", bytes(4), descriptors, b"\x05\x02\x12\x10\x06\x01\x02")
    table = _box(b"stsd", struct.pack(">II", 0, 1), _box(codec, head, esds))
    track = _box(b"trak", _box(b"mdia", _box(b"minf", _box(b"stbl", table))))
    length = _box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000), bytes(80))
    brands = _box(b"ftyp", brand, bytes(4), b"isom")
    return brands + _box(b"moov", length, track) + _box(b"mdat", bytes(400))


def _box(name: bytes, *content: bytes) -> bytes:
    inner = b"".join(content)
    return struct.pack(">I", len(inner) + 8) + name + inner


def opus(seconds: int = 4) -> bytes:
    """Ogg with Opus in it (RFC 7845): packets of 20 ms, fifty on a page."""
    head = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 1) + b"x" + struct.pack("<I", 0)
    pages = [_page([head], 0, place=0, kind=2), _page([tags], 1, place=0)]
    for number in range(seconds):
        last = number == seconds - 1
        silence = [b"\xf8\xff\xfe"] * 50
        pages.append(_page(silence, number + 2, place=(number + 1) * 48_000, kind=4 if last else 0))
    return b"".join(pages)


def _page(packets: list[bytes], number: int, *, place: int, kind: int = 0) -> bytes:
    table = bytes(map(len, packets))
    page = struct.pack("<4sBBqIII", b"OggS", 0, kind, place, 7, number, 0)
    page += bytes((len(table),)) + table + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(page: bytes) -> int:
    """Ogg's CRC: polynomial 0x04c11db7, nothing reflected (RFC 3533)."""
    rest = 0
    for byte in page:
        rest ^= byte << 24
        for _ in range(8):
            rest = (rest << 1) ^ (0x104C11DB7 if rest & 0x80000000 else 0)
    return rest
