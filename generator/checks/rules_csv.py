"""Rules about CSV files: in which encoding they are, and whether every line has its columns."""

from __future__ import annotations

from generator.checks.reader_rule import reader_rule
from generator.checks.rule import FINE, Example, Rule, rule

CSV_RULES: tuple[Rule, ...] = (
    reader_rule(
        "CSV-ENCODING",
        ("CSV 须是一种编码：UTF-8 或 GB18030。", "A CSV is in one encoding: UTF-8 or GB18030."),
        (
            "读到第 {line} 行，看不出文字是用哪种编码保存的（试过 {tried}）。",
            "At line {line} it is not clear in which encoding the text was saved (tried {tried}).",
        ),
        (
            "请用 WPS 或 Excel 打开，核对没有乱码后，另存为 .xlsx 报送。",
            "Open it in WPS or Excel, see that no text is garbled, save it as .xlsx and file that.",
        ),
        cell="A3",
        source="case F34",
        line="3",
        tried="utf-8, gb18030",
    ),
    rule(
        "CSV-READ",
        "info",
        ("CSV 按判明的编码读取。", "A CSV is read in the encoding that was found."),
        ("本文件按 {encoding} 编码读取。", "The file was read in the encoding {encoding}."),
        ("如有乱码，请另存为 .xlsx 后报送。", "If text is garbled, save it as .xlsx and file that."),
        source="case F33",
        fails=Example(sheets=FINE.sheets, file="示例.csv", format="csv", encoding="gb18030"),
    ),
    reader_rule(
        "CSV-DELIM",
        ("CSV 以英文逗号分隔。", "A CSV is separated by commas."),
        (
            "各列之间用的是{delimiter}，不是英文逗号。",
            "The columns are separated by {delimiter_en}, not by commas.",
        ),
        cell="A1",
        source="case F40",
        delimiter=";",
    ),
    reader_rule(
        "CSV-RAGGED",
        ("CSV 各行列数须相同。", "All lines of a CSV have the same columns."),
        (
            "第 {line} 行有 {columns} 列，而第一行有 {expected} 列。",
            "Line {line} has {columns} columns; the first line has {expected}.",
        ),
        (
            "请用 WPS 或 Excel 打开，核对第 {line} 行有没有错列，改好后另存为 .xlsx 报送。",
            "Open it in WPS or Excel, look for shifted cells in line {line}, mend it, save it as .xlsx and file that.",
        ),
        cell="A3",
        source="case F39",
        line="3",
        columns="4",
        expected="5",
    ),
    reader_rule(
        "CSV-NUL",
        ("CSV 不得含空字符。", "A CSV holds no NUL character."),
        (
            "第 {line} 行第 {column} 列有一个看不见的空字符。",
            "Line {line} holds an invisible null character in column {column}.",
        ),
        cell="A3",
        source="case F36",
        line="3",
        column="2",
    ),
    reader_rule(
        "CSV-QUOTE",
        ("CSV 的引号须成对。", "Quotes in a CSV are closed."),
        (
            "第 {line} 行有一个英文双引号没有配成对，后面的内容会连成一格。",
            "A quotation mark in line {line} is never closed; all that follows would run into one cell.",
        ),
        (
            "请用 WPS 或 Excel 打开，补上或删去第 {line} 行多出的英文双引号，另存为 .xlsx 报送。",
            "Open it in WPS or Excel, add or delete the odd quotation mark in line {line}, save it as .xlsx and file that.",
        ),
        cell="A3",
        source="case F37",
        line="3",
    ),
)
