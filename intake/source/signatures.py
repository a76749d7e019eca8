"""Electronic signatures, as far as they can be checked offline: is what was signed unchanged since?

Only digests are compared: of every file that an OFD signature lists (SM3, SHA or MD5), and of the byte range that a PDF
signature covers. Equal digests prove that the signed parts have not been changed since signing. They prove neither who
signed, as the signature over the digests is not verified, nor that the invoice still stands (rule book §6.4).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from intake.errors import UnreadableInput
from intake.source.archive import Package
from intake.source.opened import Limits
from intake.source.safe_xml import local, parse_xml
from models.finding import Finding, Severity

#: CheckMethod of an OFD reference: object identifiers and names in use.
_METHODS = {
    "1.2.156.10197.1.401": "sm3",
    "sm3": "sm3",
    "1.3.14.3.2.26": "sha1",
    "sha1": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "sha256": "sha256",
    "1.2.840.113549.2.5": "md5",
    "md5": "md5",
}
_BYTE_RANGE = re.compile(
    rb"/ByteRange\s{0,8}\[\s{0,8}(\d{1,10})\s{1,8}(\d{1,10})\s{1,8}(\d{1,10})\s{1,8}(\d{1,10})\s{0,8}\]"
)
#: The attribute messageDigest of a CMS signature (1.2.840.113549.1.9.4): a set of one octet string.
_MESSAGE_DIGEST = re.compile(rb"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04\x31[\x12-\x44]\x04([\x10-\x40])")
#: Which digests have a length; SM3 and SHA-256 share theirs, so either may fit.
_BY_LENGTH = {20: ("sha1",), 32: ("sha256", "sm3"), 48: ("sha384",), 64: ("sha512",)}
_SIGNATURES = 20


class Sealed(StrEnum):
    """What the digests say. ``UNCHECKED``: there is a signature, but its digests cannot be computed here."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    UNSIGNED = "unsigned"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """The state of a file's signatures, and the parts whose digest does not fit."""

    state: Sealed
    changed: tuple[str, ...] = ()


def signature_findings(report: SignatureReport) -> tuple[Finding, ...]:
    """SIG-rules; a missing signature is normal, a broken one is an alarm."""
    rules = {
        Sealed.CHANGED: ("SIG-BROKEN", Severity.REVIEW),
        Sealed.UNCHANGED: ("SIG-INTACT", Severity.INFO),
        Sealed.UNSIGNED: ("SIG-ABSENT", Severity.INFO),
    }
    if report.state not in rules:
        return ()
    rule, severity = rules[report.state]
    return (Finding(rule, severity, params={"parts": ", ".join(report.changed)} if report.changed else {}),)


def ofd_signatures(package: Package, limits: Limits) -> SignatureReport:
    """Compare the digests of every file that the signatures of an OFD list."""
    try:
        lists = list(_ofd_references(package, limits))
    except UnreadableInput:
        return SignatureReport(Sealed.UNCHECKED)  # a signature that cannot be read is no proof, and no alarm either
    if not lists:
        return SignatureReport(Sealed.UNSIGNED)
    changed = tuple(name for name, same in lists if same is False)
    if changed:
        return SignatureReport(Sealed.CHANGED, changed)
    return SignatureReport(Sealed.UNCHANGED if all(same for _, same in lists) else Sealed.UNCHECKED)


def _ofd_references(package: Package, limits: Limits) -> Iterator[tuple[str, bool | None]]:
    """Every listed file with whether its digest fits; None where the digest is unknown here."""
    root_name = package.named("OFD.xml")
    root = parse_xml(package.read(root_name), limits)
    for entry in (one for one in root.iter() if local(one) == "Signatures" and one.text and one.text.strip()):
        table_name = package.beside(root_name, entry.text or "")
        table = parse_xml(package.read(table_name), limits)
        signatures = [one for one in table.iter() if local(one) == "Signature" and one.get("BaseLoc")]
        for signature in signatures[:_SIGNATURES]:
            name = package.beside(table_name, signature.get("BaseLoc", ""))
            yield from _listed(package, name, parse_xml(package.read(name), limits))


def _listed(package: Package, base: str, signature: etree._Element) -> Iterator[tuple[str, bool | None]]:
    method = next((one.get("CheckMethod", "") for one in signature.iter() if local(one) == "References"), "")
    algorithm = _METHODS.get(method.strip().lower().replace("-", ""), "")
    for reference in (one for one in signature.iter() if local(one) == "Reference"):
        path = reference.get("FileRef", "")
        value = next((one.text for one in reference.iter() if local(one) == "CheckValue" and one.text), "")
        try:
            content = package.read(package.beside(base, path))
        except UnreadableInput:
            yield path, False  # a signed part is gone
            continue
        yield path, _fits(content, algorithm, value)


def _fits(content: bytes, algorithm: str, value: str) -> bool | None:
    computed = _digest(algorithm, content)
    try:
        stated = base64.b64decode(re.sub(r"\s", "", value), validate=True)
    except binascii.Error:
        return None
    return None if computed is None or not stated else hmac.compare_digest(computed, stated)


def pdf_signatures(content: bytes) -> SignatureReport:
    """Compare the digest of every byte range that a PDF's signatures cover.

    What was appended after the last signature is not covered and not judged: platforms add stamps and annotations.
    """
    states = [_pdf_state(content, *(int(part) for part in found.groups())) for found in _ranges(content)]
    if not states:
        return SignatureReport(Sealed.UNSIGNED)
    for state in (Sealed.CHANGED, Sealed.UNCHECKED):
        if state in states:
            return SignatureReport(state)
    return SignatureReport(Sealed.UNCHANGED)


def _ranges(content: bytes) -> list[re.Match[bytes]]:
    return [found for _, found in zip(range(_SIGNATURES), _BYTE_RANGE.finditer(content), strict=False)]


def _pdf_state(content: bytes, first: int, length: int, second: int, rest: int) -> Sealed:
    if not (first + length <= second <= len(content) and second + rest <= len(content)):
        return Sealed.CHANGED  # the file is shorter than what was signed
    try:
        cms = bytes.fromhex(re.sub(r"[^0-9A-Fa-f]", "", content[first + length : second].decode("ascii", "ignore")))
    except ValueError:
        return Sealed.UNCHECKED
    found = _MESSAGE_DIGEST.search(cms)
    if found is None:
        return Sealed.UNCHECKED
    stated = cms[found.end() : found.end() + found[1][0]]
    signed = content[first : first + length] + content[second : second + rest]
    computed = [digest for name in _BY_LENGTH.get(len(stated), ()) if (digest := _digest(name, signed))]
    if not computed:
        return Sealed.UNCHECKED
    return Sealed.UNCHANGED if any(hmac.compare_digest(one, stated) for one in computed) else Sealed.CHANGED


def _digest(algorithm: str, content: bytes) -> bytes | None:
    """The digest, or None where this machine's library does not know it (SM3 is missing from some)."""
    try:
        return hashlib.new(algorithm, content, usedforsecurity=False).digest()
    except ValueError:
        return None
