"""Why a kiosk did not take an update: a code for monitoring, and what a person should do."""

from __future__ import annotations

import errno
from typing import Final

from generator.errors import KioskRefusedError
from generator.model.text import Text

# Codes that say "nobody answered properly"; all others say "what was answered is not to be shown".
NETWORK: Final = frozenset({"net-captive", "net-unreachable", "net-slow", "net-incomplete", "no-source"})

_ASK_KEEPERS = Text(
    zh="屏幕内容不变。请把代码 {code} 告诉网站管理员；若反复出现，请核对更新地址是否被冒用。",
    en="What is shown stays. Tell the webmaster the code {code}; if it comes again, look whether the address is impersonated.",
)
_FIXES: Final = {
    "net-captive": Text(
        zh="网络把请求转到了登录页。请先让网络管理员放行更新地址。",
        en="The network answers with a page of its own. Have the update address let through.",
    ),
    "net-unreachable": Text(
        zh="请检查网线、更新地址或 U 盘，稍后会自动重试。",
        en="Check the cable, the address or the stick; it is tried again later.",
    ),
    "net-slow": Text(
        zh="已下载的部分会保留，下次接着下载。",
        en="What has arrived is kept; the next run goes on from there.",
    ),
    "net-incomplete": Text(
        zh="来源还不完整。U 盘请重新整个复制；网站请稍后再试。",
        en="The source is not whole. Copy the stick anew, or try the address later.",
    ),
    "disk-full": Text(zh="请腾出磁盘空间后重试。", en="Make room on the disk and run again."),
    "disk-error": Text(zh="请检查这台机器的磁盘。", en="Check this machine's disk."),
    "expired": Text(
        zh="请先核对这台机器的时钟；时钟正确时，请网站管理员运行 kiosk refresh。",
        en="Check this machine's clock; if it is right, have the webmaster run kiosk refresh.",
    ),
    "no-source": Text(
        zh="请在 kiosk.toml 的 sources 中写上更新地址，或加上 --from 网址或文件夹。",
        en="Write the address into sources of kiosk.toml, or give --from ADDRESS or FOLDER.",
    ),
    "unhealthy": Text(
        zh="屏幕内容不变。请核对 kiosk.toml 中的 township 和 lang；都对的，请把代码 unhealthy 告诉网站管理员。",
        en="What is shown stays. Check township and lang in kiosk.toml; if they are right, tell the webmaster the code unhealthy.",
    ),
    "foreign": Text(zh="请换成本县的更新地址或 U 盘。", en="Use the address or the stick of this county."),
}


class Refusal(KioskRefusedError):  # noqa: N818  a decision, not a fault
    """An update that was not taken. `code` is stable and one of those in this room's table."""

    def __init__(self, code: str, problem: Text) -> None:
        ask = Text(zh=_ASK_KEEPERS.zh.format(code=code), en=_ASK_KEEPERS.en.format(code=code))
        super().__init__(problem, _FIXES.get(code, ask))
        self.code = code

    @property
    def is_network(self) -> bool:
        """Whether no proper answer came, as against one that must not be shown."""
        return self.code in NETWORK


def refusal_of(error: OSError) -> Refusal:
    """Return what a failing disk means for an update."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    said = error.strerror or str(error)
    return Refusal(
        "disk-full" if full else "disk-error",
        Text(zh=f"磁盘无法写入：{said}。", en=f"The disk refuses: {said}.")
        if full
        else Text(zh=f"磁盘出错：{said}。", en=f"The disk fails: {said}."),
    )
