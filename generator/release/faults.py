"""What a disk or a portal refused, in words."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from generator.errors import PublishError
from generator.model.text import Text

_WHAT_TO_DO: Final = {
    errno.ENOSPC: Text(zh="磁盘已满，请腾出空间。", en="The disk is full: make room"),
    errno.EDQUOT: Text(zh="已超出磁盘配额，请腾出空间。", en="The disk quota is used up: make room"),
    errno.EROFS: Text(zh="磁盘是只读的，请以可写方式挂载。", en="The disk is read-only: mount it writable"),
    errno.EACCES: Text(
        zh="没有权限，请检查文件夹的属主和权限。",
        en="Permission denied: check owner and permissions of the folder",
    ),
    errno.EPERM: Text(zh="系统不允许，请检查权限。", en="Not permitted: check permissions of the folder"),
    errno.EXDEV: Text(
        zh="跨越了磁盘，请把整个目标放在同一个文件系统里。",
        en="Two disks: put the whole target on one file system",
    ),
    errno.EIO: Text(zh="磁盘读写出错，请检查硬件。", en="The disk failed: check the hardware"),
}
_OTHER: Final = Text(zh="请排除这个故障。", en="Mend that")


@contextmanager
def in_words(unit: str) -> Iterator[None]:
    """Turn an OSError of the block into a PublishError that says what to do; the release that is live stays."""
    try:
        yield
    except OSError as error:
        raise said_of(unit, error) from error


def said_of(unit: str, error: OSError, outcome: Text | None = None) -> PublishError:
    """Return the error of a step that was refused; `outcome` says what readers see now."""
    where = f" {error.filename}" if error.filename else ""
    reason = error.strerror or str(error)
    outcome = outcome or Text(zh="旧版仍在线。", en="The old release is still live.")
    fix = _WHAT_TO_DO.get(error.errno or 0, _OTHER)
    return PublishError(
        Text(
            zh=f"{unit} 发布未完成：{reason}{where}。{outcome.zh}",
            en=f"{unit} was not published: {reason}{where}. {outcome.en}",
        ),
        Text(zh=f"{fix.zh}然后再运行一次。", en=f"{fix.en}, then run again."),
    )
