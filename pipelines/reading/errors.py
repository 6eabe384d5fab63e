"""What a reader says of a file that it cannot read, in the words of the department that sent it."""

from typing import ClassVar

from expectations.errors import NOWHERE, LiangxianError, Place


class UnreadableFileError(LiangxianError):
    """A file that cannot be read; ``what`` says in Chinese what is wrong and what to do, without the file's name.

    ``where``: sheet and row, should they be known. ``reason``: a word for machines.
    """

    in_chinese: ClassVar[bool] = True

    def __init__(self, what: str, *, reason: str = "unreadable", where: Place = NOWHERE) -> None:
        self.reason = reason
        super().__init__(what, where=where)

    def at(self, file: str, sheet: str | None = None) -> "UnreadableFileError":
        """The same, with the file where it was found."""
        found = self.where
        place = Place(file=file, sheet=found.sheet or sheet or "", row=found.row)
        return UnreadableFileError(self.what, reason=self.reason, where=place)


def encrypted(what: str = "工作簿") -> UnreadableFileError:
    """A file that nobody can read without its password."""
    return UnreadableFileError(f"{what}加了密码或权限保护。请去掉后重新报送", reason="encrypted")


def where(file: str, sheet: str | None = None, row: int | None = None) -> str:
    """The place of a problem as a department finds it: 文件, 工作表, 行."""
    return Place(file=file, sheet=sheet or "", row=row).in_chinese()
