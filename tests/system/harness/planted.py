"""What must never be seen: secrets, signatures, streaming URLs, grants and contexts of this run, and where they are looked for.

Whatever a test's clients send or receive of the kind is noted by itself (`watch`); every server's output is searched when it closes.
"""

import re
import urllib.parse
from pathlib import Path

# Shorter texts could be anywhere by chance.
SHORTEST = 12
_WORDS = re.compile(rb"[A-Za-z0-9+/=_.%-]{12,}")
_noted: set[str] = set()


def note(*texts: str) -> None:
    """From now on these must not be seen."""
    _noted.update(text for text in texts if len(text) >= SHORTEST)


def note_url(url: str) -> None:
    """A streaming URL: neither of its parts may be seen, as they are or as they stand in the URL."""
    query = urllib.parse.urlsplit(url).query
    note(*(pair.split("=", 1)[1] for pair in query.split("&")))
    note(*(value for _, value in urllib.parse.parse_qsl(query)))


def watch(client):
    """Notes what passes through a boto3 client: signatures, session contexts, streaming URLs."""
    client.meta.events.register("before-parameter-build", lambda params, **_: note(str(params.get("SessionContext", ""))))
    client.meta.events.register("before-send", lambda request, **_: _note_signature(request.headers.get("Authorization", b"")))
    client.meta.events.register("after-call", lambda parsed, **_: note_url(parsed["StreamingURL"]) if "StreamingURL" in parsed else None)
    return client


def _note_signature(header: bytes | str) -> None:
    text = header.decode() if isinstance(header, bytes) else header
    if "Signature=" in text:
        note(text.rsplit("Signature=", 1)[1])


def seen_in(content: bytes) -> list[str]:
    """Which of them stand in `content`: as words of their own, at the beginning of longer ones, or with blanks in them."""
    words = set(_WORDS.findall(content))
    whole = {text.encode() for text in _noted}
    found = whole & words
    # `key=value` and `a.b` are one word above: look inside those that are long.
    for word in words - found:
        found.update(whole.intersection(re.split(rb"[=.%]", word)))
    found.update(text for text in whole if not _WORDS.fullmatch(text) and text in content)
    return sorted(text.decode()[:SHORTEST] + "…" for text in found)


def assert_unseen(where: str, content: bytes) -> None:
    """Fails, without showing them in full."""
    assert not (found := seen_in(content)), f"{where} shows what nobody may see: {found}"


def assert_unseen_in_files(directory: Path, pattern: str) -> None:
    """The same for all files below a directory whose names match."""
    for path in directory.rglob(pattern):
        if path.is_file() and not path.is_symlink():
            assert_unseen(str(path), path.read_bytes())


def assert_unseen_in_command_lines() -> None:
    """No process of this host, ours or not, has any of them among its arguments: everybody can read those."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        # Processes come and go while we read.
        try:
            content = path.read_bytes()
        except OSError:
            continue
        assert_unseen(f"the command line of process {path.parent.name}", content.replace(b"\0", b" "))
