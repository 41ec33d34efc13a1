"""Asks our emulator and a real S3 server the same, in the part in which R2 and S3 agree.

Compared is what programs act on: statuses, codes, the headers of objects, and the entries of
listings. Messages and the order of elements are each server's own. Prints `ok NAME` or
`not ok NAME: why`, one line a family.

`agreement.py [--seed N] [--requests N]`, with OURS_ and THEIRS_ ENDPOINT, KEY_ID, SECRET and REGION
in the environment.
"""

import argparse
import base64
import collections
import hashlib
import html
import re

from compare import differences
from grammar import BODIES, KEYS, LISTED, Grammar, etag, quoted, spelled
from wire import Question, Server

DEFAULT_SEED, DEFAULT_REQUESTS = 1, 800
SHOWN = 12
BUCKET = "agreement"
HEADERS = (
    "content-type", "content-range", "content-encoding", "content-disposition", "content-language",
    "cache-control", "expires", "etag",
)
UNTYPED = ("application/octet-stream", "binary/octet-stream")
"""The type of what has none: R2's, and S3's."""
ENTRIES = re.compile(
    r"<(Key|Prefix|Size|IsTruncated|KeyCount|MaxKeys|ETag|Code|PartNumber|NextMarker)>(.*?)</\1>"
    r"|<(Prefix|Delimiter)/>", re.S)

REASONS = (
    ("ranges that are none", "S3 ignores them, R2 refuses them (workers-sdk's local R2)",
     lambda q, ours, theirs: ours["status"] == 400 and "range" in names(q)),
    ("starts inside a group", "the group has later keys, so R2 lists it (workers-sdk's local R2)",
     lambda q, *_: "delimiter=" in q.query and re.search("marker=|start-after=", q.query)),
    ("quiet batches", "S3 keeps quiet, R2 tells all the same (workers-sdk's local R2)",
     lambda q, ours, theirs: b"<Quiet>true" in q.body),
    ("conditions of copies", "Ceph does not look at every one; R2's API table has them",
     lambda q, ours, theirs: ours["status"] == 412 and any("source-if" in n for n in names(q))),
    ("a tag and a date", "HTTP looks at If-Match first, and so does R2; Ceph at the date",
     lambda q, ours, theirs: {"if-match", "if-modified-since"} <= names(q)
     and (ours["status"], theirs["status"]) == (412, 304)),
    ("lengths of parts", "S3 takes parts of unequal length, R2 does not (multipart page)",
     lambda q, ours, theirs: ours.get("code") == "InvalidPart" and "uploadId" in q.query),
)
"""Where the two differ and should: looked at when they differ, and failing when nothing does."""


def names(question):
    return {name.lower() for name, _ in question.headers}


def gist(question, answer):
    shown = {"status": answer.status}
    if answer.status >= 300:
        if question.method != "HEAD" and answer.status != 304:
            shown["code"] = answer.element("Code")
        return shown
    for name, value in answer.headers.items():
        if (name in HEADERS or name.startswith("x-amz-meta-")) and value not in UNTYPED:
            shown[name] = value
    if not answer.text.startswith("<"):
        shown["body"] = f"{len(answer.body)} bytes {hashlib.md5(answer.body).hexdigest()}"
        return shown
    shown.pop("content-type", None)
    found = [(name or empty, html.unescape(value)) for name, value, empty
             in ENTRIES.findall(answer.text)]
    # An empty element and none say the same; quotes of tags are each server's own, and only
    # listings name tags that a read does not show as well.
    listing = "ListBucketResult" in answer.text
    shown["body"] = sorted((name, value.strip('"')) for name, value in found
                           if value and (listing or name != "ETag"))
    return shown


class Agreed(Grammar):
    """What clients do on every S3 service."""

    def __init__(self, seed):
        super().__init__(seed)
        self.families = (
            (20, self.put), (25, self.get), (22, self.list), (8, self.copy), (5, self.delete),
            (5, self.batch), (8, self.multipart), (6, self.dated),
        )

    def preparations(self):
        for key in LISTED:
            yield Question("PUT", quoted("L/" + key), body=key.encode(), family="listed keys")
        for key in KEYS[:8]:
            yield Question("PUT", quoted(key), body=self.pick(BODIES), family="first keys")

    def tag(self):
        return self.pick((f'"{etag(self.pick(BODIES))}"', '"0123456789abcdef"'))

    def conditions(self, prefix=""):
        return [(prefix + self.pick(("if-match", "if-none-match")), self.tag())]

    def put(self):
        body, key = self.pick(BODIES), self.key()
        headers = self.described()
        if self.chance(25):
            headers.append(self.pick((("if-none-match", "*"), ("if-match", self.tag()))))
        if self.chance(15):
            headers += self.integrity(body)
        yield Question("PUT", key, "", headers, body)
        yield Question(self.pick(("GET", "HEAD")), key)

    def described(self):
        keep = {"content-type", "cache-control", "content-disposition", "content-language",
                "x-amz-meta-one", "x-amz-meta-two"}
        return [(name, value) for name, value in super().described()
                if name in keep and value.strip() and "=?" not in value]

    def integrity(self, body):
        return [header for header in super().integrity(body) if len(header[1]) == 24]

    def get(self):
        headers = []
        if self.chance(40):
            headers.append(("range", self.pick(("bytes=0-0", "bytes=2-4", "bytes=7-", "bytes=-3",
                                                "bytes=8-99", "bytes=10-", "bytes=x"))))
        if self.chance(40):
            headers.append((self.pick(("if-match", "if-none-match")), self.tag()))
        yield Question(self.pick(("GET", "GET", "HEAD")), self.key(), headers=headers)

    def list(self):
        second = self.chance(60)
        pairs = [("list-type", "2")] if second else []
        pairs.append(("prefix", "L/" + self.pick(("", "a", "a/", "b", "c/", "c/3", "d/", "none"))))
        if self.chance(60):
            pairs.append(("delimiter", self.pick(("/", "/", "|", "b"))))
        if self.chance(40):
            pairs.append(("max-keys", self.pick(("1", "2", "3", "5", "1000"))))
        if self.chance(30):
            after = self.pick(("L/a", "L/a/b", "L/b", "L/c/3/5", "L/zzz", "K", "M"))
            pairs.append(("start-after" if second else "marker", after))
        self.random.shuffle(pairs)
        kept = {"token": r"<NextContinuationToken>([^<]+)<", "marker": r"<NextMarker>([^<]+)<"}
        yield Question("GET", query="&".join(f"{n}={spelled(v)}" for n, v in pairs), keep=kept)

    def copy(self):
        headers = [("x-amz-copy-source", f"/{BUCKET}/{self.key()}")]
        if self.chance(50):
            headers += [("x-amz-metadata-directive", "REPLACE")] + self.described()
        if self.chance(30):
            headers.append(("x-amz-copy-source-" + self.pick(("if-match", "if-none-match")),
                            self.tag()))
        key = self.key()
        if headers[0][1] != f"/{BUCKET}/{key}":  # onto itself: S3 wants REPLACE
            yield Question("PUT", key, headers=headers)
            yield Question("GET", key)

    def delete(self):
        key = self.key()
        yield Question("DELETE", key)
        yield Question("GET", key)

    def batch(self):
        keys = {self.pick(KEYS[:7]) for _ in range(3)}
        objects = "".join(f"<Object><Key>{html.escape(key)}</Key></Object>"
                          for key in sorted(keys))
        quiet = self.pick(("", "<Quiet>false</Quiet>", "<Quiet>true</Quiet>"))
        body = f"<Delete>{quiet}{objects}</Delete>".encode()
        md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
        yield Question("POST", query="delete", headers=[("content-md5", md5)], body=body)

    def multipart(self):
        key, upload = self.key(), "uploadId=$[upload]"
        yield Question("POST", key, "uploads", self.described(),
                       keep={"upload": "<UploadId>([^<]+)</UploadId>"})
        lengths = self.pick(((5,), (0,), (11,), (1000,), (3, 4)))
        if self.chance(8):
            lengths = self.pick(((5 << 20, 7), (6 << 20, 5 << 20, 1)))
        for at, length in enumerate(lengths):
            yield Question("PUT", key, f"partNumber={at + 1}&{upload}", body=bytes(length),
                           keep={f"part{at}": r"\netag: ([^\n]+)"})
        yield Question("GET", key, upload)
        parts = "".join(f"<Part><PartNumber>{at + 1}</PartNumber><ETag>$[part{at}]</ETag></Part>"
                        for at in range(len(lengths)))
        if self.chance(30):
            parts = parts.replace("$[part0]", '"0123456789abcdef0123456789abcdef"')
        body = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
        yield Question("POST", key, upload, body=body)
        yield Question("HEAD", key)


def run(seed, requests):
    ours, theirs = Server("OURS_"), Server("THEIRS_")
    for server in (ours, theirs):
        server.ask(Question("PUT", bucket=BUCKET))
        server.empty(BUCKET)
    grammar = Agreed(seed)
    asked, needed, wrong = collections.Counter(), collections.Counter(), 0
    begun = [[question] for question in grammar.preparations()]
    for sequence in (*begun, *grammar.sequences(requests)):
        for question in sequence:
            question.bucket = BUCKET
            asked[question.family] += 1
            shown = [gist(question, server.ask(question)) for server in (ours, theirs)]
            found = differences(*shown)
            if not found:
                continue
            row = next((row for row, _, fits in REASONS if fits(question, *shown)), None)
            needed[row] += 1
            if row is None:
                wrong += 1
                if wrong <= SHOWN:
                    print(f"not ok {question.family}, seed {seed}, request {sum(asked.values())}: "
                          f"{question.shown()}: {str(found)[:600]}", flush=True)
            heal(question, ours, theirs)
            break
    for family, count in sorted(asked.items()):
        print(f"ok the same: {family}, {count} requests")
    if wrong > SHOWN:
        print(f"not ok seed {seed}: {wrong} differences, {SHOWN} of them above")
    return needed


def heal(question, *servers):
    """Makes both hold the same again."""
    if question.method in ("PUT", "POST", "DELETE"):
        for key in [question.key] if question.key else [quoted(key) for key in KEYS]:
            for server in servers:
                server.ask(Question("PUT", key, body=b"healed", bucket=BUCKET))


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=DEFAULT_SEED)
    options.add_argument("--requests", type=int, default=DEFAULT_REQUESTS)
    options = options.parse_args()
    needed = run(options.seed, options.requests)
    if (options.seed, options.requests) != (DEFAULT_SEED, DEFAULT_REQUESTS):
        return
    for row, _, _ in REASONS:
        name = f"a reason to differ: {row}"
        print(f"ok {name}" if needed[row] else f"not ok {name}: nothing differs so")


main()
