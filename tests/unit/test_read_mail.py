"""The files that a message brings."""

from __future__ import annotations

from email.message import EmailMessage

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


def names(content: bytes) -> list[str]:
    return [name for name, _ in read_mail(content, Limits()).files]


def test_sender_subject_and_attachment_are_read() -> None:
    made = message()
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="餐费 1.pdf")
    read = read_mail(made.as_bytes(), Limits())
    assert (read.sender, read.subject, read.files) == ("li@example.com", "发票", (("餐费 1.pdf", b"%PDF-1.7"),))


def test_a_message_that_was_sent_on_gives_its_files() -> None:
    inner = message()
    inner.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="a.pdf")
    attached, as_file = message(), message()
    attached.add_attachment(inner)
    as_file.add_attachment(inner.as_bytes(), maintype="application", subtype="octet-stream", filename="转发.eml")
    assert names(attached.as_bytes()) == names(as_file.as_bytes()) == ["a.pdf"]


def test_a_logo_and_a_signature_are_no_invoices() -> None:
    made = message()
    made.add_attachment(b"x" * 900, maintype="image", subtype="png", filename="logo.png", cid="<logo>")
    made.add_attachment(b"x" * 90_000, maintype="image", subtype="jpeg", filename="photo.jpg", cid="<photo>")
    made.add_attachment(b"0", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    assert names(made.as_bytes()) == ["photo.jpg"]


def test_a_subject_in_gbk_as_old_programs_write_it_is_read() -> None:
    content = "From: a@b.cn\nSubject: 发票\n\n".encode("gb18030")
    assert read_mail(content, Limits()).subject == "发票"


def test_the_address_is_not_taken_from_the_name_beside_it() -> None:
    made = message(From='"boss@example.com" <stranger@elsewhere.com>')
    assert read_mail(made.as_bytes(), Limits()).sender == "stranger@elsewhere.com"


def test_too_many_files_are_refused() -> None:
    made = message()
    for serial in range(4):
        made.add_attachment(b"0", maintype="application", subtype="pdf", filename=f"{serial}.pdf")
    with pytest.raises(UnreadableInput, match="FILE-ARCHIVE"):
        read_mail(made.as_bytes(), Limits(archive_files=3))


def test_a_message_nested_without_end_is_refused() -> None:
    with pytest.raises(UnreadableInput, match="FILE-CORRUPT"):
        read_mail(b"Content-Type: message/rfc822\n\n" * 5000, Limits())


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"Subject: ", b"Content-Type: multipart/mixed; boundary=a\n\n--a\n"])
)
def test_any_bytes_are_read_or_refused(content: bytes, before: bytes) -> None:
    try:
        read = read_mail(before + content, Limits())
    except UnreadableInput:
        return
    assert "\0" not in read.subject
