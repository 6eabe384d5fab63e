"""A copy of the tree, and the code of docs/index.md written into it as its reader would."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from filecmp import cmp
from pathlib import Path

TREE = Path(__file__).resolve().parents[3]
COPIED = ("expectations", "warehouse", "pipelines", "tests", "docs")


@dataclass(frozen=True)
class CopiedTree:
    """The packages, tests and documents in a folder of their own."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> "CopiedTree":
        """Copy them as they stand; what Python compiled of them comes along, so that nothing is compiled again."""
        for name in COPIED:
            shutil.copytree(TREE / name, folder / name)
        shutil.copy2(TREE / "pyproject.toml", folder)
        return cls(folder)

    def write(self, files: dict[str, str]) -> None:
        """Put files into their places; none of them was there."""
        for name, content in files.items():
            path = self.folder / name
            assert not path.exists(), name
            path.write_text(content, encoding="utf-8")

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the copy's code, and none of the tree's own."""
        paths = os.pathsep.join(str(path) for path in (self.folder, self.folder / "tests"))
        return subprocess.run(
            [sys.executable, *arguments],
            env=os.environ | {"PYTHONPATH": paths},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def touched(self) -> set[str]:
        """Files that the tree has not, or has otherwise."""
        files = (path.relative_to(self.folder) for name in COPIED for path in (self.folder / name).rglob("*"))
        return {
            file.as_posix()
            for file in files
            if (self.folder / file).is_file() and "__pycache__" not in file.parts and not _is_as_before(self, file)
        }


def _is_as_before(copy: CopiedTree, file: Path) -> bool:
    return (TREE / file).is_file() and cmp(TREE / file, copy.folder / file)


def recipe(title: str) -> dict[str, str]:
    """The files of a section of docs/index.md, by the name that their first line gives."""
    text = (TREE / "docs" / "index.md").read_text(encoding="utf-8")
    (section,) = re.findall(rf"^## {title}\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"^```python\n# (\S+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL))
