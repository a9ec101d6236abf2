"""Streaming URLs that the server would not make: the same ticket with other contents, signed anew with its own key."""

import base64
import hmac
import json
import urllib.parse

from . import planted, viewer
from .server import Server


def changed(server: Server, url: str, **contents: str | int) -> str:
    ticket = viewer.content(url) | contents
    parameters = base64.b64encode(json.dumps(ticket, separators=(",", ":")).encode()).decode()
    key = hmac.digest((server.data_dir / "signing.key").read_bytes(), b"millrace key for ticket", "sha256")
    signature = base64.b64encode(hmac.digest(key, parameters.encode(), "sha256")).decode()
    made = f"{url.split('?')[0]}?{urllib.parse.urlencode({'parameters': parameters, 'signature': signature})}"
    planted.note_url(made)
    return made
