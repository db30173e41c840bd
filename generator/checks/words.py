"""A reader's short terms in a clerk's words: what kind of file it is, which limit is passed, how reading ended."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "kind": {
        "symlink": ("快捷方式或链接", "a link"),
        "directory": ("文件夹", "a folder"),
        "fifo": ("系统管道", "a pipe"),
        "socket": ("系统接口", "a socket"),
        "device": ("设备", "a device"),
        "text": ("纯文本", "plain text"),
        "unknown": ("无法辨认的内容", "of an unknown kind"),
        "ZIP": ("压缩包", "a ZIP archive"),
        "RAR": ("压缩包", "a RAR archive"),
        "7z": ("压缩包", "a 7z archive"),
        "OLE": ("其他程序的文件", "a file of another program"),
        "XML": ("XML 数据", "XML data"),
        "PDF": ("PDF", "a PDF"),
        "xls-old": ("很早的 Excel（4.0 及以前）", "very old Excel (4.0 or before)"),
        "doc": ("Word 97-2003（.doc）", "Word 97-2003 (.doc)"),
        "ppt": ("演示文稿（.ppt）", "presentation (.ppt)"),
        "pptx": ("演示文稿（.pptx）", "presentation (.pptx)"),
        "xlsb": ("二进制工作簿（.xlsb）", "binary workbook (.xlsb)"),
        "ods": ("ODF 表格（.ods）", "ODF spreadsheet (.ods)"),
        "odt": ("ODF 文本（.odt）", "ODF text (.odt)"),
        "odp": ("ODF 演示文稿（.odp）", "ODF presentation (.odp)"),
        "ofd": ("版式文件（.ofd）", "OFD"),
        "numbers": ("Numbers 表格", "Numbers"),
    },
    "what": {
        "file": ("文件大小", "size of the file"),
        "part": ("文件内一个部件展开后的大小", "size of one part of the file"),
        "total": ("文件展开后的总大小", "size once unpacked"),
        "ratio": ("文件展开后与原来的倍数", "compression ratio"),
        "entries": ("文件内部的部件数", "number of parts in the file"),
        "sheets": ("工作表个数", "number of sheets"),
        "styles": ("单元格样式个数", "number of cell styles"),
        "strings": ("不同文字的条数", "number of texts"),
        "output": ("读出内容的大小", "size of what was read"),
    },
    "delimiter": {
        "tab": ("制表符（Tab）", "tabs"),
        "sep": ("第一行“sep=”指定的符号", "the character that its first line (sep=) names"),
        ";": ("分号", "semicolons"),
        "；": ("中文分号", "full-width semicolons"),
        "，": ("中文逗号", "full-width commas"),
        "、": ("顿号", "enumeration commas (、)"),
        "|": ("竖线", "vertical bars"),
    },
    "reason": {
        "memory": ("所需内存超过限额", "it needs more memory than allowed"),
        "timeout": ("用时超过限额", "it takes longer than allowed"),
        "signal": ("文件内容异常，读到中途中断", "something in it made the reader break off"),
        "exit": ("文件内容异常，读到中途中断", "something in it made the reader break off"),
        "output": ("读取程序没有给出结果", "the reader gave no result"),
        "control": ("含有不能显示的字符", "it holds control characters"),
        "invisible": ("含有看不见的字符", "it holds invisible characters"),
        "reserved": ("是系统保留的名称", "the system keeps it for itself"),
        "long": ("名称过长", "it is too long"),
        "Permission denied": ("没有读取权限", "you may not read it"),
        "No such file or directory": ("文件不存在", "it is not there"),
        "Is a directory": ("这是文件夹", "it is a folder"),
        "Input/output error": ("磁盘或网络读取出错", "the disk or network failed"),
        "Too many levels of symbolic links": ("快捷方式互相指向", "links point at each other"),
        "File name too long": ("文件名或路径过长", "its name or path is too long"),
    },
}


def spell(slots: Mapping[str, str]) -> dict[str, str]:
    """Return a fault's slots in words: each term that is known in Chinese, and beside it `<slot>_en` in English."""
    spelt: dict[str, str] = {}
    for slot, value in slots.items():
        zh, en = _WORDS.get(slot, {}).get(value, (value, value))
        spelt[slot] = zh
        if slot in _WORDS:
            spelt[f"{slot}_en"] = en
    return spelt
