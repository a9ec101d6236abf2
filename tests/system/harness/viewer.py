"""A browser's side of admission, without a browser (docs/stream-protocol.md, Admission)."""

import base64
import json
import urllib.parse
import urllib.request

from . import planted


def ticket(url: str) -> tuple[str, str]:
    """`parameters` and `signature` of a streaming URL."""
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query, strict_parsing=True)
    return query["parameters"][0], query["signature"][0]


def content(url: str) -> dict:
    """What the ticket of a streaming URL says."""
    return json.loads(base64.b64decode(ticket(url)[0], validate=True))


def admit(url: str, *, parameters: str | None = None, signature: str | None = None, timeout: float = 30) -> list[dict]:
    """Posts the ticket for admission; all lines of the answer, the outcome last."""
    parts = urllib.parse.urlsplit(url)
    own_parameters, own_signature = ticket(url)
    body = json.dumps({"parameters": parameters or own_parameters, "signature": signature or own_signature}).encode()
    origin = f"{parts.scheme}://{parts.netloc}"
    request = urllib.request.Request(
        origin + "/session/admit", data=body, headers={"Content-Type": "application/json", "Origin": origin}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=timeout) as response:
        assert response.headers["content-type"].startswith("application/x-ndjson"), response.headers
        lines = [json.loads(line) for line in response if line.strip()]
    if not lines or lines[-1]["state"] not in ("ready", "refused"):
        raise ConnectionError("the answer broke off before its outcome")
    planted.note(*(line["grant"] for line in lines if "grant" in line))
    return lines
