"""Ways of proof, kinds of reading and happenings, as people read them."""

from __future__ import annotations

from collections.abc import Mapping

from models.acts import ACTS

NAMES: Mapping[str, tuple[str, str]] = {
    **{what: (act.zh, act.en) for what, act in ACTS.items()},
    "structured": ("文件内数据", "data in the file"),
    "text_layer": ("文件文字", "text of the file"),
    "ocr": ("文字识别", "recognised"),
    "qr": ("二维码", "QR code"),
    "derived": ("推算或人工", "derived or by a person"),
    "qr+print": ("二维码与票面一致", "QR code and print agree"),
    "tag+text": ("数据标签与文字一致", "tag and text agree"),
    "sum+words": ("合计成立且与大写一致", "the sum holds and the words agree"),
    "sum+qr": ("合计成立且与二维码一致", "the sum holds and the QR code agrees"),
    "sum+text": ("文件文字合计成立", "the sum of the file's text holds"),
    "figure+words": ("大小写一致", "figure and words agree"),
    "printed twice": ("票面两处一致", "printed twice alike"),
    "read twice": ("两次识别一致", "read twice alike"),
    "check character": ("校验位成立", "the check character holds"),
    "text+form": ("文件文字且格式相符", "text of the file, in due form"),
    "reject": ("退回", "returned"),
    "review": ("人工核对", "a person decides"),
    "warn": ("提示", "shown"),
    "info": ("备注", "noted"),
    "worker": ("识别程序", "the reader"),
    "desk": ("系统", "the service"),
    "sweeper": ("系统", "the service"),
}
