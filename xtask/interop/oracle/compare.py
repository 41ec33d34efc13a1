"""What of two answers has to be equal."""

import hashlib
import re

VOLATILE = {
    "date", "connection", "keep-alive", "transfer-encoding", "cf-ray", "server", "vary",
}
"""Headers of the edge and of the connection: they say nothing of the operation."""

SECRETS = (
    (r"<LastModified>[^<]+<", "<LastModified>…<"),
    (r"<UploadId>[^<]+<", "<UploadId>…<"),
    (r"<(Next)?ContinuationToken>[^<]+<", r"<\1ContinuationToken>…<"),
    (r"<Location>[^<]+/([^/<]*/[^/<]*)<", r"<Location>…/\1<"),
    (r"<(StringToSign|CanonicalRequest)(Bytes)?>[^<]*<", r"<\1\2>…<"),
    (r"<SignatureProvided>[^<]*<", "<SignatureProvided>…<"),
)
"""What each server makes up for itself, by its own clock and dice."""


def gist(answer):
    """Everything of an answer that two servers with the same objects agree on."""
    shown = {"status": answer.status}
    for name, value in answer.headers.items():
        if name not in VOLATILE:
            shown[name] = value
    if "last-modified" in shown:
        shown["last-modified"] = "…"
    if answer.body.startswith(b"<"):
        text = answer.text
        for pattern, instead in SECRETS:
            text = re.sub(pattern, instead, text, flags=re.S)
        shown["body"] = text
        shown.pop("content-length", None)
    elif answer.body:
        shown["body"] = f"{len(answer.body)} bytes {hashlib.md5(answer.body).hexdigest()}"
    return shown


def differences(ours, theirs):
    """Name -> the two values, for each that differs."""
    names = sorted(ours | theirs, key=lambda name: (name != "status", name != "body", name))
    return {name: (ours.get(name), theirs.get(name)) for name in names
            if ours.get(name) != theirs.get(name)}
