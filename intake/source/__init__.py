"""What arrived becomes pages and data; the content decides what it is, and limits hold before any work is done."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from intake.errors import UnreadableInput
from intake.source.archive import Package
from intake.source.image import open_image
from intake.source.ofd import open_ofd
from intake.source.opened import DataPart, Limits, Opened, Picture, SourcePage
from intake.source.pdf import open_pdf
from intake.source.safe_xml import parse_xml
from intake.source.sniff import fits_name, sniff
from models.finding import Finding, Severity
from models.outcome import Format

__all__ = ["DataPart", "Limits", "Opened", "Picture", "SourcePage", "open_source"]


def open_source(path: Path, limits: Limits) -> Opened:
    """Open a file by what it contains.

    Raises:
        UnreadableInput: it is empty, too large, of no known type, damaged, locked, or beyond a limit.
    """
    size = path.stat().st_size
    if size > limits.size:
        raise UnreadableInput("FILE-SIZE", {"mb": f"{size / 2**20:.1f}", "limit": f"{limits.size / 2**20:.0f}"})
    return _open(path.name, path.read_bytes(), limits, inside_archive=False)


def _open(name: str, content: bytes, limits: Limits, *, inside_archive: bool) -> Opened:
    if not content:
        raise UnreadableInput("FILE-EMPTY")
    found = sniff(content)
    if found is Format.UNKNOWN:
        raise UnreadableInput("FILE-TYPE", {"ext": Path(name).suffix.lstrip(".").lower() or "@page.unknown"})
    opened = _open_as(found, name, content, limits, inside_archive)
    if fits_name(name, found):
        return opened
    mismatch = Finding("FILE-EXT-MISMATCH", Severity.INFO, params={"real": found.value.upper()})
    return dataclasses.replace(opened, findings=(*opened.findings, mismatch))


def _open_as(found: Format, name: str, content: bytes, limits: Limits, inside_archive: bool) -> Opened:
    if found is Format.PDF:
        return open_pdf(content, limits)
    if found is Format.OFD:
        return open_ofd(content, limits)
    if found is Format.XML:
        parse_xml(content, limits)
        return Opened(Format.XML, (), (DataPart(name, content),))
    if found is Format.ZIP:
        if inside_archive:
            raise UnreadableInput("FILE-ARCHIVE")
        return _open_archive(content, limits)
    return open_image(content, found, limits)


def _open_archive(content: bytes, limits: Limits) -> Opened:
    """Open every invoice file of a ZIP; members that cannot be read become findings, pages are numbered through."""
    package = Package(content, limits, "FILE-ARCHIVE")
    parts: list[Opened] = []
    findings: list[Finding] = []
    count = 0
    wanted = [name for name in package.names if not Path(name).name.startswith((".", "~", "__MACOSX"))]
    if len(wanted) > limits.archive_files:
        raise UnreadableInput("FILE-ARCHIVE")
    for name in wanted:
        try:
            part = _open(Path(name).name, package.read(name), limits, inside_archive=True)
        except UnreadableInput as refusal:
            findings.append(Finding(refusal.rule, Severity.REVIEW, params={**refusal.params, "file": Path(name).name}))
            continue
        for page in part.pages:
            count += 1
            page.number = count
        if count > limits.pages:
            raise UnreadableInput("FILE-ARCHIVE")
        parts.append(part)
    if not parts:
        raise UnreadableInput("FILE-ARCHIVE")
    return Opened(Format.ZIP, findings=tuple(findings), parts=tuple(parts))
