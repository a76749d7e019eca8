"""Texts of sending and of the batch."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "drop": ("把发票拖到这里", "Drop invoices here"),
    "drop_hint": (
        "PDF、OFD、XML、ZIP 或照片，可一次多个，单个不超过 {limit} MB。有电子原件时请优先上传原件。",
        "PDF, OFD, XML, ZIP or photos, several at once, {limit} MB each. Best send the electronic original.",
    ),
    "choose": ("选择文件", "Choose files"),
    "camera": ("拍照", "Take a photo"),
    "send": ("上传", "Send"),
    "sender": ("上传人", "Your name"),
    "today": ("目前", "So far"),
    "batch": ("本次上传", "This upload"),
    "batch_keep": (
        "此页面地址可保存或转发，刷新后状态不丢。",
        "Keep or pass on this address; nothing is lost by reloading.",
    ),
    "waiting_hint": ("前面还有 {n} 份，正在处理……", "{n} before it, being worked on …"),
    "done_toast": (
        "{registered} 张已入账，{duplicate} 张重复，{needs} 张需要处理",
        "{registered} registered, {duplicate} duplicate, {needs} need attention",
    ),
}
