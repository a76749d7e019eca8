"""The answers to "where is my invoice?": a closed list, what each says in one sentence, and what to do then.

Source: rule book §9.1. Its fifteen codes say why an invoice is not where it was looked for, in the order in which they
are tried; ``REGISTERED`` is what is left: it is where it belongs (decision 0014).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Pair = tuple[str, str]


class Code(StrEnum):
    """The codes, in the order in which they are tried."""

    NOT_RECEIVED = "NOT_RECEIVED"
    IN_PROGRESS = "IN_PROGRESS"
    OCR_FAILED = "OCR_FAILED"
    REJECTED = "REJECTED"
    IN_REVIEW = "IN_REVIEW"
    DUPLICATE = "DUPLICATE"
    REGISTERED_ELSEWHERE = "REGISTERED_ELSEWHERE"
    REGION_DIFFERS = "REGION_DIFFERS"
    SYNC_DELAY = "SYNC_DELAY"
    KNOWN_TO_TAX = "KNOWN_TO_TAX"
    NOT_OURS = "NOT_OURS"
    OUT_OF_EXPORT = "OUT_OF_EXPORT"
    VOIDED = "VOIDED"
    KIND_NOT_TRACKED = "KIND_NOT_TRACKED"
    NOT_FOUND = "NOT_FOUND"
    REGISTERED = "REGISTERED"


@dataclass(frozen=True, slots=True)
class Wording:
    """What an answer says, each in Chinese and English, with places in braces for its values.

    ``who`` can do the next step: ``sender``, ``issuer``, ``finance`` or ``operator``. ``again``: when it is looked at
    again without anybody asking; None where only people move it on.
    """

    reason: Pair
    step: Pair
    who: str
    again: Pair | None = None


#: The big word of each answer.
STATUS: Mapping[Code, Pair] = {
    Code.NOT_RECEIVED: ("没有收到", "Not received"),
    Code.IN_PROGRESS: ("正在处理", "Being read"),
    Code.OCR_FAILED: ("读不清", "Could not be read"),
    Code.REJECTED: ("已退回", "Returned"),
    Code.IN_REVIEW: ("待复核", "Needs review"),
    Code.DUPLICATE: ("重复提交", "Sent twice"),
    Code.REGISTERED_ELSEWHERE: ("已登记，数据不同", "Registered, with other data"),
    Code.REGION_DIFFERS: ("属于另一地区", "Another region"),
    Code.SYNC_DELAY: ("税局尚未同步", "Too fresh for the tax authority"),
    Code.KNOWN_TO_TAX: ("税局有，未提交", "The tax authority has it, we do not"),
    Code.NOT_OURS: ("不是本公司", "Not made out to us"),
    Code.OUT_OF_EXPORT: ("清单未覆盖", "Outside the lists"),
    Code.VOIDED: ("已作废或红冲", "Voided or red-flushed"),
    Code.KIND_NOT_TRACKED: ("税局不列此类", "A kind the tax authority does not list"),
    Code.NOT_FOUND: ("查无此票", "Not found by the tax authority"),
    Code.REGISTERED: ("已入账", "Registered"),
}
_LIST_AGAIN = ("下次导入税局清单时自动核对。", "Compared with the next list that is loaded.")
_FILE_AGAIN = ("收到文件后自动核对。", "Compared as soon as a file arrives.")
WORDINGS: Mapping[str, Wording] = {
    "NOT_RECEIVED": Wording(
        ("没有收到这张发票的上传记录{unread}。", "No upload of this invoice has been received{unread}."),
        (
            "请重新上传，或检查文件夹、手机应用是否同步。",
            "Upload it again, or check that the folder or the app is synchronised.",
        ),
        "sender",
        _FILE_AGAIN,
    ),
    "IN_PROGRESS": Wording(
        (
            "正在处理：第 {place} 位，预计 {minutes} 分钟。",
            "Being read: number {place} in the queue, about {minutes} min.",
        ),
        ("请稍候，读完即有结果。", "Wait a moment; the result follows by itself."),
        "sender",
        ("预计 {time} 读完。", "Expected to be read by {time}."),
    ),
    "IN_PROGRESS/stuck": Wording(
        (
            "排在第 {place} 位，但最近十分钟没有读完任何文件。",
            "Number {place} in the queue, but nothing was read in the last ten minutes.",
        ),
        ("请检查识别进程是否运行。", "Check that the workers are running."),
        "operator",
    ),
    "OCR_FAILED": Wording(("读不清：{reason}", "It could not be read: {reason}"), ("{remedy}", "{remedy}"), "sender"),
    "REJECTED": Wording(("已退回：{reason}", "Returned: {reason}"), ("{remedy}", "{remedy}"), "sender"),
    "IN_REVIEW": Wording(
        ("等待人工确认：{fields}。", "A person must confirm: {fields}."),
        ("请财务在复核台处理{holder}。", "Decide on it at the review desk{holder}."),
        "finance",
    ),
    "DUPLICATE": Wording(
        (
            "同一张发票已于 {time} 由 {who} 登记（编号 {id}）。",
            "The same invoice was registered on {time} by {who} (no. {id}).",
        ),
        ("无需再次提交。", "No need to send it again."),
        "sender",
    ),
    "DUPLICATE/hidden": Wording(
        ("同一张发票已由其他部门提交或登记。", "The same invoice has been sent or registered by another department."),
        ("请向财务询问。", "Ask finance."),
        "finance",
    ),
    "REGISTERED_ELSEWHERE": Wording(
        (
            "已登记（编号 {id}），但与您所查不同：{differences}。",
            "Registered (no. {id}), but not as you asked: {differences}.",
        ),
        ("请核对票面；台账有误时请联系财务。", "Check it against the invoice; if the ledger is wrong, tell finance."),
        "finance",
    ),
    "REGISTERED_ELSEWHERE/hidden": Wording(
        ("这张发票已由其他部门提交或登记。", "This invoice has been sent or registered by another department."),
        ("请向财务询问。", "Ask finance."),
        "finance",
    ),
    "REGION_DIFFERS": Wording(
        (
            "{standing}由{issuer}税务局监制，不在“{asked}”之下：地区按{by}，不是按门店所在地。",
            "{standing}issued by the tax bureau of {issuer}, so not under {asked}: what counts is {by}, not the shop.",
        ),
        ("请在“{issuer}”下查看。", "Look under {issuer}."),
        "sender",
    ),
    "SYNC_DELAY": Wording(
        (
            "{standing}{day} 刚开具，税局数据通常次日同步。",
            "{standing}issued on {day}; the tax authority's data usually follow the next day.",
        ),
        ("请在 {time} 后再查验或导入清单。", "Verify it, or load a list, after {time}."),
        "finance",
        ("{time} 后导入的清单会自动核对。", "Compared with the first list that is loaded after {time}."),
    ),
    "KNOWN_TO_TAX": Wording(
        (
            "税局清单已有这张发票（{list} 第 {line} 行），但没有人提交文件。",
            "The tax authority lists it ({list}, row {line}), but nobody has sent a file.",
        ),
        ("请提交原件{from}。", "Send the original{from}."),
        "sender",
        _FILE_AGAIN,
    ),
    "KNOWN_TO_TAX/hidden": Wording(
        (
            "税局清单已有这个号码，但没有人提交文件。",
            "The tax authority lists this number, but nobody has sent a file.",
        ),
        ("请提交原件。", "Send the original."),
        "sender",
        _FILE_AGAIN,
    ),
    "NOT_OURS": Wording(
        (
            "{standing}抬头“{buyer}”不是本公司，税务数字账户不会归集到我们名下。",
            "{standing}made out to {buyer}, which is none of our companies; the tax authority does not list it for us.",
        ),
        ("请开票方按本公司抬头换开。", "Ask the issuer to reissue it to our company."),
        "issuer",
    ),
    "OUT_OF_EXPORT": Wording(
        (
            "{standing}所导入的税局清单范围为 {ranges}，不包含它的{aspects}。",
            "{standing}the lists that were loaded cover {ranges}, which leaves out its {aspects}.",
        ),
        ("请导入包含它的清单。", "Load a list that covers it."),
        "finance",
        _LIST_AGAIN,
    ),
    "VOIDED": Wording(
        ("{standing}该票{state}（{source}）。", "{standing}it is {state} ({source})."),
        ("请联系开票方重开。", "Ask the issuer for a new one."),
        "issuer",
    ),
    "KIND_NOT_TRACKED": Wording(
        (
            "{standing}{kind}不在税务清单内，只按上传登记。",
            "{standing}the tax authority lists no invoices of its kind ({kind}); it is registered by its upload alone.",
        ),
        ("无需操作。", "Nothing to do."),
        "finance",
    ),
    "NOT_FOUND": Wording(
        ("{standing}{time} 查验：税局查无此票。", "{standing}the tax authority did not find it on {time}."),
        ("请核对号码、日期和金额，或联系开票方。", "Check number, date and amount, or ask the issuer."),
        "issuer",
    ),
    "REGISTERED": Wording(
        ("已入账：{time} 由 {who} 提交（编号 {id}）{tax}。", "Registered on {time}, sent by {who} (no. {id}){tax}."),
        ("无需操作。", "Nothing to do."),
        "sender",
    ),
}


def said(pair: Pair, values: Mapping[str, str | Pair]) -> Pair:
    """Fill the places of a sentence in both languages, with texts or pairs of them; English begins with a capital.

    Raises:
        KeyError: a value is missing.
    """
    zh, en = (
        text.format_map({name: value if isinstance(value, str) else value[place] for name, value in values.items()})
        for place, text in enumerate(pair)
    )
    return zh, en[:1].upper() + en[1:]
