"""``python -m pipelines.workshop.documenting docs`` writes every rendered page under that folder."""

import sys
from pathlib import Path

from pipelines.workshop.documenting.pages import write_pages


def main(arguments: list[str]) -> int:
    """Write the pages and name on standard error those that changed."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m pipelines.workshop.documenting FOLDER\n")
        return 2
    for path in write_pages(Path(arguments[0])):
        sys.stderr.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
