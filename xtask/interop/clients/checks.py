"""What the Python clients' checks share: one line a check, and where everything is.

A script prints `ok NAME` or `not ok NAME: why` for each check and goes on after a failure.
"""

import os
import pathlib
import urllib.parse
import urllib.request

ENDPOINT = os.environ["AWS_ENDPOINT_URL_S3"]
KEY_ID = os.environ["AWS_ACCESS_KEY_ID"]
SECRET = os.environ["AWS_SECRET_ACCESS_KEY"]
REGION = os.environ["AWS_REGION"]
BUCKET = os.environ["BUCKET"]
PREFIX = os.environ["PREFIX"]
SCRATCH = pathlib.Path(os.environ["SCRATCH"])

FILES = pathlib.Path(os.environ["FILES"])
SMALL = (FILES / "small").read_bytes()
BIG = (FILES / "big").read_bytes()
ODD = os.environ["ODD"]
"""A key with everything in it that clients spell differently."""

MIB = 1 << 20

host = urllib.parse.urlparse(ENDPOINT).hostname
if host != "127.0.0.1":
    raise SystemExit(f"{ENDPOINT} is not loopback: these checks never leave the machine")


def check(name):
    """Runs the decorated function now, as a check of this name."""

    def run(function):
        try:
            function()
            print(f"ok {name}", flush=True)
        except Exception as error:  # a check may fail in any way; the next one runs all the same
            why = " ".join(f"{type(error).__name__}: {error}".split())
            print(f"not ok {name}: {why[:300]}", flush=True)

    return run


def equal(got, wanted):
    """Like assert, but says what came instead, shortly."""
    if got != wanted:
        raise AssertionError(f"got {short(got)}, wanted {short(wanted)}")


def short(value):
    text = repr(value)
    return text if len(text) < 120 else f"{text[:100]}... ({len(value)} long)"


def fetch(url, method="GET", body=None, headers=None):
    """A plain HTTP request without credentials: the status and the body."""
    request = urllib.request.Request(url, method=method, data=body, headers=headers or {})
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.status, response.read()
