"""Who may do what: seven roles, and for each thing that can be done the roles that may do it. What is not here, nobody.

Roles say what somebody may do; companies and departments say with which invoices (``models.sight``). Whoever runs the
service or gives out its rights sees no invoice by that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to the desk. One person may be several."""

    VIEWER = "viewer"
    SUBMITTER = "submitter"
    REVIEWER = "reviewer"
    FINANCE = "finance"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """One thing that can be done. Every route names the one that it needs (``api.guard``)."""

    SUBMIT = "submit"
    SEND_FOR_OTHERS = "send_for_others"
    SEE_OWN = "see_own"
    SEE_SCOPE = "see_scope"
    REVIEW = "review"
    DECIDE = "decide"
    BOOK = "book"
    HOLD = "legal_hold"
    RECONCILE = "reconcile"
    EXPORT = "export"
    READ_POLICIES = "read_policies"
    MANAGE_POLICIES = "manage_policies"
    MANAGE_SYNC = "manage_sync"
    READ_AUDIT = "read_audit"
    OPERATE = "operate"
    MANAGE_USERS = "manage_users"
    MANAGE_KEYS = "manage_keys"


ROLE_WORDS: Mapping[Role, tuple[str, str]] = {
    Role.VIEWER: ("查看者", "Viewer"),
    Role.SUBMITTER: ("提交人", "Submitter"),
    Role.REVIEWER: ("复核人", "Reviewer"),
    Role.FINANCE: ("财务", "Finance"),
    Role.AUDITOR: ("审计", "Auditor"),
    Role.OPERATOR: ("运维", "Operator"),
    Role.ADMINISTRATOR: ("管理员", "Administrator"),
}

PERMISSION_WORDS: Mapping[Permission, tuple[str, str]] = {
    Permission.SUBMIT: ("提交、重交发票并提出异议", "send invoices, mend them, contest a return"),
    Permission.SEND_FOR_OTHERS: ("以密钥代他人提交", "send for others, with a key"),
    Permission.SEE_OWN: ("查看自己提交的", "see what one sent"),
    Permission.SEE_SCOPE: ("查看所属公司和部门的", "see what belongs to one's companies and departments"),
    Permission.REVIEW: ("查看待复核列表并锁定", "see what waits for a person, and hold it"),
    Permission.DECIDE: ("确认、退回、撤销", "confirm, return, take back"),
    Permission.BOOK: ("登记报销与入账", "note claims and bookings"),
    Permission.HOLD: ("冻结文件、解除冻结", "hold files against deletion, and lift that"),
    Permission.RECONCILE: ("导入税务清单并对账", "load lists of the tax authority and reconcile"),
    Permission.EXPORT: ("导出台账", "take the ledger out as files"),
    Permission.READ_POLICIES: ("查看规则包", "read the company's packs"),
    Permission.MANAGE_POLICIES: ("试算并安装规则包", "try and install packs"),
    Permission.MANAGE_SYNC: ("管理同步", "manage what is passed on to other systems"),
    Permission.READ_AUDIT: ("查看审计记录", "read the audit trail"),
    Permission.OPERATE: ("查看运行状况", "see how the service runs, and tend it"),
    Permission.MANAGE_USERS: ("管理用户和权限", "manage people and their rights"),
    Permission.MANAGE_KEYS: ("管理所有密钥", "manage everybody's keys"),
}

_VIEWER, _SUBMITTER, _REVIEWER, _FINANCE, _AUDITOR, _OPERATOR, _ADMINISTRATOR = Role

#: The whole of it: what can be done, and the roles that may.
GRANTED: Mapping[Permission, tuple[Role, ...]] = {
    Permission.SUBMIT: (_SUBMITTER, _REVIEWER, _FINANCE),
    Permission.SEND_FOR_OTHERS: (_FINANCE, _OPERATOR),
    Permission.SEE_OWN: (_VIEWER, _SUBMITTER, _REVIEWER, _FINANCE, _AUDITOR),
    Permission.SEE_SCOPE: (_VIEWER, _REVIEWER, _FINANCE, _AUDITOR),
    Permission.REVIEW: (_REVIEWER, _FINANCE),
    Permission.DECIDE: (_REVIEWER, _FINANCE),
    Permission.BOOK: (_FINANCE,),
    Permission.HOLD: (_FINANCE,),
    Permission.RECONCILE: (_FINANCE,),
    Permission.EXPORT: (_FINANCE, _AUDITOR),
    Permission.READ_POLICIES: (_REVIEWER, _FINANCE, _AUDITOR, _OPERATOR, _ADMINISTRATOR),
    Permission.MANAGE_POLICIES: (_ADMINISTRATOR,),
    Permission.MANAGE_SYNC: (_OPERATOR,),
    Permission.READ_AUDIT: (_AUDITOR,),
    Permission.OPERATE: (_OPERATOR,),
    Permission.MANAGE_USERS: (_ADMINISTRATOR,),
    Permission.MANAGE_KEYS: (_ADMINISTRATOR,),
}

#: What a key may be made for. Who gives out rights is a person who has signed in, never a program.
KEY_SCOPES = frozenset(Permission) - {Permission.MANAGE_USERS, Permission.MANAGE_KEYS}


def permissions_of(roles: Collection[Role]) -> frozenset[Permission]:
    """All that somebody with these roles may do; no roles, nothing."""
    return frozenset(permission for permission, granted in GRANTED.items() if not set(roles).isdisjoint(granted))
