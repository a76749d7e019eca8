"""The files that a message brings."""

from __future__ import annotations

import tempfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.errors import UnreadableInput
from intake.source.mail import read_mail
from intake.source.opened import Limits


def message(**headers: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in {"From": "Li <Li@Example.com>", "Subject": "发票", **headers}.items():
        made[name] = value
    made.set_content("请查收")
    return made


def names(content: bytes, folder: Path) -> list[str]:
    return [name for name, _ in read_mail(content, Limits(), folder).files]


def test_sender_subject_and_attachment_are_read(tmp_path: Path) -> None:
    made = message()
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="餐费 1.pdf")
    read = read_mail(made.as_bytes(), Limits(), tmp_path)
    ((name, path),) = read.files
    assert (read.sender, read.subject) == ("li@example.com", "发票")
    assert (name, path.read_bytes(), path.parent) == ("餐费 1.pdf", b"%PDF-1.7", tmp_path)


def test_the_name_of_an_attachment_is_no_path(tmp_path: Path) -> None:
    made = message()
    made.add_attachment(b"x", maintype="application", subtype="pdf", filename="../../etc/passwd.pdf")
    ((name, path),) = read_mail(made.as_bytes(), Limits(), tmp_path).files
    assert (name, path) == ("../../etc/passwd.pdf", tmp_path / "0"), "it is made safe where it is received"


def test_a_message_that_was_sent_on_gives_its_files(tmp_path: Path) -> None:
    inner = message()
    inner.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="a.pdf")
    attached, as_file = message(), message()
    attached.add_attachment(inner)
    as_file.add_attachment(inner.as_bytes(), maintype="application", subtype="octet-stream", filename="转发.eml")
    assert names(attached.as_bytes(), tmp_path) == names(as_file.as_bytes(), tmp_path) == ["a.pdf"]


def test_a_logo_and_a_signature_are_no_invoices(tmp_path: Path) -> None:
    made = message()
    made.add_attachment(b"x" * 900, maintype="image", subtype="png", filename="logo.png", cid="<logo>")
    made.add_attachment(b"x" * 90_000, maintype="image", subtype="jpeg", filename="photo.jpg", cid="<photo>")
    made.add_attachment(b"0", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    assert names(made.as_bytes(), tmp_path) == ["photo.jpg"]


def test_a_subject_in_gbk_as_old_programs_write_it_is_read(tmp_path: Path) -> None:
    content = "From: a@b.cn\nSubject: 发票\n\n".encode("gb18030")
    assert read_mail(content, Limits(), tmp_path).subject == "发票"


def test_the_address_is_not_taken_from_the_name_beside_it(tmp_path: Path) -> None:
    made = message(From='"boss@example.com" <stranger@elsewhere.com>')
    assert read_mail(made.as_bytes(), Limits(), tmp_path).sender == "stranger@elsewhere.com"


def test_an_address_in_code_is_nobodys_here(tmp_path: Path) -> None:
    content = b"From: =?utf-8?q?boss=40example.com?= <x@y.cn>\n\n"
    assert read_mail(content, Limits(), tmp_path).sender == "x@y.cn"
    alone = b"From: =?utf-8?q?boss=40example.com?=\n\n"
    assert read_mail(alone, Limits(), tmp_path).sender != "boss@example.com"


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    made = message()
    for serial in range(4):
        made.add_attachment(b"0", maintype="application", subtype="pdf", filename=f"{serial}.pdf")
    with pytest.raises(UnreadableInput, match="FILE-ARCHIVE"):
        read_mail(made.as_bytes(), Limits(archive_files=3), tmp_path)


def test_a_message_nested_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="FILE-CORRUPT"):
        read_mail(b"Content-Type: message/rfc822\n\n" * 5000, Limits(), tmp_path)


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"Subject: ", b"From: ", b"Content-Type: multipart/mixed; boundary=a\n\n--a\n"]),
)
def test_any_bytes_are_read_or_refused(content: bytes, before: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            read = read_mail(before + content, Limits(), Path(folder))
        except UnreadableInput:
            return
    assert "\0" not in read.subject + read.sender
