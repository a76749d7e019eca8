"""What a proof of the ledger looks at, and what it says of the first thing that does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What is proven, in this order: each part rests on the one before.

    The roots published outside say that the history is the whole one; the chain, that its events are true; the events,
    what documents and entries must say; the documents, which bytes their originals have.
    """

    ROOTS = "roots"
    CHAIN = "chain"
    DOCUMENTS = "documents"
    VIEWS = "views"
    FILES = "files"


PART_WORDS: dict[Part, tuple[str, str]] = {
    Part.ROOTS: ("每日根值", "published roots"),
    Part.CHAIN: ("事件链", "chain of events"),
    Part.DOCUMENTS: ("文档记录", "documents"),
    Part.VIEWS: ("台账条目", "entries"),
    Part.FILES: ("原件", "originals"),
}


@dataclass(frozen=True, slots=True)
class Break:
    """One thing that does not fit: a key of ``BREAK_WORDS``, and where it was found."""

    part: Part
    what: str
    where: Mapping[str, str]

    @property
    def told(self) -> dict[str, str]:
        """What is wrong and what to do, in both languages."""
        zh, mend_zh, en, mend_en = (text.format_map(self.where) for text in BREAK_WORDS[self.what])
        return {"zh": zh, "mend_zh": mend_zh, "en": en, "mend_en": mend_en}


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one part: how many things were looked at, how many do not fit, and the first of those.

    The chain is not walked past its first break: from there on nothing is proven.
    """

    part: Part
    checked: int
    broken: int = 0
    first: Break | None = None

    @property
    def ok(self) -> bool:
        """Whether everything fits."""
        return self.first is None


_EVENT_MEND = (
    "请停止写入，保留现场，用备份核对该事件前后的记录；不要自行修改。",
    "Stop writing, keep everything as it is, and compare the events around it with a backup; change nothing.",
)
_ROOT_MEND = (
    "当前数据库可能是恢复的旧备份或被改写；请停止写入，找出含该根值的最新备份，再补收缺失的文件。",
    "This may be a restored old backup, or a rewritten history. Stop writing, find the latest backup that holds this "
    "root, then send again what is missing.",
)
_ENTRY_MEND = (
    "请用 python -m intake ledger rebuild {entry} 按事件重建；先查明是谁改的。",
    "Find out who changed it, then build it again from its events: python -m intake ledger rebuild {entry}.",
)
#: For every way to break: what is wrong and what to do about it, in Chinese and in English.
BREAK_WORDS: dict[str, tuple[str, str, str, str]] = {
    "file_missing": (
        "文件存储中缺少文档 {document} 的原件（sha256 {sha256}）。",
        "请从备份恢复 {key}；恢复后再次核验。",
        "The original of document {document} (sha256 {sha256}) is not in the store of files.",
        "Restore {key} from a backup, then verify again.",
    ),
    "file_altered": (
        "文档 {document} 的原件与收到时不同：应为 sha256 {sha256}，实为 {found}。",
        "请从备份恢复 {key}，并检查存储设备；恢复后再次核验。",
        "The original of document {document} is not what was received: sha256 {sha256} became {found}.",
        "Restore {key} from a backup, look at the disk that held it, then verify again.",
    ),
    "event_edited": (
        "事件 {event} 的内容与其哈希不符：被改动过。",
        _EVENT_MEND[0],
        "Event {event} does not fit its own hash: it was edited.",
        _EVENT_MEND[1],
    ),
    "event_gone": (
        "事件 {event} 之前缺少一个事件（其前一个现为 {before}）：被删除或替换。",
        _EVENT_MEND[0],
        "An event before event {event} is gone or was replaced; the one before it is now {before}.",
        _EVENT_MEND[1],
    ),
    "event_moved": (
        "事件 {event} 不在原来的位置：它应接在事件 {after} 之后，现接在 {before} 之后。",
        _EVENT_MEND[0],
        "Event {event} is not in its place: it belongs after event {after} and stands after {before}.",
        _EVENT_MEND[1],
    ),
    "event_unknown": (
        "事件 {event} 使用了本版本不认识的哈希算法 {algorithm}。",
        "请用写入该事件的版本或更新的版本核验。",
        "Event {event} has a hash of a kind that this version does not know: {algorithm}.",
        "Verify with the version that wrote it, or a later one.",
    ),
    "document_edited": (
        "文档 {document} 的 {field} 与其事件不符：现为 {is}，应为 {should}。",
        "请查明是谁改的；以事件为准，从备份恢复该记录。",
        "Document {document} does not fit its events: {field} is {is}, and should be {should}.",
        "Find out who changed it; the events are right, so restore the row from a backup.",
    ),
    "document_missing": (
        "文档 {document} 有事件但已没有记录：被删除。",
        "请查明是谁删的，从备份恢复该记录。",
        "Document {document} has events but no row: it was deleted.",
        "Find out who deleted it, and restore the row from a backup.",
    ),
    "document_without_events": (
        "文档 {document} 没有接收事件：不是由本系统收到的。",
        "请查明来源；真实的文件应重新上传。",
        "Document {document} has no event of its arrival: the service did not receive it.",
        "Find out where it came from; a true file is sent in again.",
    ),
    "entry_edited": (
        "条目 {entry}（发票号码 {number}）的 {field} 与其事件不符：现为 {is}，应为 {should}。",
        _ENTRY_MEND[0],
        "Entry {entry} (invoice {number}) does not fit its events: {field} is {is}, and should be {should}.",
        _ENTRY_MEND[1],
    ),
    "entry_without_events": (
        "条目 {entry}（发票号码 {number}）没有任何事件：不是由本系统登记的。",
        "请查明来源；真实的发票应重新上传登记。",
        "Entry {entry} (invoice {number}) has no events: the service did not register it.",
        "Find out where it came from; a true invoice is sent in again.",
    ),
    "entry_missing": (
        "条目 {entry} 有事件但已不在台账中：被删除。",
        _ENTRY_MEND[0],
        "Entry {entry} has events but is no longer in the ledger: it was deleted.",
        _ENTRY_MEND[1],
    ),
    "events_unreadable": (
        "{of} 的事件无法读取（{trouble}）。",
        _EVENT_MEND[0],
        "The events of {of} cannot be read ({trouble}).",
        _EVENT_MEND[1],
    ),
    "history_shorter": (
        "根值「{root}」说有 {events} 个事件，现在只有 {found} 个。",
        _ROOT_MEND[0],
        "The root “{root}” tells of {events} events; there are {found} now.",
        _ROOT_MEND[1],
    ),
    "history_other": (
        "根值「{root}」与现在的历史不符：事件 {last} 的哈希现为 {found}。",
        _ROOT_MEND[0],
        "The root “{root}” does not fit this history: event {last} has the hash {found} now.",
        _ROOT_MEND[1],
    ),
    "root_unreadable": (
        "根值文件第 {line} 行不是根值。",
        "请与已发布的根值（邮件、打印件）核对后更正该行。",
        "Line {line} of the file of roots is no root.",
        "Compare it with what was published (mail, print) and mend the line.",
    ),
    "roots_lost": (
        "根值文件 {file} 只剩 {found} 行，上次核验时有 {before} 行。",
        "请检查磁盘是否已挂载，从已发布的副本恢复该文件。",
        "The file of roots {file} has {found} roots; there were {before} at the last verification.",
        "See whether its disk is mounted; restore the file from a published copy.",
    ),
    "roots_unusable": (
        "无法读写根值文件 {file}：{trouble}。",
        "请检查磁盘和权限，或更正 SHOUPIAO_ROOTS。",
        "The file of roots {file} cannot be read or written: {trouble}.",
        "Look at its disk and rights, or set SHOUPIAO_ROOTS right.",
    ),
}  # fmt: skip
