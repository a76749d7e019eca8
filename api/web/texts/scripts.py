"""What the scripts of the pages say; it is given to them with every page."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "send": ("上传", "Send"),
    "line_copied": ("已复制", "Copied"),
    "copied": ("地址已复制", "Address copied"),
    "done_toast": (
        "{registered} 张已入账，{duplicate} 张重复，{needs} 张需要您处理",
        "{registered} registered, {duplicate} duplicate, {needs} need you",
    ),
    "sending_told": ("正在发送 {n} 个文件", "Sending {n} files"),
    "open_batch": ("查看进度", "Follow it"),
    "waits_for_network": ("等待网络，连上后自动发送", "Waits for the network, is sent by itself"),
    "in_line": ("等待发送", "Waits to be sent"),
    "sign_in_first": ("请登录后继续发送", "Sign in to go on sending"),
    "too_large": (
        "超过上限 {limit} MB，请压缩或拆分",
        "Over the limit of {limit} MB; compress or split it",
    ),
    "send_again": ("重试", "Try again"),
    "remove": ("移除", "Remove"),
    "preparing": ("正在准备 {n} 个文件……", "Preparing {n} files …"),
    "nothing_to_send": ("没有可以上传的文件", "There is nothing to send"),
    "not_kept": (
        "浏览器不允许保存，请在发送完成前保持此页打开。",
        "This browser keeps nothing; leave this page open until all is sent.",
    ),
    "aim_fine": ("可以拍了", "Looks good"),
    "aim_code": ("二维码已读出，可以拍了：{number}", "Code read, looks good: {number}"),
    "no_camera": (
        "无法打开相机，请用下面的拍照按钮。",
        "The camera cannot be opened here; use the button below.",
    ),
    "send_some": ("发送 {n} 张", "Send {n}"),
    "state_saved": ("已存在本机", "Saved here"),
    "state_code": ("二维码清晰", "Code read"),
    "state_sending": ("发送中", "Sending"),
    "state_waiting": ("等待网络", "Waits for network"),
    "state_refused": ("没有收下", "Not taken"),
    "doubt_small": ("太小", "Too small"),
    "doubt_dark": ("太暗", "Too dark"),
    "doubt_blur": ("模糊", "Blurred"),
    "doubt_glare": ("反光", "Glare"),
    "mend_small": ("靠近一些再拍。", "Go closer."),
    "mend_dark": ("换个亮一点的地方。", "Find more light."),
    "mend_blur": ("拿稳，等对焦后再拍。", "Hold still and let it focus."),
    "mend_glare": ("换个角度，避开反光。", "Change the angle to avoid the glare."),
    "code_number": ("发票号码 {number}", "Invoice {number}"),
    "saved_here": (
        "已存在本机（{s} 秒），共 {n} 张待发送",
        "Saved on this phone in {s} s; {n} to send",
    ),
    "saved_before": ("本机有 {n} 张待发送", "{n} on this phone to send"),
    "saved_until_network": (
        "{n} 张已存在本机，联网后自动发送",
        "{n} saved on this phone, sent when the network is back",
    ),
    "no_answer": (
        "服务没有应答，请稍后再点一次。",
        "The service does not answer; please press it again later.",
    ),
    "all_sent": ("{n} 张已送达。", "{n} have arrived."),
    "close": ("关闭", "Close"),
    "draw_away": (
        "现在不能重新读取（识别服务没有应答），请直接输入。",
        "It cannot be read right now (no reader answers); please type.",
    ),
    "draw_hint": (
        "在票面上拖出一个框，可以重新读取选中的字段。",
        "Draw a box on the page to read the chosen field anew.",
    ),
    "draw_nothing": ("那里没有读到文字。", "No text was read there."),
    "draw_reading": ("正在读取……", "Reading …"),
    "sum_fails": ("金额 + 税额 ≠ 价税合计，差 {difference}", "amount + tax ≠ total, by {difference}"),
    "sum_holds": ("金额 + 税额 = 价税合计", "amount + tax = total"),
    "words_agree": ("大写一致", "words agree"),
    "words_differ": ("大写是“{words}”", "the words say {words}"),
}
