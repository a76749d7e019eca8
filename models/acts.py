"""The kinds of acts in the history, in groups and in words: what an auditor looks for. Every event has a line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.document import STATE_WORDS
from models.entry import EVENT_WORDS

Pair = tuple[str, str]


class ActGroup(StrEnum):
    """What an act is about."""

    FILES = "files"
    DECISIONS = "decisions"
    LEDGER = "ledger"
    TAKEN_OUT = "taken_out"
    RETENTION = "retention"
    RECONCILIATION = "reconciliation"
    SIGN_IN = "sign_in"
    RIGHTS = "rights"
    HOUSE = "house"


GROUP_WORDS: Mapping[ActGroup, Pair] = {
    ActGroup.FILES: ("收件与识别", "Files and their reading"),
    ActGroup.DECISIONS: ("复核与异议", "Decisions and objections"),
    ActGroup.LEDGER: ("台账变更", "Changes of the ledger"),
    ActGroup.TAKEN_OUT: ("查看原件与导出", "Originals read, and exports"),
    ActGroup.RETENTION: ("保管期限与冻结", "Retention and legal hold"),
    ActGroup.RECONCILIATION: ("对账", "Reconciliation"),
    ActGroup.SIGN_IN: ("登录", "Sign-in"),
    ActGroup.RIGHTS: ("用户、权限与密钥", "People, rights, keys"),
    ActGroup.HOUSE: ("规则包、同步与反馈", "Packs, sync, feedback"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """One kind of act: its group and its words."""

    group: ActGroup
    zh: str
    en: str


#: Acts of looking: they change nothing, and only auditors are told of them.
LOOKING = frozenset({"original_read"})
#: A file of a document was deleted as the policy of retention says.
FILE_DELETED = "file_deleted"

_HELD = ("held", "released")
_WORDS: Mapping[ActGroup, Mapping[str, Pair]] = {
    ActGroup.FILES: {
        "submitted": ("提交", "Submitted"),
        **{state.value: words for state, words in STATE_WORDS.items()},
        "put_ahead": ("提前处理", "Put ahead"),
        "put_back": ("恢复普通顺序", "Put back in line"),
        "rejudged": ("按新规则包重新判断", "Judged again by a new pack"),
    },
    ActGroup.DECISIONS: {
        "confirmed": ("人工确认", "Confirmed by a person"),
        "confirmed_first": ("第一人确认", "Confirmed by the first of two"),
        "refused": ("人工退回", "Returned by a person"),
        "contested": ("提出异议", "Contested"),
        "undone": ("撤销决定", "Decision undone"),
    },
    ActGroup.LEDGER: {
        **{what: words for what, words in EVENT_WORDS.items() if what not in _HELD},
        "verified": ("查验", "Verified"),
        "reconciled": ("对账状态变更", "State of reconciliation"),
        "booked": ("记账", "Booked"),
    },
    ActGroup.TAKEN_OUT: {
        "original_read": ("查看原件", "Original read"),
        "exported": ("导出", "Exported"),
    },
    ActGroup.RETENTION: {
        **{what: EVENT_WORDS[what] for what in _HELD},
        FILE_DELETED: ("文件到期删除", "File deleted, its time being over"),
    },
    ActGroup.RECONCILIATION: {
        "tax_list": ("导入税务清单", "List of the tax authority loaded"),
        "reconciliation": ("对账", "Reconciled"),
        "alarm_seen": ("警报已阅", "Alarm seen"),
    },
    ActGroup.SIGN_IN: {
        "signed_in": ("登录", "Signed in"),
        "sign_in_failed": ("登录失败", "Sign-in failed"),
        "signed_out": ("退出", "Signed out"),
        "password_changed": ("修改密码", "Password changed"),
        "password_reset": ("重置密码", "Password reset"),
    },
    ActGroup.RIGHTS: {
        "user_added": ("新增用户", "Person added"),
        "user_linked": ("关联统一登录", "Person linked to the company's sign-in"),
        "user_disabled": ("停用用户", "Person shut out"),
        "user_enabled": ("启用用户", "Person let in again"),
        "rights_changed": ("修改权限", "Rights changed"),
        "key_made": ("新建密钥", "Key made"),
        "key_revoked": ("吊销密钥", "Key revoked"),
    },
    ActGroup.HOUSE: {
        "policy": ("安装规则包", "Pack installed"),
        "endpoint_added": ("新增同步对象", "Partner added"),
        "endpoint_changed": ("修改同步对象", "Partner changed"),
        "endpoint_secret_changed": ("更换同步密钥", "Secret of a partner changed"),
        "endpoint_paused": ("暂停同步", "Partner paused"),
        "endpoint_resumed": ("恢复同步", "Partner resumed"),
        "endpoint_gone": ("同步地址失效", "Partner's address is gone"),
        "endpoint_failing": ("同步连续失败而停用", "Partner failed too long and was switched off"),
        "endpoint_deleted": ("删除同步对象", "Partner deleted"),
        "delivery_skipped": ("放弃发送", "Message given up"),
        "replayed": ("重新发送", "Sent again"),
        "reported": ("提交反馈", "Problem reported"),
        "report_taken": ("受理反馈", "Report taken"),
        "report_answered": ("答复反馈", "Report answered"),
        "report_reopened": ("追加反馈", "Report opened again"),
        "report_closed": ("关闭反馈", "Report closed"),
    },
}
ACTS: Mapping[str, Act] = {
    what: Act(group, zh, en) for group, acts in _WORDS.items() for what, (zh, en) in acts.items()
}


def act_words(what: str) -> Pair:
    """What an act is called; one from before this list is called what it is."""
    act = ACTS.get(what)
    return (act.zh, act.en) if act else (what, what)


def acts_of(named: str) -> tuple[str, ...]:
    """The kinds that a name means: a group's, or itself.

    Raises:
        KeyError: there is none of this name.
    """
    kinds = tuple(what for what, act in ACTS.items() if f"group:{act.group.value}" == named)
    if not kinds and named not in ACTS:
        raise KeyError(named)
    return kinds or (named,)
