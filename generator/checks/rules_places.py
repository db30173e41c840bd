"""Rules about places: which township and county a list is for, and whether the division still exists."""

from __future__ import annotations

from generator.checks.rule import BASIC_HEADER, BASIC_TITLE, Rule, filed, rule, table

_ONE = ("1", "负责党员教育管理")

PLACE_RULES: tuple[Rule, ...] = (
    rule(
        "TOWNSHIP-UNKNOWN",
        "error",
        ("报送时须知道清单属于哪个乡镇（街道）。", "A filed list says which township it is for."),
        ("看不出清单属于哪个乡镇（街道）。", "It cannot be seen which township the list is for."),
        (
            "请在标题或工作表名称中写乡镇（街道）全称；也可在报送说明（filing.toml）中写明 townships。",
            "Write the township's full name in the title or the sheet's name, or give townships in filing.toml.",
        ),
        source="case D24",
        fails=filed(table((("基本履职事项清单",), BASIC_HEADER, _ONE), "清单!"), townships=()),
        passes=filed(),
    ),
    rule(
        "TOWNSHIP-NOT-NAMED",
        "info",
        ("单独核查的文件可以不写乡镇（街道）。", "A file checked by itself need not name its township."),
        ("文件没有写明属于哪个乡镇（街道）。", "The file does not say which township it is for."),
        ("报送时在报送说明（filing.toml）中写明即可。", "The filing's filing.toml will say so."),
        source="architecture.md §3",
        fails=table((("基本履职事项清单",), BASIC_HEADER, _ONE), "清单!"),
    ),
    rule(
        "TOWNSHIP-CONFLICT",
        "error",
        (
            "标题、工作表名、文件名和报送说明所指的乡镇（街道）须一致。",
            "Title, sheet name, file name and filing speak of one township.",
        ),
        (
            "这张清单各处写的乡镇（街道）不一致：一处是“{one}”，另一处是“{other}”（“{found}”）。",
            "This list names two townships: “{one}” in one place, “{other}” in another (“{found}”).",
        ),
        (
            "请核对标题、工作表名称、文件名和报送说明，改成同一个乡镇（街道）。",
            "Check the title, the sheet's name, the file name and the filing, and make them agree.",
        ),
        source="case D24",
        fails=table(((BASIC_TITLE,), BASIC_HEADER, _ONE), "西山乡!", name="西山乡"),
        passes=table(((BASIC_TITLE,), BASIC_HEADER, _ONE), None, name="东河镇"),
    ),
    rule(
        "TOWNSHIP-NOT-IN-COUNTY",
        "error",
        ("乡镇（街道）须属于本县（市、区）。", "The township belongs to the county."),
        ("“{name}”不属于{county}。", "“{name}” does not belong to {county}."),
        (
            "请核对乡镇（街道）的名称或代码是否写错，或文件是否报错。",
            "Check the township's name or code, and that this is the right file.",
        ),
        source="case D25",
        fails=filed(table((("基本履职事项清单",), BASIC_HEADER, _ONE), None), townships=("990102100",)),
        passes=filed(),
    ),
    rule(
        "TOWNSHIP-PSEUDO",
        "error",
        (
            "农场、林场等单位须经县里指名才能报送。",
            "Farms and forest bureaus file only when the county names them.",
        ),
        (
            "“{name}”是农场、林场一类单位，县里还没有把它列入报送名单。",
            "“{name}” is a farm or the like, which the county has not put on its list of units.",
        ),
        (
            "确需报送的，请在 county.toml 的 units 一项中写上它的名称；不需要的，请删去。",
            "If it is to file, add its name to units in county.toml; if not, remove it.",
        ),
        source="case D26",
        fails=filed(table((("基本履职事项清单",), BASIC_HEADER, _ONE), None), townships=("990101500",)),
        passes=filed(),
    ),
    rule(
        "DIVISION-UNKNOWN",
        "error",
        ("行政区划代码须在区划代码表中。", "A division code stands in the table of divisions."),
        ("行政区划代码表中没有代码 {found}。", "The table of divisions has no code {found}."),
        (
            "请核对报送说明（filing.toml）中的代码；代码无误的，请联系维护人员更新 divisions.csv。",
            "Check the code in filing.toml; if it is right, ask whoever keeps divisions.csv to bring it up to date.",
        ),
        source="case D24",
        fails=filed(table((("基本履职事项清单",), BASIC_HEADER, _ONE), None), townships=("990199100",)),
        passes=filed(),
    ),
    rule(
        "DIVISION-REVOKED",
        "error",
        ("行政区划须仍在使用。", "A division is still in use."),
        (
            "“{name}”（{found}）已撤销，现为“{new}”（{successor}）。",
            "“{name}” ({found}) was abolished; it is now “{new}” ({successor}).",
        ),
        ("请改用现在的代码和名称。", "Use the present code and name."),
        source="case D23",
        fails=filed(table((("基本履职事项清单",), BASIC_HEADER, _ONE), None), townships=("990101300",)),
        passes=filed(),
    ),
    rule(
        "SHEET-WRONG-UNIT",
        "error",
        ("工作簿里不得有别县（市、区）的清单。", "No list of another county stands in the workbook."),
        ("“{found}”写的是其他县（市、区），不是{county}。", "“{found}” names another county, not {county}."),
        (
            "请核对标题是否写错；不属于本县（市、区）的工作表，请删除。",
            "Check the title; delete sheets that are not this county's.",
        ),
        source="case S32",
        fails=table((("北原县基本履职事项清单",), BASIC_HEADER, _ONE), "清单!"),
        passes=table((("示例县基本履职事项清单",), BASIC_HEADER, _ONE), None),
    ),
)
