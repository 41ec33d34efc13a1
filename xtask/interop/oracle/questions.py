"""Questions that somebody thought of: each under the name of what it is about."""

import base64
import hashlib

from wire import Question

BODY = b"0123456789"
ETAG = '"' + hashlib.md5(BODY).hexdigest() + '"'
LONG_AGO, FAR_AWAY = "Sat, 01 Jan 2000 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"


def q(method, key="", query="", headers=None, body=b"", **more):
    return Question(method, key, query, list((headers or {}).items()), body, **more)


def put(key, body=BODY, **headers):
    return q("PUT", key, headers={k.replace("_", "-"): v for k, v in headers.items()}, body=body)


def md5(body):
    return base64.b64encode(hashlib.md5(body).digest()).decode()


def sha256(body):
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def reading():
    yield "put, get and head", put("a"), q("GET", "a"), q("HEAD", "a")
    kept = put("h", content_type="text/x", cache_control="max-age=7", content_language="de",
               content_disposition="inline", content_encoding="x", x_amz_meta_one="Two")
    yield "headers and metadata", kept, q("GET", "h"), q("HEAD", "h")
    yield "a missing key", q("GET", "nothing"), q("HEAD", "nothing"), q("DELETE", "nothing")
    for asked in ("0-0", "2-4", "7-", "-3", "8-99", "-99", "10-", "-0", "4-2", "x", "1-2,4-5"):
        yield f"range {asked}", q("GET", "a", headers={"range": f"bytes={asked}"})
    yield "head with a range", q("HEAD", "a", headers={"range": "bytes=2-4"})
    for name, value in (
        ("if-match", ETAG), ("if-match", '"x"'), ("if-match", "*"), ("if-none-match", ETAG),
        ("if-none-match", '"x"'), ("if-none-match", "*"), ("if-modified-since", LONG_AGO),
        ("if-unmodified-since", LONG_AGO), ("if-unmodified-since", FAR_AWAY),
    ):
        yield f"get {name} {value[:9]}", q("GET", "a", headers={name: value})
    yield "response overrides", q("GET", "a", "response-content-type=text%2Fy")


def writing():
    yield "create only", put("once", if_none_match="*"), put("once", if_none_match="*")
    yield "update this version", put("v"), put("v", if_match=ETAG), put("v", if_match='"x"')
    yield "update what is absent", put("absent", if_match=ETAG)
    yield "a wrong Content-MD5", put("m", content_md5=md5(b"other"))
    yield "two checksums", put("m", content_md5=md5(BODY), x_amz_checksum_sha256=sha256(BODY))
    yield "a right Content-MD5", put("m", content_md5=md5(BODY))
    yield "a Content-MD5 that is none", put("m", content_md5="x")
    yield "a wrong payload hash", put("m", x_amz_content_sha256="0" * 64)
    yield "a header that R2 does not have", put("t", x_amz_tagging="a=b")
    yield "canned ACLs", put("t", x_amz_acl="public-read")
    yield "encryption AES256", put("t", x_amz_server_side_encryption="AES256")
    yield "encryption aws:kms", put("t", x_amz_server_side_encryption="aws:kms")
    yield "metadata too large", put("t", x_amz_meta_one="x" * 8193)
    yield "a key of 1,024 bytes", put("k" * 1024)
    copy = {"x-amz-copy-source": "/test/a"}
    yield "copy", q("PUT", "copy", headers=copy), q("GET", "copy")
    missing = {"x-amz-copy-source": "/test/nothing"}
    yield "copy of what is absent", q("PUT", "copy", headers=missing)


def listings():
    for key in ("l/a/x", "l/b/y", "l/top", "l/two%20words", "l/%C3%A9%2B"):
        yield f"put {key}", put(key, b"")
    for query in (
        "list-type=2&prefix=l/", "list-type=2&prefix=l/&delimiter=/", "prefix=l/&delimiter=/",
        "list-type=2&prefix=l/&start-after=l/b/y", "list-type=2&prefix=l/&encoding-type=url",
        "list-type=2&prefix=l/&max-keys=0", "list-type=2&prefix=l/&max-keys=2",
        "list-type=2&prefix=l/&max-keys=-1", "list-type=2&prefix=l/&max-keys=x",
        "list-type=2&prefix=l/&max-keys=2000", "list-type=3", "list-type=2&prefix=nothing/",
    ):
        yield f"list {query}", q("GET", query=query)
    body = b"<Delete><Object><Key>l/a/x</Key></Object><Object><Key>no</Key></Object></Delete>"
    signed = {"content-md5": md5(body)}
    yield "batch delete", q("POST", query="delete", headers=signed, body=body)
    both = signed | {"x-amz-checksum-sha256": sha256(body)}
    yield ("batch delete with two checksums",
           q("POST", query="delete", headers=both, body=body))
    yield "batch delete that is no XML", q("POST", query="delete", body=b"<Delete>")


def refusals():
    yield "no signature", q("GET", "a", sign=None)
    yield "a wrong secret", q("GET", "a", secret="wrong")
    yield "presigned", q("GET", "a", sign=60), q("HEAD", "a", sign=60)
    yield "presigned for too long", q("GET", "a", sign=604801)
    yield "presigned with a wrong secret", q("GET", "a", sign=60, secret="wrong")
    for query in ("policy", "acl", "tagging", "versioning", "encryption", "replication", "logging",
                  "website", "notification", "requestPayment", "accelerate", "object-lock",
                  "publicAccessBlock", "ownershipControls", "policyStatus"):
        yield f"bucket ?{query}", q("GET", query=query)
    for query in ("acl", "tagging", "torrent", "retention", "legal-hold"):
        yield f"object ?{query}", q("GET", "a", query)
    yield "a method that nobody has", q("PATCH", "a")


def parts():
    upload = {"upload": "<UploadId>([^<]+)</UploadId>"}
    part = {"part": r"\netag: ([^\n]+)"}
    made = b"<CompleteMultipartUpload><Part><PartNumber>%s</PartNumber><ETag>$[part]</ETag>" \
           b"</Part></CompleteMultipartUpload>"
    yield "part of no upload", q("PUT", "p", "partNumber=1&uploadId=nothing", body=b"x")
    yield "completing no upload", q("POST", "p", "uploadId=nothing", body=b"<x/>")
    yield "aborting no upload", q("DELETE", "p", "uploadId=nothing")
    begin = q("POST", "p", "uploads", {"content-type": "a/b"}, keep=upload)
    yield "an upload of one part", begin
    this = "uploadId=$[upload]"
    yield "its part", q("PUT", "p", f"partNumber=1&{this}", body=BODY, keep=part)
    twice = (made % b"1").replace(b"</Part>", b"</Part><Part><PartNumber>1</PartNumber>"
                                              b"<ETag>x</ETag></Part>", 1)
    yield "completing it with the part twice", q("POST", "p", this, body=twice)
    yield "completing it with another part", q("POST", "p", this, body=made % b"2")
    yield ("completing it, and reading", q("POST", "p", this, body=made % b"1"), q("GET", "p"),
           q("HEAD", "p"))
    yield "completing it again", q("POST", "p", this, body=made % b"1")
    yield "aborting it afterwards", q("DELETE", "p", this)
    large = bytes(5 << 20)
    again = {"upload": upload["upload"]}
    yield "an upload of two parts", q("POST", "two", "uploads", keep=again)
    both = []
    for number in (1, 2):
        kept = {f"part{number}": part["part"]}
        yield (f"part {number} of two",
               q("PUT", "two", f"partNumber={number}&{this}", body=large, keep=kept))
        both.append(f"<Part><PartNumber>{number}</PartNumber><ETag>$[part{number}]</ETag></Part>")
    body = f"<CompleteMultipartUpload>{both[1]}{both[0]}</CompleteMultipartUpload>".encode()
    yield "completing both in the wrong order", q("POST", "two", this, body=body), q("HEAD", "two")


def differing():
    """One question for each row of the table of reasons that few generated requests need."""
    customer = "x-amz-server-side-encryption-customer-"
    key = {customer + "algorithm": "AES256", customer + "key": "BwcH" * 10 + "Bwc=",
           customer + "key-MD5": "y4HAEFCYWuvAXWFTtA1Qpg=="}
    wrong = {"x-amz-content-sha256": "0" * 64, "content-md5": "x"}
    group = q("GET", query="prefix=l/&delimiter=/&marker=l/g/")
    yield "a marker that is a group", put("l/g/1"), group
    yield "a bucket that is there", q("PUT", query="x-id=CreateBucket")
    yield "a customer's key for nothing", q("GET", "nothing", headers=key)
    yield "a customer's key and a bad range", q("GET", "a", headers={**key, "range": "bytes=x"})
    yield "an upload on a condition", q("POST", "a", "uploads", {"if-none-match": "*"})
    sha1 = {"x-amz-checksum-algorithm": "SHA1"}
    yield "an upload with checksums", q("POST", "a", "uploads", sha1)
    missing = {"x-amz-copy-source": "/test/nothing"}
    yield "a part of nothing for no upload", q("PUT", "a", "partNumber=1&uploadId=x", missing)
    nothing = b"<Delete><Object><Key></Key></Object></Delete>"
    yield "deleting a key of nothing", q("POST", query="delete", body=nothing)
    blank = b"<Delete><Object><Key> leading</Key></Object></Delete>"
    yield "deleting a key with a blank", q("POST", query="delete", body=blank)
    spelled = b"<Delete><Object><Key>&#x61;</Key></Object></Delete>"
    yield "deleting a key that is spelled out", q("POST", query="delete", body=spelled)
    yield "two faults", put("t", x_amz_content_sha256="0" * 64, content_md5="x")
    yield "two faults of a batch", q("POST", query="delete", headers=wrong, body=blank)
    owner = {"x-amz-expected-bucket-owner": "me"}
    yield "a refused header and a refused parameter", q("GET", query="junk", headers=owner)
    token = {"x-amz-security-token": "bogus"}
    yield "a session token, and no route", q("PATCH", "a", headers=token)
    yield "a bad part of no upload", q("PUT", "a", "partNumber=1&uploadId=x",
                                       {"content-md5": "x"}, b"x")
    yield ("a copy with a checksum", put("a", x_amz_checksum_sha256=sha256(BODY)),
           q("PUT", "copy", headers={"x-amz-copy-source": "/test/a"}))


GROUPS = (reading, writing, listings, refusals, parts, differing)
