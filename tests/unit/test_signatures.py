"""Digests of signed parts: unchanged, changed, or not for us to say."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile

import pytest

from intake.source import Limits
from intake.source.archive import Package
from intake.source.signatures import Sealed, SignatureReport, ofd_signatures, pdf_signatures, signature_findings

SM3 = "1.2.156.10197.1.401"
PAGE = b"<Page>1</Page>"
ROOT = b"<OFD><DocBody><Signatures>Doc_0/Signs/Signatures.xml</Signatures></DocBody></OFD>"
TABLE = b'<Signatures><Signature ID="1" BaseLoc="Sign_0/Signature.xml"/></Signatures>'
needs_sm3 = pytest.mark.skipif("sm3" not in hashlib.algorithms_available, reason="this OpenSSL has no SM3")


def package(members: dict[str, bytes]) -> Package:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return Package(buffer.getvalue(), Limits(), "FILE-ARCHIVE")


def signed(
    page: bytes, method: str = SM3, algorithm: str = "sm3", path: str = "/Doc_0/Pages/Page_0/Content.xml"
) -> Package:
    value = base64.b64encode(hashlib.new(algorithm, PAGE).digest()).decode()
    signature = (
        f'<Signature><SignedInfo><References CheckMethod="{method}"><Reference FileRef="{path}">'
        f"<CheckValue>{value}</CheckValue></Reference></References></SignedInfo></Signature>"
    )
    return package(
        {
            "OFD.xml": ROOT,
            "Doc_0/Pages/Page_0/Content.xml": page,
            "Doc_0/Signs/Signatures.xml": TABLE,
            "Doc_0/Signs/Sign_0/Signature.xml": signature.encode(),
        }
    )


@needs_sm3
def test_an_ofd_as_it_was_signed_is_unchanged() -> None:
    assert ofd_signatures(signed(PAGE), Limits()).state is Sealed.UNCHANGED


@needs_sm3
def test_a_changed_page_breaks_its_digest_and_is_named() -> None:
    report = ofd_signatures(signed(PAGE.replace(b"1", b"7")), Limits())
    assert report.state is Sealed.CHANGED
    assert report.changed == ("/Doc_0/Pages/Page_0/Content.xml",)
    assert [finding.rule for finding in signature_findings(report)] == ["SIG-BROKEN"]


@pytest.mark.parametrize(("method", "algorithm"), [("SHA-256", "sha256"), ("1.3.14.3.2.26", "sha1"), ("MD5", "md5")])
def test_other_digests_are_known_too(method: str, algorithm: str) -> None:
    assert ofd_signatures(signed(PAGE, method, algorithm), Limits()).state is Sealed.UNCHANGED


def test_an_unknown_digest_is_not_judged() -> None:
    report = ofd_signatures(signed(PAGE, "9.9.9", "sha256"), Limits())
    assert report.state is Sealed.UNCHECKED
    assert signature_findings(report) == ()


def test_a_signed_part_that_is_gone_is_a_change() -> None:
    assert ofd_signatures(signed(PAGE, "SHA-256", "sha256", "/Doc_0/gone.xml"), Limits()).state is Sealed.CHANGED


def test_an_ofd_without_signatures_is_unsigned() -> None:
    assert ofd_signatures(package({"OFD.xml": b"<OFD/>"}), Limits()).state is Sealed.UNSIGNED


def test_a_signature_that_cannot_be_read_is_no_alarm() -> None:
    broken = package({"OFD.xml": ROOT, "Doc_0/Signs/Signatures.xml": b"\xff\xfe not xml"})
    assert ofd_signatures(broken, Limits()).state is Sealed.UNCHECKED


def pdf(body: bytes = b"%PDF-1.7 the invoice ", digest: bytes | None = None, tail: bytes = b" %%EOF") -> bytes:
    """A file with one signature over all but its own place; ``digest`` None signs what is there."""
    room = 200
    template = b"/ByteRange [0 %010d %010d %010d] /Contents <"
    head = body + template % (0, 0, 0)
    first = len(head) - 1
    second = first + 2 + room
    head = body + template % (first, second, len(tail))
    signed_bytes = head[:-1] + tail
    value = hashlib.sha256(signed_bytes).digest() if digest is None else digest
    cms = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04\x31" + bytes([len(value) + 2, 4, len(value)]) + value
    return head + cms.hex().encode().ljust(room, b"0") + b">" + tail


def test_a_pdf_as_it_was_signed_is_unchanged() -> None:
    assert pdf_signatures(pdf()).state is Sealed.UNCHANGED


def test_a_byte_changed_in_a_signed_pdf_is_seen() -> None:
    assert pdf_signatures(pdf().replace(b"invoice", b"invoicE")).state is Sealed.CHANGED


def test_what_is_appended_after_signing_is_not_judged() -> None:
    assert pdf_signatures(pdf() + b"\n1 0 obj a stamp endobj").state is Sealed.UNCHANGED


def test_a_pdf_cut_short_is_changed() -> None:
    assert pdf_signatures(pdf()[:-4]).state is Sealed.CHANGED


def test_a_digest_of_unknown_length_is_not_judged() -> None:
    assert pdf_signatures(pdf(digest=b"x" * 21)).state is Sealed.UNCHECKED


def test_a_pdf_without_signature_is_unsigned() -> None:
    assert pdf_signatures(b"%PDF-1.4 plain").state is Sealed.UNSIGNED


@pytest.mark.parametrize("junk", [b"/ByteRange [9 9 9 9]", b"/ByteRange [0 5 9999999999 1] <zz>", b"/ByteRange [1 2 3"])
def test_malformed_ranges_never_raise(junk: bytes) -> None:
    assert pdf_signatures(b"%PDF " + junk).state in (Sealed.CHANGED, Sealed.UNCHECKED, Sealed.UNSIGNED)


@pytest.mark.parametrize(
    ("state", "rule"),
    [(Sealed.UNCHANGED, "SIG-INTACT"), (Sealed.CHANGED, "SIG-BROKEN"), (Sealed.UNSIGNED, "SIG-ABSENT")],
)
def test_what_is_said_of_signatures(state: Sealed, rule: str) -> None:
    assert [finding.rule for finding in signature_findings(SignatureReport(state))] == [rule]
