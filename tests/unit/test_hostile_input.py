"""Files made to hurt their reader, and the caps that refuse them before any work is done."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
import zlib
from importlib.metadata import version
from pathlib import Path

import pikepdf
import pytest
from PIL import EpsImagePlugin, ExifTags, Image

from intake.errors import UnreadableInput
from intake.pipeline import read_document
from intake.read.structured import read_structured
from intake.source import Limits, Opened, open_source
from intake.source.safe_xml import parse_xml
from tests.integration.invoices import einvoice, number


def opened(tmp_path: Path, name: str, content: bytes, limits: Limits | None = None) -> Opened:
    path = tmp_path / name
    path.write_bytes(content)
    return open_source(path, limits or Limits())


def refusal(tmp_path: Path, name: str, content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(UnreadableInput) as refused:
        opened(tmp_path, name, content, limits)
    return refused.value.rule


def zipped(*members: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return content.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG of no bytes that says how large it is."""
    chunks = (b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), b"IDAT")
    written = (struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


INVOICE = einvoice(number(901))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize(
    "declared", ['<!DOCTYPE a SYSTEM "http://127.0.0.1/x">', '<!DOCTYPE a [<!ENTITY b "c">]>', "<!doctype a>"]
)
def test_a_dtd_is_refused_in_every_encoding(encoding: str, declared: str) -> None:
    with pytest.raises(UnreadableInput, match="FILE-XML-UNSAFE"):
        parse_xml(f"{declared}<a>&b;</a>".encode(encoding), Limits())


def test_a_dtd_that_does_not_show_in_the_bytes_is_refused() -> None:
    hidden = b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a [+ADwAIQ-ENTITY b "c"+AD4AXQA+-<a>+ACY-b;</a>'
    assert b"<!" not in hidden
    with pytest.raises(UnreadableInput, match="FILE-XML-UNSAFE"):
        parse_xml(hidden, Limits())


def test_nested_and_numerous_elements_are_refused() -> None:
    for unsafe in (b"<a>" * 200_000, b"<r>" + b"<a/>" * 60_000 + b"</r>", b"<a>" + b" " * 11 * 2**20 + b"</a>"):
        with pytest.raises(UnreadableInput, match="FILE-XML-UNSAFE"):
            parse_xml(unsafe, Limits())


def test_a_picture_is_refused_by_what_it_claims(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.png", claiming(60_000, 60_000)) == "FILE-PIXELS"


def test_an_archive_may_not_unpack_a_thousandfold(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.zip", zipped(("a.xml", b" " * 30 * 2**20))) == "FILE-ARCHIVE"


def test_an_archive_may_not_unpack_beyond_its_total(tmp_path: Path) -> None:
    members = [(f"{place}.xml", bytes(range(256)) * 400) for place in range(20)]
    assert refusal(tmp_path, "a.zip", zipped(*members), Limits(unpacked=2**20)) == "FILE-ARCHIVE"


def test_an_archive_may_not_lie_about_the_size_of_a_member(tmp_path: Path) -> None:
    """The sizes that a ZIP tells are a stranger's: what really comes out is counted."""
    bomb = bytearray(zipped(("a.xml", b" " * 30 * 2**20)))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = bomb.index(mark) + place
        bomb[start : start + 4] = struct.pack("<I", 100)
    assert refusal(tmp_path, "a.zip", bytes(bomb)) in {"FILE-ARCHIVE", "FILE-CORRUPT"}


def test_an_archive_may_not_hold_too_many_members(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.zip", zipped(*((f"{place}", b"") for place in range(2001)))) == "FILE-ARCHIVE"


def test_an_archive_in_an_archive_is_not_opened(tmp_path: Path) -> None:
    inner = zipped(("a.xml", INVOICE))
    assert refusal(tmp_path, "a.zip", zipped(("b.zip", inner))) == "FILE-ARCHIVE"


@pytest.mark.parametrize("name", ["../../a.xml", "/etc/a.xml", "..\\..\\a.xml", "C:\\a.xml"])
def test_a_path_in_an_archive_leads_nowhere(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    read = opened(inside, "a.zip", zipped((name, INVOICE)))
    assert [part.name for one in read.parts for part in one.data] == ["C:\\a.xml".rpartition("\\")[2]]
    assert [path.name for path in tmp_path.rglob("*")] == ["in", "a.zip"]


def test_a_member_without_a_name_is_left_out(tmp_path: Path) -> None:
    """Found by atheris."""
    nameless = bytearray(zipped(("a.xml", INVOICE), ("b", b"")))
    last = nameless.rindex(b"PK\x01\x02")
    nameless[last + 28], nameless[last + 30] = 0, 1  # the letter of its name becomes an extra field
    read = opened(tmp_path, "a.zip", bytes(nameless))
    assert [part.name for one in read.parts for part in one.data] == ["a.xml"]


def test_a_link_in_an_archive_is_not_followed(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        link = zipfile.ZipInfo("a.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refusal(tmp_path, "a.zip", content.getvalue()) == "FILE-ARCHIVE"


def ofd(*more: tuple[str, bytes], locked: bool = False) -> bytes:
    content = bytearray(
        zipped(
            ("OFD.xml", b"<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>"),
            ("Doc_0/Document.xml", b"<Document><Pages><Page ID='1' BaseLoc='Page.xml'/></Pages></Document>"),
            *more,
        )
    )
    if locked:
        for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            start = content.find(mark)
            while start >= 0:
                content[start + place] |= 1
                start = content.find(mark, start + 4)
    return bytes(content)


def test_an_ofd_without_a_page_that_it_names_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.ofd", ofd()) == "FILE-CORRUPT"


def test_a_locked_ofd_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a.ofd", ofd(("Doc_0/Page.xml", b"<Page/>"), locked=True)) == "FILE-CORRUPT"


def test_a_picture_in_an_ofd_reaches_no_decoder_that_starts_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pillow hands EPS to Ghostscript."""
    started: list[object] = []
    monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *given, **_: started.append(given))
    drawing = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n%%EOF\n"
    page = b"<Page><PhysicalBox>0 0 20 20</PhysicalBox><ImageObject ResourceID='7' Boundary='0 0 9 9'/></Page>"
    document = (
        b"<Document><CommonData><PublicRes>Res.xml</PublicRes></CommonData>"
        b"<Pages><Page ID='1' BaseLoc='Page.xml'/></Pages></Document>"
    )
    resources = b"<Res BaseLoc='.'><MultiMedia ID='7'><MediaFile>a.eps</MediaFile></MultiMedia></Res>"
    package = zipped(
        ("OFD.xml", b"<OFD><DocBody><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>"),
        ("Doc_0/Document.xml", document),
        ("Doc_0/Page.xml", page),
        ("Doc_0/Res.xml", resources),
        ("Doc_0/a.eps", drawing),
    )
    with Image.open(io.BytesIO(drawing)) as picture:
        assert picture.format == "EPS"
    assert opened(tmp_path, "a.ofd", package).pages[0].picture() is not None
    assert started == []


@pytest.mark.parametrize("damage", ["1e999", "-1e999", "9" * 400, "x", "", "0"])
@pytest.mark.parametrize(
    "place",
    [
        "Boundary='0 0 {} 9'",
        "Boundary='{} 0 9 9'",
        "Size='{}'",
        "CTM='{} 0 0 1 0 0'",
        "X='{}'",
        "DeltaX='g {} 3'",
        "DeltaX='g 3 {} 4'",
        "DeltaX='{}'",
    ],
)
def test_places_in_an_ofd_that_are_no_places_are_drawn_all_the_same(tmp_path: Path, place: str, damage: str) -> None:
    good = {"Boundary": "0 0 20 9", "Size": "4", "CTM": "1 0 0 1 0 0", "X": "1", "DeltaX": "3 3"}
    name, _, value = place.format(damage).removesuffix("'").partition("='")
    given = {**good, name: value}
    told = {one: f"{one}='{given[one]}'" for one in given}
    page = (
        f"<Page><PhysicalBox>0 0 50 50</PhysicalBox><TextObject ID='1' {told['Boundary']} {told['Size']} {told['CTM']}>"
        f"<TextCode {told['X']} Y='4' {told['DeltaX']}>abc</TextCode></TextObject></Page>"
    )
    read = opened(tmp_path, "a.ofd", ofd(("Doc_0/Page.xml", page.encode()))).pages[0]
    assert all(abs(edge) < 1e7 for word in read.read_words() for edge in word.box)
    assert read.picture() is not None


def with_attachment(name: str, data: bytes) -> bytes:
    content = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, data, filename=name)
        pdf.save(content, compress_streams=True, recompress_flate=True)
    return content.getvalue()


def test_an_invoice_attached_to_a_pdf_is_read(tmp_path: Path) -> None:
    read = opened(tmp_path, "a.pdf", with_attachment("a.xml", INVOICE))
    assert len(read_structured(read.data)) == 1


def test_an_attachment_that_unpacks_a_thousandfold_is_no_data(tmp_path: Path) -> None:
    bomb = with_attachment("a.xml", b"<a>" + b" " * 60 * 2**20 + b"</a>")
    assert len(bomb) < 2**20
    assert opened(tmp_path, "a.pdf", bomb).data == ()


def test_an_attachment_with_a_dtd_is_no_data(tmp_path: Path) -> None:
    unsafe = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + INVOICE.split(b"?>", 1)[-1]
    read = opened(tmp_path, "a.pdf", with_attachment("a.xml", unsafe))
    assert [part.name for part in read.data] == ["a.xml"]
    assert read_structured(read.data) == ()


def test_actions_of_a_pdf_are_not_run(tmp_path: Path) -> None:
    content = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=f"{tmp_path}/started")
        pdf.Root.OpenAction = launch
        pdf.Root.AA = pikepdf.Dictionary(WC=launch)
        pdf.save(content)
    assert opened(tmp_path, "a.pdf", content.getvalue()).pages[0].picture() is not None
    assert not (tmp_path / "started").exists()


def test_a_picture_without_the_colours_that_it_names_is_damaged(tmp_path: Path) -> None:
    """Found by the fuzzer, number 1494 of seed 1."""
    content = io.BytesIO()
    Image.new("P", (40, 40)).save(content, "TIFF", save_all=True, append_images=[Image.new("P", (40, 40))])
    damaged, colours = bytearray(content.getvalue()), struct.pack("<HH", 320, 3)
    second = damaged.rindex(colours)
    damaged[second : second + 4] = struct.pack("<HH", 33000, 3)
    assert refusal(tmp_path, "a.tiff", bytes(damaged)) == "FILE-CORRUPT"


def test_a_page_whose_edge_is_no_number_has_no_words_but_a_picture(tmp_path: Path) -> None:
    """Found by the fuzzer, number 1597 of seed 1."""
    content = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        page.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
                )
            )
        )
        page.Contents = pdf.make_stream(b"BT /F 20 Tf 50 50 Td (invoice) Tj ET")
        page.MediaBox = pikepdf.Array([0, 5951, 595, 842])
        pdf.save(content)
    read = opened(tmp_path, "a.pdf", content.getvalue().replace(b" 5951 ", b" -1e9 ")).pages[0]
    assert read.read_words() == ()
    assert read.picture() is not None


def test_the_reader_of_pdf_loads_no_pickles() -> None:
    """Before this version a PDF could name a pickle for its characters and run what is in it (CVE-2025-64512)."""
    assert version("pdfminer.six") >= "20251230"


def test_a_photo_is_set_upright_and_its_place_is_not_kept(tmp_path: Path) -> None:
    photo = Image.new("RGB", (600, 400), "white")
    marks = photo.getexif()
    marks[ExifTags.Base.Orientation] = 6
    marks.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (31.0, 14.0, 0.0)
    path = tmp_path / "photo.jpg"
    photo.save(path, exif=marks)
    outcome = read_document(path, Blind(), today=dt.date(2026, 11, 25), scratch=tmp_path)
    with Image.open(path) as before, Image.open(outcome.pictures[0].path) as after:
        assert before.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert (after.height > after.width, dict(after.getexif())) == (True, {})


class Blind:
    """An engine that sees no words: only the picture matters here."""

    name, version = "blind", "1"

    def read(self, picture: object) -> tuple[()]:
        return ()

    def turns(self, picture: object) -> int:
        return 0
