"""Makes a hostile file of a good one, the same one again from the same seed."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from random import Random

Mutator = Callable[[Random, bytes, Sequence[bytes]], bytes]

_NUMBERS = (0, 1, 2, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1)
_WRITTEN = (
    *(b"0", b"-1", b"1", b"65536", b"2147483648", b"4294967296", b"99999999999999999999999", b"1e308", b"1e999"),
    *(b"-1e999", b"NaN", b"0.0000000001", b"", b"1" * 5000, "１２３".encode(), "٣".encode(), b"1.2.3", b"--5"),
)
_ENTRIES = (
    *("../../../etc/passwd", "/etc/passwd", "..\\..\\boot.ini", "C:\\x.pdf", "a/../../OFD.xml", "OFD.xml", "\n.xml"),
    *("x" * 60000 + ".pdf", "\x00.pdf", "inner.zip", "%2e%2e/%2e%2e/x", "Doc_0/Document.xml", ".pdf", "\u202egpj.xml"),
)
_DEEDS = ("change", "change", "change", "rename", "leave out", "twice", "link", "bomb", "nest", "other")
_XML = (
    *(b'<!DOCTYPE a [<!ENTITY b "c">]>', b"&b;", b"&#0;", b"&#xD800;", b"&#x1F600;", b"&amp;lt;", b"]]>", b"<![CDATA["),
    *(b"<!--", b"-->", b"<?x ?>", b"<a xmlns='x'>", b"</a>", b"<" * 50, b"<a>" * 300, b"<a>" * 5000 + b"</a>" * 5000),
    *(b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\x1b[31m", b"<x:y:z/>", b" a='1' a='2'", b"\xe2\x80\xae" * 40),
    b"x" * 10**6,
)
_PDF = (
    *(b"/Type /Pages /Kids [1 0 R 2 0 R 3 0 R]", b"/Parent 1 0 R", b"/Length 4294967295", b"/Filter /JBIG2Decode"),
    *(b"/Filter [/FlateDecode /FlateDecode]", b"/Filter /DCTDecode", b"/Predictor 15 /Columns 2147483647", b"<<" * 400),
    *(b"[" * 3000, b"(" * 3000, b"/MediaBox [0 0 1e9 1e9]", b"/MediaBox [nan 0 0 0]", b"/Rotate 91", b"/Count -5"),
    *(b"/W [8 8 8]", b"/Encrypt 1 0 R", b"endstream", b"endobj", b"stream\n", b"startxref\n0\n%%EOF", b"q " * 9000),
    *(b"/ToUnicode 1 0 R", b"/Contents [1 0 R 1 0 R 2 0 R]", b"/OpenAction << /S /JavaScript /JS (x) >>"),
    b"/EmbeddedFiles 1 0 R",
)


def mutate(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """One to four changes of the kinds that hurt a file of this form; ``others`` are files to take pieces from."""
    for _ in range(random.choice((1, 1, 2, 3, 4))):
        content = random.choice((*_ANY, *_of_form(content)))(random, content, others)
    return content


def _of_form(content: bytes) -> tuple[Mutator, ...]:
    if content.startswith(b"PK"):
        return (_entry,) * 8
    if b"%PDF-" in content[:2048]:
        return (_pdf_token, _pdf_reference, _pdf_stream, _pdf_stream, _pdf_swap, _number, _number)
    if content.lstrip()[:1] == b"<":
        return (_xml_token, _xml_token, _xml_piece, _xml_encoding, _number, _number)
    return (_header, _header, _png_chunk) if content.startswith(b"\x89PNG") else (_header, _header)


def _at(random: Random, content: bytes) -> int:
    return random.randrange(len(content) + 1)


def _flip(random: Random, content: bytes, _others: Sequence[bytes]) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 4, 32, 256)) if changed else 0):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _cut(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    return content[: _at(random, content)]


def _leave_out(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    start = _at(random, content)
    return content[:start] + content[start + random.choice((1, 16, 512, 8192)) :]


def _repeat(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    start = _at(random, content)
    piece = content[start : start + random.choice((4, 64, 1024, 16384))]
    return content[:start] + piece * random.choice((2, 3, 50)) + content[start:]


def _fill(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    start, length = _at(random, content), random.choice((4, 64, 1024))
    return content[:start] + random.choice((b"\x00", b"\xff", b" ", b"A")) * length + content[start + length :]


def _splice(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    other = random.choice(others)
    start, length = _at(random, other), random.choice((16, 256, 4096, 2**20))
    place = _at(random, content)
    return content[:place] + other[start : start + length] + content[place + random.choice((0, length)) :]


def _length_field(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    form, place = random.choice(("<H", ">H", "<I", ">I", "<Q", ">Q")), _at(random, content)
    size = struct.calcsize(form)
    number = random.choice(_NUMBERS) % 2 ** (8 * size)
    return content[:place] + struct.pack(form, number) + content[place + size :]


def _number(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    """Another number in the place of one that is written out."""
    places = list(re.finditer(rb"\d+(?:\.\d+)?", content[:200_000]))
    if not places:
        return content
    place = random.choice(places)
    return content[: place.start()] + random.choice(_WRITTEN) + content[place.end() :]


def _header(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """A length field near the start, where pictures say how large they are."""
    return _length_field(random, content[:512], others) + content[512:]


def _png_chunk(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """One chunk changed, its checksum right again."""
    chunks, place = [], 8
    while place + 12 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        chunks.append((content[place + 4 : place + 8], content[place + 8 : place + 8 + length]))
        place += 12 + length
    if not chunks:
        return content
    chosen = random.randrange(len(chunks))
    kind, data = chunks[chosen]
    chunks[chosen] = kind, random.choice((_flip, _length_field, _cut, _repeat))(random, data, others)
    return content[:8] + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _insert(random: Random, content: bytes, places: Sequence[int], token: bytes) -> bytes:
    place = random.choice(places) if places else _at(random, content)
    return content[:place] + token + content[place:]


def _xml_token(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    borders = [found.start() + random.choice((0, 1)) for found in re.finditer(rb"[<>\"]", content[:200_000])]
    return _insert(random, content, borders, random.choice(_XML))


def _xml_piece(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    """One element given twice, left out, or with the text of another."""
    leaves = list(re.finditer(rb"<([\w:]+)[^<>]*>([^<]*)</\1>", content[:200_000]))
    if not leaves:
        return content
    one, other = random.choice(leaves), random.choice(leaves)
    new = random.choice((b"", one[0] * 2, one[0] * 3000, one[0].replace(one[2], other[2]) if one[2] else other[0]))
    return content[: one.start()] + new + content[one.end() :]


def _xml_encoding(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    name = random.choice(("UTF-16", "UTF-32", "UTF-7", "GB18030", "IBM037", "Shift_JIS", "ISO-2022-CN", "x", ""))
    body = re.sub(rb"<\?xml[^>]*\?>", b"", content, count=1)
    declared = f'<?xml version="1.0" encoding="{name}"?>'.encode() + body
    try:
        return declared.decode("utf-8").encode(name) if random.random() < 0.5 else declared
    except (LookupError, UnicodeError):
        return declared


def _pdf_token(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    places = [found.end() for found in re.finditer(rb"<<|\bobj\b|stream\r?\n|\[", content)]
    return _insert(random, content, places, b" " + random.choice(_PDF) + b" ")


def _pdf_reference(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    """One object pointed at in the place of another: cycles, and objects of the wrong kind."""
    places = list(re.finditer(rb"\d+ 0 R", content))
    if not places:
        return content
    one, other = random.choice(places), random.choice(places)
    return content[: one.start()] + other[0] + content[one.end() :]


def _pdf_swap(random: Random, content: bytes, _: Sequence[bytes]) -> bytes:
    """The body of one object in the place of another's."""
    bodies = list(re.finditer(rb"\bobj\b(.*?)\bendobj\b", content, re.DOTALL))
    if len(bodies) < 2:
        return content
    one, other = random.sample(bodies, 2)
    return content[: one.start(1)] + other[1] + content[one.end(1) :]


def _pdf_stream(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """What is packed in one stream changed and packed again, so that the change reaches what reads it."""
    streams = list(re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL))
    if not streams:
        return content
    chosen = random.choice(streams)
    try:
        plain = zlib.decompress(chosen[1])
    except zlib.error:
        return content[: chosen.start(1)] + _flip(random, chosen[1], others) + content[chosen.end(1) :]
    changed = random.choice((_flip, _number, _cut, _repeat, _splice, _pdf_token, _leave_out))(random, plain, others)
    return content[: chosen.start(1)] + zlib.compress(changed) + content[chosen.end(1) :]


def _entry(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """One member of a package changed, renamed, left out, given twice, made a link, or packed a thousandfold."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(member.filename, archive.read(member)) for member in archive.infolist()]
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError, zlib.error):
        return _flip(random, content, others)
    if not members:
        return content
    chosen = random.randrange(len(members))
    name, data = members[chosen]
    deed = random.choice(_DEEDS)

    if deed == "change":
        members[chosen] = name, random.choice((*_ANY, *_of_form(data)))(random, data, others)
    elif deed == "rename":
        members[chosen] = random.choice(_ENTRIES), data
    elif deed == "leave out":
        del members[chosen]
    else:
        more = {"twice": data, "link": b"/etc/passwd", "bomb": bytes(30 * 2**20), "nest": content}
        members.append((name if deed == "twice" else random.choice(_ENTRIES), more.get(deed, random.choice(others))))
    return _packed(members, link=deed == "link")


def _packed(members: Sequence[tuple[str, bytes]], *, link: bool) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            member = zipfile.ZipInfo(name[:60000])
            member.compress_type = zipfile.ZIP_DEFLATED
            if link and data == b"/etc/passwd":
                member.external_attr = 0o120777 << 16
            archive.writestr(member, data)
    return packed.getvalue()


_ANY: tuple[Mutator, ...] = (_flip, _cut, _leave_out, _repeat, _fill, _splice, _length_field, _number)
