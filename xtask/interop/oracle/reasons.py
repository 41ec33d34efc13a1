"""Where our emulator and Cloudflare's local R2 may differ, and why.

A row is looked at only when two answers differ; one that no difference of a default run needs fails
the run, so the table cannot rot. "The local code" is workers-sdk's; it says itself where it is not
R2 (`index.worker.ts`), and those rows follow it.
"""

import html
import re
import urllib.parse

OURS_ALONE = {
    "x-amz-version-id": "R2 names one on writes (notes of 2022-09-06); the local code does not",
    "x-amz-copy-source-version-id": "the same",
    "x-amz-bucket-region": "R2 names it (release notes 2022-10-19); the local code does not",
    "x-amz-checksum-algorithm": "the local code has no checksums but Content-MD5",
    "x-amz-checksum-type": "the same",
    "x-amz-checksum-sha1": "the same",
    "x-amz-checksum-sha256": "the same",
}
"""Headers that only our answers have."""

THEIRS_ALONE = {
    "access-control-allow-origin": "the local code lets everybody in; R2 does what CORS rules say",
    "access-control-expose-headers": "the same",
}
"""Headers that only the oracle's answers have."""


def screened(*names):
    return lambda q, ours, theirs: any(q.header(name) is not None for name in names)


def has(*names):
    wanted = re.compile(rf"(^|&)({'|'.join(names)})(=|&|$)")
    return lambda q, ours, theirs: bool(wanted.search(q.query))


def is_customer(q):
    return any("encryption-customer" in name for name, _ in q.headers)


def on(status=None, theirs_status=None):
    return lambda q, ours, theirs: (
        status in (None, ours["status"]) and theirs_status in (None, theirs["status"]))


def every(*tests):
    return lambda q, ours, theirs: all(test(q, ours, theirs) for test in tests)


def differs_in(*names):
    def only(q, ours, theirs):
        changed = {name for name in ours | theirs if ours.get(name) != theirs.get(name)}
        return changed <= set(names)
    return only


def without(pattern):
    """The bodies are equal but for what the pattern names."""
    def same(q, ours, theirs):
        cut = [re.sub(pattern, "", str(said.get("body")), flags=re.S) for said in (ours, theirs)]
        rest = [{k: v for k, v in said.items() if k != "body"} for said in (ours, theirs)]
        return cut[0] == cut[1] and rest[0] == rest[1]
    return same


def part_of(q, ours, theirs):
    return q.method == "PUT" and "partNumber=" in q.query


def lists_its_marker(q, ours, theirs):
    marker = dict(urllib.parse.parse_qsl(q.query)).get("marker", "")
    spellings = (html.escape(marker, False), urllib.parse.quote(marker, safe="-_.~"))
    groups = re.findall("<CommonPrefixes><Prefix>(.*?)</Prefix>", theirs.get("body", ""))
    return any(group in spellings for group in groups) if marker else False


REASONS = (
    ("owners", "R2 names the account as owner; the local code says that it does not",
     without(r"<Owner>.*?</Owner>")),
    ("part etags", "R2's is the MD5 of the part (multipart page); the local one is opaque",
     every(part_of, differs_in("etag"))),
    ("copied part etags", "the same",
     every(part_of, without(r"<(ETag|Checksum\w+)>.*?</\1>"))),
    ("part numbers of reads", "R2 serves single parts; the local code answers 501",
     every(has("partNumber"), lambda q, *_: q.method in ("GET", "HEAD"))),
    ("markers that are groups", "listed again they would keep a client that follows NextMarker"
     " from ever coming to the end (assumed); the local code lists them again", lists_its_marker),
    ("tokens nobody gave", "R2's tokens are opaque, so one that is made up is refused (assumed)",
     every(has("continuation-token"), on(status=400))),
    ("bucket settings", "R2 keeps them; the local code has no place for them",
     every(has("cors", "lifecycle", "encryption", "acl", "uploads"), on(theirs_status=501))),
    ("buckets", "R2 makes and removes them; the local code's are fixed",
     lambda q, ours, theirs: re.search("(Create|Delete)Bucket not", theirs.get("body", ""))),
    ("bucket first", "R2 looks at the request before the bucket, the local code says it does not",
     every(lambda q, *_: q.bucket == "nosuchbucket", on(theirs_status=404))),
    ("customer keys that are missing", "a key that is not there has no encryption to fit",
     every(lambda q, *_: is_customer(q), on(status=404, theirs_status=400))),
    ("customer keys", "R2 encrypts with them; the local code answers 501",
     every(lambda q, *_: is_customer(q), on(theirs_status=501))),
    ("customer keys at the end of an upload", "a broken triple is refused there, too (assumed)",
     every(lambda q, *_: is_customer(q) and q.method == "POST", has("uploadId"), on(400))),
    ("streaming payloads", "R2 answers 501 (soto#643); the local code takes the body as it is",
     every(lambda q, *_: "STREAMING" in (q.header("x-amz-content-sha256") or ""), on(status=501))),
    ("checksums", "R2 checks them since 2023; the local code knows Content-MD5 only",
     every(screened("x-amz-checksum-sha1", "x-amz-checksum-sha256"), on(status=400))),
    ("requester pays", "the API table lacks it; the local code does not look",
     every(screened("x-amz-request-payer"), on(status=501))),
    ("infrequent access", "R2 has the class since 2024; the local code answers 501",
     every(lambda q, *_: q.header("x-amz-storage-class") == "STANDARD_IA", on(theirs_status=501))),
    ("response overrides", "R2 knows them (nocodb#10922); the local code does not",
     has("response-content-type")),
    ("encoded words", "R2 decodes and encodes metadata (Extensions page); the local code does not",
     every(differs_in("x-amz-meta-one", "expires"),
           lambda q, ours, theirs: "=?" in ours.get("x-amz-meta-one", ""))),
    ("conditions of a new upload", "R2 checks them since 2022-05-27; the local code does not",
     every(has("uploads"), lambda q, *_: q.method == "POST", on(412, 200))),
    ("a date at its own second", "R2 mended it in 2022-07; the local code wants it to be earlier",
     every(lambda q, *_: "$[modified+0]" == q.header("if-unmodified-since"),
           lambda q, ours, theirs: theirs["status"] == 412)),
    ("keys of nothing", "an empty key names no object (assumed); the local code takes it",
     every(has("delete"), lambda q, *_: b"<Key></Key>" in q.body, on(400, 200))),
    ("blanks in keys", "R2 keeps them (release notes 2022-08-17); the local code's parser does not",
     every(has("delete"), lambda q, *_: b"> leading" in q.body or b"trailing <" in q.body)),
    ("character references", "XML has them; the local code's parser leaves them as they stand",
     every(has("delete"), lambda q, *_: b"&#" in q.body)),
    ("two faults at once", "which of the two is named first is not known (assumed)",
     lambda q, ours, theirs: q.header("x-amz-content-sha256") == "0" * 64
     and ours["status"] >= 400 and "XAmzContentSHA256Mismatch" in theirs.get("body", "")),
    ("a refused header and a refused parameter", "the same",
     every(on(501, 501), lambda q, ours, theirs: "search parameter" in theirs.get("body", ""))),
    ("a copied part of nothing for no upload", "the same",
     every(part_of, screened("x-amz-copy-source"),
           lambda q, ours, theirs: "NoSuchUpload" in ours.get("body", ""))),
    ("a customer's key and a bad range", "the same",
     every(lambda q, *_: is_customer(q), screened("range"), on(400, 400))),
    ("session tokens", "R2 has temporary credentials, so it looks at them with the signature",
     every(screened("x-amz-security-token"), on(400))),
    ("a bad part of no upload", "the same", every(screened("content-md5"), part_of, on(404, 400))),
    ("checksums of copies", "a copy has those of its source; the local code has none",
     without(r"<Checksum.*?</Checksum\w+>")),
    ("the oracle breaks down", "an answer that is not S3's", on(None, 500)),
    ("Expires that is no date", "what R2 makes of it is not known; kept as it is (assumed)",
     every(differs_in("expires"),
           lambda q, ours, theirs: ours.get("expires") in ("0", "never"))),
)


def reason(question, ours, theirs):
    """The name of the first row that fits."""
    return next((name for name, _, fits in REASONS if fits(question, ours, theirs)), None)
