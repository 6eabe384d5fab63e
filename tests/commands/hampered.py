"""Every command on a home that cannot be written, each in a child of this program; prints what became of it as JSON.

``python hampered.py read-only|full HOME FOLDER COMMANDS``: nothing of the home may be written, or no file may grow
beyond 40 kB, which is how a full disk looks to whoever writes. ``COMMANDS`` is JSON: words by name.
"""

import ctypes
import json
import os
import resource
import sys
from pathlib import Path

from typer.testing import CliRunner

from pipelines.cli import app

LARGEST = 40_960
"""SQLite can read, for which it wants 32 kB; nearly everything that is written is larger."""

_CAPABILITIES = 0x20080522  # _LINUX_CAPABILITY_VERSION_3


def hamper(how: str) -> None:
    """Take from this process what the home needs."""
    match how:
        case "read-only" if os.geteuid() == 0:  # root may write whatever the modes say, as long as it has capabilities
            header, none = (ctypes.c_uint32 * 2)(_CAPABILITIES, 0), (ctypes.c_uint32 * 6)()
            if ctypes.CDLL(None, use_errno=True).capset(header, none):
                raise OSError(ctypes.get_errno(), "capset")
        case "full":
            resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))


def call(arguments: list[str], folder: Path) -> dict[str, object]:
    """What a command does."""
    os.chdir(folder)
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "300", "LIANGXIAN_JOBS": "1"})
    traced = done.exception is not None and not isinstance(done.exception, SystemExit)
    return {"status": done.exit_code, "told": done.stderr[-500:], "error": repr(done.exception)[:500] if traced else ""}


def main() -> None:
    """Call them one by one."""
    how, home, folder, commands = sys.argv[1], sys.argv[2], Path(sys.argv[3]), json.loads(sys.argv[4])
    CliRunner().invoke(app, ["doctor", "--home", home])  # what is imported now no child has to import
    found = {}
    for name, arguments in commands.items():
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            hamper(how)
            os.write(writing, json.dumps(call([*arguments, "--home", home], folder)).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as said:
            found[name] = json.loads(said.read() or "null")
        os.waitpid(child, 0)
    sys.stdout.write(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
