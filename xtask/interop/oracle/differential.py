"""Asks our emulator and Cloudflare's own local R2 the same, and compares what they answer.

Status, error code, message and the headers that clients read have to be equal. Where they are not
and should not be, DIFFERENT says why. Prints `ok NAME` or `not ok NAME: why`, one line a question.
"""

import base64
import hashlib
import http.client
import os
import re
import urllib.parse

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

BUCKET = "test"
MIB = 1 << 20
HEADERS = (
    "content-type", "content-length", "content-range", "content-encoding", "content-disposition",
    "content-language", "cache-control", "expires", "accept-ranges", "etag", "x-amz-meta-one",
    "x-amz-storage-class",
)

DIFFERENT = {
    "two checksums": "R2 itself refuses them (vector#23029); the local code takes them",
    "response overrides": "R2 itself knows them (nocodb#10922); the local code does not",
    "metadata too large": "the local code breaks down over it with a 500",
    "bucket ?acl": "R2 itself answers with the owner since 2022; the local code does not",
}
"""Questions that the two may answer differently, with the reason."""


class Server:
    """One endpoint and the credentials for it."""

    def __init__(self, prefix):
        url = urllib.parse.urlsplit(os.environ[prefix + "ENDPOINT"])
        if url.hostname != "127.0.0.1":
            raise SystemExit(f"{url.hostname} is not loopback: nothing leaves the machine")
        self.host, self.path = url.netloc, url.path.rstrip("/")
        self.keys = Credentials(os.environ[prefix + "KEY_ID"], os.environ[prefix + "SECRET"])

    def ask(self, method, key="", query="", headers=None, body=b"", sign="header", secret=None):
        """One signed request; the status, the headers and the body of the answer."""
        path = f"{self.path}/{BUCKET}" + (f"/{key}" if key else "")
        url = f"http://{self.host}{path}" + (f"?{query}" if query else "")
        headers = {name.lower(): value for name, value in (headers or {}).items()}
        headers.setdefault("x-amz-content-sha256", hashlib.sha256(body).hexdigest())
        keys = Credentials(self.keys.access_key, secret) if secret else self.keys
        request = AWSRequest(method=method, url=url, data=body, headers=headers)
        if sign == "header":
            S3SigV4Auth(keys, "s3", "auto").add_auth(request)
        elif isinstance(sign, int):
            del request.headers["x-amz-content-sha256"]
            S3SigV4QueryAuth(keys, "s3", "auto", expires=sign).add_auth(request)
        target = request.url.split(self.host, 1)[1]
        connection = http.client.HTTPConnection(self.host, timeout=30)
        try:
            connection.request(method, target, body=body, headers=dict(request.headers.items()))
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()


OURS = Server("OURS_")
THEIRS = Server("ORACLE_")


def element(text, name):
    found = re.search(rf"<{name}>(.*?)</{name}>", text, re.S)
    return found.group(1) if found else None


def gist(answer):
    """What of an answer has to be equal."""
    status, headers, body = answer
    shown = {"status": status}
    if status >= 300 and body.startswith(b"<"):
        text = body.decode()
        shown["code"], shown["message"] = element(text, "Code"), element(text, "Message")
    elif status < 300:
        shown["headers"] = {name: headers[name] for name in HEADERS if name in headers}
        if body.startswith(b"<"):
            shown["body"] = listing(body.decode())
            shown["headers"].pop("content-length", None)
        else:
            shown["body"] = hashlib.md5(body).hexdigest()
    return shown


def listing(text):
    """The parts of an XML answer that two stores with the same objects agree on."""
    kept = re.findall(
        r"<(Key|Prefix|Size|IsTruncated|KeyCount|MaxKeys|Delimiter|StartAfter|ETag|EncodingType"
        r"|Code|Message)>(.*?)</\1>|<(Delimiter|Prefix)/>",
        text,
        re.S,
    )
    return [(name or empty, value) for name, value, empty in kept]


def compare(name, *questions):
    """Puts the questions to both, one after the other, and compares each answer."""
    try:
        differs = False
        for at, question in enumerate(questions):
            ours, theirs = gist(OURS.ask(**question)), gist(THEIRS.ask(**question))
            differs |= ours != theirs
            if ours != theirs and name not in DIFFERENT:
                keys = [key for key in theirs | ours if ours.get(key) != theirs.get(key)]
                why = "; ".join(f"{k}: ours {ours.get(k)!r}, R2's {theirs.get(k)!r}" for k in keys)
                print(f"not ok {name}: question {at + 1}: {why[:600]}", flush=True)
                return
        if name in DIFFERENT and not differs:
            print(f"not ok {name}: has a reason to differ, and does not", flush=True)
            return
        print(f"ok {name}", flush=True)
    except Exception as error:  # whatever it is, the other questions are still to be asked
        print(f"not ok {name}: {type(error).__name__}: {error}", flush=True)


def q(method, key="", query="", headers=None, body=b"", **more):
    return {"method": method, "key": key, "query": query, "headers": headers, "body": body, **more}


def put(key, body=b"0123456789", **headers):
    return q("PUT", key, headers={k.replace("_", "-"): v for k, v in headers.items()}, body=body)


def md5(body):
    return base64.b64encode(hashlib.md5(body).digest()).decode()


def sha256(body):
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


ETAG = '"' + hashlib.md5(b"0123456789").hexdigest() + '"'
LONG_AGO = "Sat, 01 Jan 2000 00:00:00 GMT"
FAR_AWAY = "Fri, 01 Jan 2100 00:00:00 GMT"


def reading():
    compare("put, get and head", put("a"), q("GET", "a"), q("HEAD", "a"))
    compare(
        "headers and metadata",
        put("h", content_type="text/x", cache_control="max-age=7", content_language="de",
            content_disposition="inline", content_encoding="x", x_amz_meta_one="Two"),
        q("GET", "h"), q("HEAD", "h"),
    )
    compare("a missing key", q("GET", "nothing"), q("HEAD", "nothing"), q("DELETE", "nothing"))
    for asked in ("0-0", "2-4", "7-", "-3", "8-99", "-99", "10-", "-0", "4-2", "x", "1-2,4-5"):
        compare(f"range {asked}", q("GET", "a", headers={"range": f"bytes={asked}"}))
    compare("head with a range", q("HEAD", "a", headers={"range": "bytes=2-4"}))
    for name, value in (
        ("if-match", ETAG), ("if-match", '"x"'), ("if-match", "*"), ("if-none-match", ETAG),
        ("if-none-match", '"x"'), ("if-none-match", "*"), ("if-modified-since", LONG_AGO),
        ("if-unmodified-since", LONG_AGO), ("if-unmodified-since", FAR_AWAY),
    ):
        compare(f"get {name} {value[:9]}", q("GET", "a", headers={name: value}))
    compare(
        "response overrides",
        q("GET", "a", "response-cache-control=no-store&response-content-type=text%2Fy"),
    )


def writing():
    compare("create only", put("once", if_none_match="*"), put("once", if_none_match="*"))
    compare("update this version", put("v"), put("v", if_match=ETAG), put("v", if_match='"x"'))
    compare("update what is absent", put("absent", if_match=ETAG))
    compare("a wrong Content-MD5", put("m", content_md5=md5(b"other")))
    two = {"content_md5": md5(b"0123456789"), "x_amz_checksum_sha256": sha256(b"0123456789")}
    compare("two checksums", put("m", **two))
    compare("a right Content-MD5", put("m", content_md5=md5(b"0123456789")))
    compare("a Content-MD5 that is none", put("m", content_md5="x"))
    compare("a wrong payload hash", put("m", x_amz_content_sha256="0" * 64))
    compare("a header that R2 does not have", put("t", x_amz_tagging="a=b"))
    compare("canned ACLs", put("t", x_amz_acl="public-read"))
    compare("encryption AES256", put("t", x_amz_server_side_encryption="AES256"))
    compare("encryption aws:kms", put("t", x_amz_server_side_encryption="aws:kms"))
    compare("metadata too large", put("t", x_amz_meta_one="x" * 8193))
    compare("a key of 1,024 bytes", put("k" * 1024))
    compare("copy", q("PUT", "copy", headers={"x-amz-copy-source": f"/{BUCKET}/a"}),
            q("GET", "copy"))
    compare("copy of what is absent",
            q("PUT", "copy", headers={"x-amz-copy-source": f"/{BUCKET}/nothing"}))


def listings():
    for key in ("l/a/x", "l/b/y", "l/top", "l/two%20words", "l/%C3%A9%2B"):
        compare(f"put {key}", put(key, b""))
    for query in (
        "list-type=2&prefix=l/", "list-type=2&prefix=l/&delimiter=/", "prefix=l/&delimiter=/",
        "list-type=2&prefix=l/&start-after=l/b/y", "list-type=2&prefix=l/&encoding-type=url",
        "list-type=2&prefix=l/&max-keys=0", "list-type=2&prefix=l/&max-keys=2",
        "list-type=2&prefix=l/&max-keys=-1", "list-type=2&prefix=l/&max-keys=x",
        "list-type=2&prefix=l/&max-keys=2000", "list-type=3", "list-type=2&prefix=nothing/",
    ):
        compare(f"list {query}", q("GET", query=query))
    body = b"<Delete><Object><Key>l/a/x</Key></Object><Object><Key>no</Key></Object></Delete>"
    signed = {"content-md5": md5(body)}
    compare("batch delete", q("POST", query="delete", headers=signed, body=body))
    both = signed | {"x-amz-checksum-sha256": sha256(body)}
    compare("batch delete with two checksums", q("POST", query="delete", headers=both, body=body))
    compare("batch delete that is no XML", q("POST", query="delete", body=b"<Delete>"))


def refusals():
    compare("no signature", q("GET", "a", sign=None))
    compare("a wrong secret", q("GET", "a", secret="wrong"))
    compare("presigned", q("GET", "a", sign=60), q("HEAD", "a", sign=60))
    compare("presigned for too long", q("GET", "a", sign=604801))
    compare("presigned with a wrong secret", q("GET", "a", sign=60, secret="wrong"))
    for query in ("policy", "acl", "tagging", "versioning", "encryption", "replication", "logging",
                  "website", "notification", "requestPayment", "accelerate", "object-lock",
                  "publicAccessBlock", "ownershipControls", "policyStatus"):
        compare(f"bucket ?{query}", q("GET", query=query))
    for query in ("acl", "tagging", "torrent", "retention", "legal-hold"):
        compare(f"object ?{query}", q("GET", "a", query))
    compare("a method that nobody has", q("PATCH", "a"))


def parts():
    compare("part of no upload", q("PUT", "p", "partNumber=1&uploadId=nothing", body=b"x"))
    compare("completing no upload", q("POST", "p", "uploadId=nothing", body=b"<x/>"))
    compare("aborting no upload", q("DELETE", "p", "uploadId=nothing"))


for group in (reading, writing, listings, refusals, parts):
    group()
