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
    "choose": ("选择文件", "Choose files"),
    "choose_folder": ("选择文件夹", "Choose a folder"),
    "camera": ("拍照", "Take a photo"),
    "send": ("上传", "Send"),
    "sender": ("上传人", "Your name"),
    "today": ("目前", "So far"),
    "batch": ("本次上传", "This upload"),
    "batch_keep": (
        "此页地址可保存或转发；刷新或关闭都不会丢失。",
        "Keep or pass on this address; nothing is lost by reloading or closing it.",
    ),
    "copy_link": ("复制地址", "Copy the address"),
    "copied": ("地址已复制", "Address copied"),
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
    "read_again": ("重新识别", "Read again"),
    "see_mend": ("查看并更正", "See how to mend it"),
    "done_toast": (
        "{registered} 张已入账，{duplicate} 张重复，{needs} 张需要您处理",
        "{registered} registered, {duplicate} duplicate, {needs} need you",
    ),
    "sending": ("正在发送", "Sending"),
    "sending_told": ("正在发送 {n} 个文件", "Sending {n} files"),
    "open_batch": ("查看进度", "Follow it"),
    "waits_for_network": ("等待网络，连上后自动发送", "Waits for the network, is sent by itself"),
    "in_line": ("等待发送", "Waits to be sent"),
    "sign_in_first": ("请登录后继续发送", "Sign in to go on sending"),
    "too_large": ("超过上限 {limit} MB，请压缩或拆分", "Over the limit of {limit} MB; compress or split it"),
    "send_again": ("重试", "Try again"),
    "remove": ("移除", "Remove"),
    "preparing": ("正在准备 {n} 个文件……", "Preparing {n} files …"),
    "nothing_to_send": ("没有可以上传的文件", "There is nothing to send"),
    "not_kept": (
        "浏览器不允许保存，请在发送完成前保持此页打开。",
        "This browser keeps nothing; leave this page open until all is sent.",
    ),
}
