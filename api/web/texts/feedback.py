"""Texts of the feedback desk."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "feedback_new": ("写反馈", "Write to us"),
    "feedback_lead": (
        "一句话就行。打开反馈时所在的页面会自动附上，您能随时看到处理到哪一步。",
        "One sentence will do. The page that you came from is taken along; you can follow what becomes of it.",
    ),
    "feedback_text": ("发生了什么？", "What happened?"),
    "feedback_about": ("关于", "About"),
    "feedback_guess": ("由系统判断", "Let the service tell"),
    "feedback_takes": ("自动附上：", "Taken along: "),
    "feedback_page": ("页面", "Page"),
    "feedback_document": ("文件", "Document"),
    "feedback_send": ("提交反馈", "Send"),
    "feedback_still": ("没有解决，仍然提交", "That does not help: still send"),
    "feedback_maybe": ("也许这里已有答案", "This may answer it already"),
    "feedback_sent": ("已收到。答复会显示在这里。", "It has arrived. The answer will show here."),
    "feedback_mine": ("我的反馈", "Mine"),
    "feedback_waiting": ("待处理", "Waiting"),
    "feedback_all": ("全部", "Everybody's"),
    "feedback_none": ("这里还没有反馈。", "There is no feedback here."),
    "feedback_none_hint": (
        "每一页下方都有“反馈”，点开写一句话即可。",
        "“Feedback” stands at the foot of every page; one sentence will do.",
    ),
    "feedback_classes": ("各类反馈数量", "How many of each class"),
    "feedback_class": ("类别", "Class"),
    "feedback_count": ("总数", "All"),
    "feedback_open": ("待处理数", "Waiting"),
    "feedback_who": ("提交人", "From"),
    "feedback_when": ("时间", "When"),
    "feedback_assignee": ("处理人", "Looked at by"),
    "feedback_answer": ("答复", "Answer"),
    "feedback_reply": ("补充或重新打开", "Add to it, or open it again"),
    "feedback_reply_send": ("提交补充", "Send"),
    "feedback_take": ("我来处理", "I take it"),
    "feedback_close": ("关闭", "Close it"),
    "feedback_words": ("内容", "What was said"),
    "feedback_talk": ("往来", "What was said since"),
}
