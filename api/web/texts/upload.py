"""Texts of sending, of the batch and of the phone."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "upload_title": ("上传发票", "Send invoices"),
    "drop": ("把发票拖到这里", "Drop invoices here"),
    "drop_hint": (
        "PDF、OFD、XML、ZIP 或照片，一次多少都行，单个不超过 {limit} MB。有电子原件时请优先上传原件。",
        "PDF, OFD, XML, ZIP or photos, as many as you like, {limit} MB each. Best send the electronic original.",
    ),
    "drop_ways": (
        "也可以在任何页面拖入文件或文件夹，或直接粘贴。",
        "You can also drop files or folders on any page, or paste them.",
    ),
    "recent": ("从这台设备上传的", "Sent from this device"),
    "choose": ("选择文件", "Choose files"),
    "choose_folder": ("选择文件夹", "Choose a folder"),
    "camera": ("拍照", "Take a photo"),
    "today": ("目前", "So far"),
    "batch": ("本次上传", "This upload"),
    "batch_keep": (
        "此页地址可保存或转发；刷新或关闭都不会丢失。",
        "Keep or pass on this address; nothing is lost by reloading or closing it.",
    ),
    "copy_link": ("复制地址", "Copy the address"),
    "page_count": ("页数", "Pages"),
    "sieve_label": ("按结果筛选", "By outcome"),
    "sieve_all": ("全部", "All"),
    "sieve_needs": ("需要我处理", "Needs me"),
    "sieve_registered": ("已入账", "Registered"),
    "sieve_duplicate": ("重复", "Duplicate"),
    "sieve_returned": ("已退回", "Returned"),
    "sieve_working": ("处理中", "Being read"),
    "sieve_none": ("没有符合条件的文件。", "No file fits."),
    "batch_empty": ("还没有收到文件。", "No file has arrived yet."),
    "next_turn": ("马上识别", "Next to be read"),
    "turn": ("前面还有 {n} 份", "{n} before it"),
    "turn_about": ("约 {time}", "about {time}"),
    "being_read": ("正在识别", "Being read now"),
    "seconds": ("{n} 秒", "{n} s"),
    "minutes": ("{n} 分钟", "{n} min"),
    "hours": ("{n} 小时", "{n} h"),
    "day_count": ("{n} 天", "{n} d"),
    "read_again": ("重新识别", "Read again"),
    "see_mend": ("查看并更正", "See how to mend it"),
    "sending": ("正在发送", "Sending"),
    "offline": ("现在没有网络", "There is no network"),
    "offline_hint": (
        "拍照不受影响：照片先存在本机，联网后自动发送。",
        "Photos can still be taken: they are kept on this phone and sent when the network is back.",
    ),
    "phone_title": ("拍发票", "Photograph invoices"),
    "phone_empty": ("点下面的相机，一张一张拍", "Tap the camera below, one shot for each invoice"),
    "phone_hint": (
        "铺平、四角拍全、避开反光。照片立即存在本机，没有网络也不会丢。",
        "Flat, all four corners, no glare. Photos are kept on this phone at once, with or without a network.",
    ),
    "album": ("相册", "Album"),
    "aim": ("实时取景", "Live view"),
    "take_again": ("重拍", "Take it again"),
    "send_anyway": ("仍然发送", "Send anyway"),
}
