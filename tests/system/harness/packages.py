"""Debian packages for image builders, and a directory repository to install them from."""

import hashlib
import io
import os
import subprocess
import tarfile
from pathlib import Path

from . import inside
from .server import Server

# Whom apt becomes to fetch.
APT_USER = "_apt:x:42:65534::/nonexistent:/usr/sbin/nologin"
# The programs of apt that are run, which the demo image does not have: an image of a server's worth of software does.
APT_PROGRAMS = ["/usr/bin/apt-get", "/usr/lib/apt/methods/file", "/usr/lib/apt/methods/copy", "/usr/lib/apt/methods/store"]


def package(directory: Path, version: str) -> tuple[str, bytes, str]:
    """A Debian package with a program of one colour: its file's name, its content, and its entry in a repository."""
    root = directory / f"bluebox-{version}"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "usr/bin").mkdir(parents=True)
    control = f"Package: bluebox\nVersion: {version}\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: A blue box\n"
    (root / "DEBIAN/control").write_text(control)
    program = root / "usr/bin/bluebox"
    program.write_text(f"#!/bin/sh\n# {version}\nexec xterm -bg blue -fg blue -geometry 100x40\n")
    program.chmod(0o755)
    # As packages do whose programs are some group's: the bit must get to the disk.
    postinst = root / "DEBIAN/postinst"
    postinst.write_text("#!/bin/sh\nset -e\ncp /bin/true /usr/bin/bluegroup\nchown 33:60 /usr/bin/bluegroup\nchmod 6755 /usr/bin/bluegroup\n")
    postinst.chmod(0o755)
    deb = directory / f"bluebox_{version}_all.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", root, deb], check=True, capture_output=True, timeout=60)
    content = deb.read_bytes()
    entry = f"{control}Filename: ./{deb.name}\nSize: {len(content)}\nSHA256: {hashlib.sha256(content).hexdigest()}\n"
    return deb.name, content, entry


def apt_of_this_host() -> bytes:
    """An archive of the host's apt (Debian 12, as the demo image is), with what it is linked against."""
    libraries = set()
    for program in APT_PROGRAMS:
        linked = subprocess.run(["ldd", program], check=True, capture_output=True, text=True, timeout=60).stdout
        libraries |= {word for line in linked.splitlines() for word in line.split() if word.startswith("/")}
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", dereference=True) as archive:
        for path in [*APT_PROGRAMS, *sorted(libraries)]:
            archive.add(path, os.path.realpath(os.path.dirname(path)).lstrip("/") + "/" + os.path.basename(path))
        for name in ("etc/apt/apt.conf.d", "etc/apt/preferences.d", "etc/apt/sources.list.d", "etc/apt/trusted.gpg.d", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/log/apt"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
    return content.getvalue()


def put(server: Server, instance: str, path: str, content: bytes) -> None:
    inside.run(server, instance, "sudo", "sh", "-c", 'mkdir -p "$(dirname "$0")" && cat > "$0"', path, data=content)


def prepare(server: Server, instance: str) -> None:
    """The builder's apt is this host's, and knows no repository but /opt/repository."""
    script = "rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*; tar -x --skip-old-files -C /; ldconfig"
    inside.run(server, instance, "sudo", "sh", "-c", script, data=apt_of_this_host())
    inside.run(server, instance, "sudo", "sh", "-c", 'grep -q ^_apt: /etc/passwd || echo "$0" >> /etc/passwd', APT_USER)
    put(server, instance, "/etc/apt/sources.list.d/local.list", b"deb [trusted=yes] file:/opt/repository ./\n")


def publish(server: Server, instance: str, *packages: tuple[str, bytes, str]) -> None:
    """These are what the repository has."""
    for name, content, _ in packages:
        put(server, instance, f"/opt/repository/{name}", content)
    put(server, instance, "/opt/repository/Packages", "\n".join(entry for _, _, entry in packages).encode())
