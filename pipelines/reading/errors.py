"""What a reader says of a file that it cannot read, in the words of the department that sent it."""


class UnreadableFileError(Exception):
    """A file that cannot be read; ``problem`` says in Chinese what is wrong and what to do, without the file's name.

    ``sheet`` and ``row``: where, should that be known. ``reason``: a word for machines.
    """

    def __init__(
        self, problem: str, *, reason: str = "unreadable", sheet: str | None = None, row: int | None = None
    ) -> None:
        """Keep the sentence and its place."""
        super().__init__(problem)
        self.problem = problem
        self.reason = reason
        self.sheet = sheet
        self.row = row


def where(file: str, sheet: str | None = None, row: int | None = None) -> str:
    """The place of a problem as a department finds it: 文件, 工作表, 行."""
    place = f"文件 {file}"
    if sheet is not None:
        place += f"，工作表“{sheet}”"
    if row is not None:
        place += f"，第{row}行"
    return place
