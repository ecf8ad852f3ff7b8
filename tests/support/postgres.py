"""A PostgreSQL server for one test run: own folder, own socket, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEBIAN_VERSIONS = Path("/usr/lib/postgresql")
# The data lives as long as the run, so nothing has to survive a power cut.
SERVER_SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "jit=off",
    "max_connections=200",
)


def find_binaries() -> Path | None:
    """Return the folder with initdb and pg_ctl: Debian's newest, else what PATH has, else None."""
    found = [path.parent for path in DEBIAN_VERSIONS.glob("*/bin/initdb")]
    if found:
        return max(found, key=_version)
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def _version(binaries: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in binaries.parent.name.split(".") if part.isdigit())


@contextmanager
def temporary_server() -> Iterator[str]:
    """Yield the database URL of a new server that listens on a socket in its own folder only.

    As root the server runs as the system's postgres user, since PostgreSQL refuses root.
    """
    binaries = find_binaries()
    if binaries is None:
        raise FileNotFoundError("PostgreSQL's initdb is not installed")
    # Not TMPDIR: a socket's path may have 107 characters, and postgres must be able to enter.
    folder = Path(tempfile.mkdtemp(prefix="alapp-postgres-", dir="/tmp"))
    try:
        owner = _give_away(folder)
        yield from _serve(binaries, folder, owner)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _give_away(folder: Path) -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        raise RuntimeError("PostgreSQL refuses root and there is no user postgres") from None
    os.chown(folder, account.pw_uid, account.pw_gid)
    return account.pw_name


def _serve(binaries: Path, folder: Path, owner: str | None) -> Iterator[str]:
    data, log = folder / "data", folder / "log"

    def run(command: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(binaries / command), "-D", str(data), *arguments],
            cwd=folder,
            user=owner,
            group=owner,
            extra_groups=[] if owner else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            told = done.stdout + (log.read_text() if log.exists() else "")
            raise RuntimeError(f"{command} failed:\n{told}")

    options = [f"unix_socket_directories={folder}", *SERVER_SETTINGS]
    run("initdb", "--username=alapp", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    try:
        run("pg_ctl", "start", "-w", "-l", str(log), "-o", " ".join(f"-c {o}" for o in options))
        yield f"postgres://alapp@/{folder}/alapp"
    finally:
        if (data / "postmaster.pid").exists():
            run("pg_ctl", "stop", "-w", "-m", "immediate")
