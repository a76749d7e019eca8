"""Texts of the auditor's page."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "nav_audit": ("审计", "Audit"),
    "audit_lead": (
        "谁在何时、从哪里做了什么，变更前后如何；每条都带哈希，可自行核验。",
        "Who did what, when, from where, before and after; each with its hash, to be checked without us.",
    ),
    "audit_chain": ("事件链", "The chain of events"),
    "audit_proof": ("最近核验", "Last proof"),
    "audit_proof_ok": ("完整", "It holds"),
    "audit_proof_broken": ("有断点", "It is broken"),
    "audit_proof_none": ("尚未核验", "Not proven yet"),
    "audit_root": ("最近的每日根值", "Latest daily root"),
    "audit_root_none": ("尚无根值，每晚核验后生成。", "None yet; one is kept after each nightly proof."),
    "audit_head": ("链头（最新事件）", "Head of the chain (latest event)"),
    "audit_verify": (
        "自行核验：python -m intake ledger verify；用导出文件重算哈希的办法见 docs/security.md。",
        "Prove it yourself: python -m intake ledger verify; docs/security.md says how to work out the hashes of an "
        "export.",
    ),
    "audit_partly": (
        "您只看到所属公司和部门的单据的事件；登录、权限、密钥等事件由可查看全部的审计人员查看。",
        "You see the events of your companies and departments; sign-ins, rights and keys are for auditors who see all.",
    ),
    "audit_who": ("操作人", "Who"),
    "audit_act": ("操作", "Act"),
    "audit_any": ("全部", "All"),
    "audit_since": ("从", "From"),
    "audit_until": ("到", "to"),
    "audit_about": ("文档、条目编号或发票号码", "Id of a document or entry, or invoice number"),
    "audit_when": ("时间", "When"),
    "audit_where": ("来源", "From where"),
    "audit_key": ("密钥 {key}", "key {key}"),
    "audit_on": ("对象", "On what"),
    "audit_change": ("变更", "Change"),
    "audit_more": ("详情与哈希", "Details and hash"),
    "audit_before_hash": ("前一哈希", "Hash before"),
    "audit_hash": ("哈希", "Hash"),
    "audit_show": ("查看", "Show"),
    "audit_csv": ("导出 CSV", "Export CSV"),
    "audit_jsonl": ("导出 JSON 行（可核验）", "Export JSON lines (to be checked)"),
    "audit_none": ("没有符合的事件", "Nothing fits"),
    "audit_none_hint": ("放宽日期或操作种类再看。", "Ask for more days or other acts."),
    "audit_document": ("文档", "Document"),
    "legal_hold": ("冻结（不得删除）", "Legal hold"),
    "legal_hold_by": ("{who} 已冻结：{reason}", "Held by {who}: {reason}"),
    "legal_hold_none": ("没有冻结；保管期满后文件按规定删除。", "None; its files go when their time is over."),
    "legal_hold_set": ("冻结", "Hold"),
    "legal_hold_why": ("冻结原因", "Why it is held"),
    "legal_hold_lift": ("解除冻结", "Lift the hold"),
    "legal_hold_lift_why": ("解除原因", "Why it is lifted"),
    "file_deleted_note": (
        "保管期限已满，文件和图片已按规定删除；识别内容、台账和历史记录保留。",
        "Its time is over: file and pictures were deleted by policy. What was read, the ledger and the history stay.",
    ),
    "colon": ("：", ": "),
    "audit_entry": ("台账条目", "Entry"),
}
