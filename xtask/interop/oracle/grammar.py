"""Makes requests: every shape that clients send, and many that none should."""

import base64
import hashlib
import random
import urllib.parse

from wire import Question

KEYS = (
    "a", "b/c", "b/c/d", "b//c", "b/", "dir/sub/x.txt", "two words", "plus+", "50%", "q?&=#", "é",
    "日本", "😀", "(paren)'!*", "a~b-c_d.e", "k" * 1024, "...", "a/..b", "\\", "'quote'\"",
    "<xml>&amp;", "trailing ", " leading", "tab\tinside", "%41", "uploads", "0", "Z", "@:,;$",
)
"""Keys that requests read and write."""

LISTED = (
    "a", "a/", "a/b", "a/b/", "a/b/c", "a/c", "a0", "a b", "a+b", "a%2Fb", "b", "b|c", "b|d|e",
    "c/1", "c/2", "c/3/4", "c/3/5", "c/3/5/6", "d//e", "d//f", "d/", "e&<>\"'", "é/1", "é/2",
    "z😀", "Z", "_", "~", "c", "cc/1", "//", "//x",
)
"""Keys that listings find, under `L/`; nothing else is ever written there."""

BODIES = (b"", b"0123456789", b"x", b"hello world" * 100, bytes(range(256)) * 40)

PAST, FUTURE = "Sat, 01 Jan 2000 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"

RANGES = (
    "bytes=0-0", "bytes=2-4", "bytes=7-", "bytes=-3", "bytes=8-99", "bytes=-9999999", "bytes=10-",
    "bytes=-0", "bytes=4-2", "bytes=x", "bytes=1-2,4-5", "bytes=", "bytes=-", "items=0-1",
    "bytes=0-", "0-4", "bytes=0-18446744073709551615", "bytes= 1-2", "bytes=1 -2",
    "BYTES=0-1", "bytes=0-1,", "bytes=--1", "bytes=1-x", "bytes=9-9", "bytes=00-01", "bytes=+1-2",
)

SCREENED = (
    ("x-amz-tagging", "a=b"), ("x-amz-mfa", "device 123456"), ("x-amz-expected-bucket-owner", "me"),
    ("x-amz-bypass-governance-retention", "true"), ("x-amz-request-payer", "requester"),
    ("x-amz-website-redirect-location", "/x"), ("x-amz-object-lock-mode", "GOVERNANCE"),
    ("x-amz-object-lock-retain-until-date", "2030-01-01T00:00:00Z"),
    ("x-amz-object-lock-legal-hold", "ON"), ("x-amz-grant-read", "id=1"),
    ("x-amz-grant-write", "id=1"), ("x-amz-grant-read-acp", "id=1"),
    ("x-amz-grant-write-acp", "id=1"), ("x-amz-grant-full-control", "id=1"),
    ("x-amz-server-side-encryption-aws-kms-key-id", "k"),
    ("x-amz-server-side-encryption-context", "c"),
    ("x-amz-server-side-encryption-bucket-key-enabled", "true"),
    ("x-amz-source-expected-bucket-owner", "me"), ("x-amz-tagging-directive", "COPY"),
    ("x-amz-foobar", "1"), ("x-amz-acl", "public-read"), ("x-amz-acl", "private"),
    ("x-amz-acl", "mine"), ("x-amz-acl", ""), ("x-amz-server-side-encryption", "AES256"),
    ("x-amz-server-side-encryption", "aws:kms"), ("x-amz-storage-class", "STANDARD"),
    ("x-amz-storage-class", "GLACIER"), ("x-amz-storage-class", "standard"),
    ("x-amz-checksum-algorithm", "CRC32"), ("x-amz-sdk-checksum-algorithm", "CRC32"),
    ("x-amz-storage-class", "STANDARD_IA"), ("x-amz-security-token", "bogus"),
    ("x-amz-tagging", ""), ("x-amz-checksum-mode", "ENABLED"),
)

CUSTOMER = "x-amz-server-side-encryption-customer-"
CUSTOMER_KEY = base64.b64encode(bytes([7] * 32)).decode()
CUSTOMER_MD5 = base64.b64encode(hashlib.md5(bytes([7] * 32)).digest()).decode()

SUBRESOURCES = (
    "acl", "tagging", "torrent", "retention", "legal-hold", "attributes", "versions", "policy",
    "website", "notification", "requestPayment", "logging", "accelerate", "publicAccessBlock",
    "ownershipControls", "intelligent-tiering", "inventory", "metrics", "analytics", "policyStatus",
    "cors", "lifecycle", "encryption", "versioning", "object-lock", "replication", "location",
    "uploads", "delete", "junk", "x-id=GetObject", "versionId=null", "select", "restore", "rename",
    "Tagging", "session", "metadataTable",
)


def quoted(text):
    return urllib.parse.quote(text, safe="-_.~/")


def etag(body):
    return hashlib.md5(body).hexdigest()


class Grammar:
    """An endless row of questions, the same for the same seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.families = (
            (20, self.put), (22, self.get), (24, self.list), (10, self.copy), (4, self.delete),
            (7, self.batch), (10, self.multipart), (8, self.bucket), (3, self.dated),
            (2, self.refused),
        )

    def preparations(self):
        """What both need before the first question."""
        for key in LISTED:
            yield Question("PUT", quoted("L/" + key), body=key.encode(), family="listed keys")
        yield Question("PUT", "a", bucket="other", body=b"0123456789", family="other bucket")
        for key in KEYS[:8]:
            yield Question("PUT", quoted(key), body=self.pick(BODIES), family="first keys")

    def sequences(self, count):
        """Requests that belong together, until so many are made."""
        made = 0
        weights, makers = zip(*self.families)
        while made < count:
            maker = self.random.choices(makers, weights)[0]
            sequence = list(maker())
            for question in sequence:
                question.family = maker.__name__
            made += len(sequence)
            yield sequence

    def pick(self, things):
        return self.random.choice(things)

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def key(self):
        # Few of them often, so that a request finds what an earlier one wrote.
        return quoted(self.pick(KEYS[:10] if self.chance(70) else KEYS))

    # What requests have in common.

    def tag(self):
        known = etag(self.pick(BODIES))
        return self.pick((f'"{known}"', f'"{known}"', f'W/"{known}"', "*", '"x"',
                          f'"x", "{known}"', f'"x",W/"{known}"'))

    def conditions(self, prefix=""):
        names = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
        chosen = self.random.sample(names, self.pick((1, 1, 1, 2, 2, 3, 4)))
        dates = (PAST, FUTURE, "nonsense", "2000-01-01T00:00:00Z")
        return [(prefix + name, self.pick(dates) if "since" in name else self.tag())
                for name in chosen]

    def customer(self, prefix=CUSTOMER):
        triple = [(prefix + "algorithm", self.pick(("AES256", "AES256", "AES128"))),
                  (prefix + "key", CUSTOMER_KEY), (prefix + "key-MD5", CUSTOMER_MD5)]
        return [header for header in triple if self.chance(70)]

    def described(self):
        """Headers that an object keeps."""
        menu = {
            "content-type": ("text/x", "text/plain; charset=utf-8", "application/json", ""),
            "cache-control": ("max-age=7", "no-store", ""),
            "content-disposition": ("inline", 'attachment; filename="a b.txt"'),
            "content-language": ("de", "de, en"), "content-encoding": ("x", "identity"),
            "expires": (FUTURE, PAST, "0", "never"),
            "x-amz-meta-one": ("1", "Two words", "", " around ", "=?UTF-8?Q?caf=C3=A9?=", "a,b"),
            "x-amz-meta-two": ("x" * 500, "=?x", "%C3%A9"), "X-AMZ-META-Upper": ("Case",),
        }
        chosen = self.random.sample(sorted(menu), self.pick((0, 0, 1, 1, 2, 3, 5)))
        return [(name, self.pick(menu[name])) for name in chosen]

    def integrity(self, body):
        right = base64.b64encode(hashlib.md5(body).digest()).decode()
        wrong = base64.b64encode(hashlib.md5(body + b"!").digest()).decode()
        value = self.pick((right, right, wrong, "x", "AAAA", "not-base64!!!", right[:-2]))
        return [("content-md5", value)]

    def checksum(self, body):
        algorithm = self.pick(("sha1", "sha256"))
        digest = hashlib.new(algorithm, body if self.chance(70) else b"other").digest()
        return [("x-amz-checksum-" + algorithm, base64.b64encode(digest).decode())]

    def payload(self):
        return [("x-amz-content-sha256", self.pick((
            "UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD", "0" * 64, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER")))]

    def sprinkled(self, percent=12):
        """Headers that some operations refuse."""
        headers = [self.pick(SCREENED)] if self.chance(percent) else []
        headers += [self.pick(SCREENED)] if self.chance(2) else []
        headers += self.customer() if self.chance(4) else []
        return headers

    # The families.

    def put(self):
        body, key = self.pick(BODIES), self.key()
        headers = self.described() + self.sprinkled()
        if self.chance(30):
            headers += self.conditions()
        if self.chance(12):
            headers += self.integrity(body)
        if self.chance(5):
            headers += self.checksum(body)
        if self.chance(6):
            headers += self.payload()
        if self.chance(2):
            headers.append(("x-amz-meta-big", "m" * self.pick((1500, 2000))))
        method = "POST" if self.chance(8) else "PUT"
        if method == "POST" and self.chance(30):
            headers.append(("x-amz-copy-source", "/test/a"))
        query = self.pick(SUBRESOURCES) if self.chance(10) else ""
        sign = self.pick((60, 604800, 604801, 1)) if self.chance(5) else "header"
        if sign != "header":
            headers = []
        yield Question(method, key, query, headers, body, sign=sign)
        yield Question(self.pick(("GET", "HEAD")), key)

    def get(self):
        headers = self.sprinkled(6)
        if self.chance(35):
            headers.append(("range", self.pick(RANGES)))
        if self.chance(35):
            headers += self.conditions()
        if self.chance(4):
            headers.append(("if-range", self.tag()))
        query = []
        if self.chance(8):
            query.append(self.pick(SUBRESOURCES))
        if self.chance(3):
            query.append("response-content-type=text%2Fz&response-cache-control=no-cache")
        if self.chance(2):
            query.append("partNumber=" + self.pick(("1", "0", "x", "2")))
        sign = self.pick((60, 604800, 604801, "x", "", -1, 0)) if self.chance(6) else "header"
        if sign != "header":
            headers = [header for header in headers if header[0] in ("range", "if-match")]
        yield Question(self.pick(("GET", "GET", "HEAD")), self.key(), "&".join(query), headers,
                       sign=sign)

    def dated(self):
        """Conditions around the very second of the object's own date."""
        key = self.key()
        yield Question("HEAD", key, keep={"modified": r"\nlast-modified: ([^\n]+)"})
        name = self.pick(("if-modified-since", "if-unmodified-since"))
        date = self.pick(("$[modified+0]", "$[modified+1]", "$[modified-1]", "$[modified+60]"))
        headers = [(name, date)] + (self.conditions()[:1] if self.chance(30) else [])
        headers = list(dict(headers).items())
        yield Question(self.pick(("GET", "HEAD")), key, headers=headers)

    def list(self):
        second = self.chance(60)
        pairs = [("list-type", "2")] if second else []
        if self.chance(85):
            pairs.append(("prefix", "L/" + self.pick(("", "", "a", "a/", "b", "c/", "c/3", "d/",
                                                      "d//", "é", "é/", "none", "/", "e&", "z"))))
        if self.chance(55):
            pairs.append(("delimiter", self.pick(("/", "/", "/", "|", "//", "b", "c/", "é", " ",
                                                  "%", ""))))
        if self.chance(50):
            pairs.append(("max-keys", self.pick((
                "1", "2", "3", "5", "0", "1000", "1001", "5000", "2.7", "-1", "x", "", "1e1",
                "Infinity", "NaN", " 3", "+2", ".5", "1000.9", "-0"))))
        if self.chance(25):
            pairs.append(("encoding-type", self.pick(("url", "url", "url", "URL", "", "weird"))))
        after = ("L/a", "L/a/", "L/a/b", "L/b|", "L/c/3/", "L/c/3/5", "L/zzz", "", "K", "M", "L/é",
                 "L/c/4", "L/a/b/c")
        if self.chance(30):
            name = "start-after" if second else "marker"
            pairs.append((name, self.pick(after)))
        if second and self.chance(15):
            pairs.append(("fetch-owner", self.pick(("true", "false"))))
        if self.chance(5):
            pairs.append(self.pick((("junk", "1"), ("list-type", "3"), ("x-id", "ListObjectsV2"),
                                    ("continuation-token", "$[token]"), ("marker", "L/b"),
                                    ("start-after", "L/b"), ("versions", ""), ("Prefix", "L/"),
                                    ("location", ""), ("X-Amz-Junk", "1"))))
        self.random.shuffle(pairs)
        query = "&".join(f"{name}={spelled(value)}" for name, value in pairs)
        token = {"token": r"<NextContinuationToken>([^<]+)<",
                 "marker": r"<NextMarker>([^<]+)<"}
        yield Question("GET", query=query, keep=token)
        # Page by page to the end, or what comes of it.
        for _ in range(self.pick((0, 0, 1, 3)) if "max-keys" in query else 0):
            more = "continuation-token=$[token]" if second else "marker=$[marker]"
            rest = [f"{n}={spelled(v)}" for n, v in pairs if n not in ("marker", "start-after")]
            if second and self.chance(20):
                rest.append("start-after=" + quoted(self.pick(after)))
            yield Question("GET", query="&".join(rest + [more]), keep=token)

    def copy(self):
        source = self.pick(("/test/", "test/", "/other/", "/test/")) + self.key()
        if self.chance(10):
            source = self.pick(("/nothere/x", "noslash", "/test/", "/", "", "/Bad_Name/x",
                                "/test/missing", "//x", "test%2Fa", "/test/a%2", "/other/a"))
        headers = [("x-amz-copy-source", source)] + self.described() + self.sprinkled(10)
        if self.chance(50):
            headers.append(("x-amz-metadata-directive", self.pick((
                "COPY", "REPLACE", "REPLACE", "WAT", "copy", ""))))
        if self.chance(30):
            headers += self.conditions("x-amz-copy-source-")
        if self.chance(3):
            headers += self.customer("x-amz-copy-source-server-side-encryption-customer-")
        key = self.key()
        query = self.pick(("tagging", "junk", "acl", "x-id=CopyObject")) if self.chance(4) else ""
        yield Question("PUT", key, query, headers)
        yield Question("GET", key)

    def delete(self):
        query = self.pick(SUBRESOURCES) if self.chance(15) else ""
        yield Question("DELETE", self.key(), query, self.sprinkled(20))

    def batch(self):
        names = [urllib.parse.unquote(self.key()) for _ in range(self.pick((0, 1, 1, 2, 3)))]
        escape = {ord(c): f"&#{ord(c)};" for c in "<>&"}
        objects = [f"<Object><Key>{name.translate(escape)}</Key></Object>" for name in names]
        odd = ("<Object><Key></Key></Object>", "<Object/>", "<Object><NotKey>x</NotKey></Object>",
               "<Object><Key>a</Key><VersionId>null</VersionId></Object>",
               "<Object><Key><![CDATA[b/c]]></Key></Object>", "<!-- no --><Object><Key>b</Key>"
               "</Object>", "<Object><Key>&#x61;</Key></Object>", "<Junk>1</Junk>",
               "<Object><Key>a</Key><ETag>x</ETag></Object>", "<Object><Key>12</Key></Object>")
        if self.chance(20):
            objects.append(self.pick(odd))
        if self.chance(30):
            objects.append(f"<Quiet>{self.pick(('true', 'false', 'TRUE', '', '1', 'no'))}</Quiet>")
        self.random.shuffle(objects)
        space = self.pick(("", "", "\n  "))
        inner = space.join(objects)
        body = self.pick((
            f"<Delete>{inner}</Delete>", f"<Delete>{inner}</Delete>",
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Delete>{inner}</Delete>',
            f'<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{inner}</Delete>',
        ))
        if self.chance(8):
            body = self.pick(("", "<Delete>", "<NotDelete/>", "<Delete/>", "x", "<Delete></Dele>",
                              "<Delete><Object><Key>a</Object></Delete>", "{}"))
        headers = self.sprinkled(8) + (self.integrity(body.encode()) if self.chance(20) else [])
        if self.chance(4):
            headers += self.payload()
        yield Question("POST", query="delete", headers=headers, body=body.encode())

    def multipart(self):
        key = self.key()
        headers = self.described() + self.sprinkled(10)
        yield Question("POST", key, "uploads", headers,
                       keep={"upload": r"<UploadId>([^<]+)</UploadId>"})
        upload = "uploadId=$[upload]"
        numbers = []
        for _ in range(self.pick((0, 1, 1, 2))):
            number = self.pick(("1", "2", "3", "01", "10000", "0", "10001", "-1", "1.0", "", "x"))
            headers = self.sprinkled(6)
            if self.chance(20):
                source = "/test/" + self.key()
                headers = [("x-amz-copy-source", source)] + self.sprinkled(6)
                if self.chance(50):
                    headers.append(("x-amz-copy-source-range", self.pick(RANGES)))
                if self.chance(5):
                    headers += self.conditions("x-amz-copy-source-")[:1]
                body = b""
            else:
                body = self.pick(BODIES)
                headers += self.integrity(body) if self.chance(15) else []
            kept = {f"part{len(numbers)}": r'(?:\netag: |<ETag>)([^\n<]+)'}
            yield Question("PUT", key, f"partNumber={number}&{upload}", headers, body, keep=kept)
            numbers.append(number)
        if self.chance(10):
            body = self.pick(BODIES)
            yield Question("PUT", key, upload, body=body)
            yield Question("GET", key)
        for _ in range(self.pick((1, 1, 2))):
            yield self.completion(key, upload, numbers)
        if self.chance(50):
            yield Question("DELETE", key, upload, self.sprinkled(10))
        yield Question(self.pick(("GET", "HEAD")), key)

    def completion(self, key, upload, numbers):
        listed = [f"<Part><PartNumber>{number}</PartNumber><ETag>$[part{at}]</ETag></Part>"
                  for at, number in enumerate(numbers) if number in ("1", "2", "3", "01", "10000")]
        if self.chance(20):
            listed.append(self.pick((
                '<Part><PartNumber>7</PartNumber><ETag>"x"</ETag></Part>',
                '<Part><PartNumber>0</PartNumber><ETag>"x"</ETag></Part>',
                '<Part><PartNumber>10001</PartNumber><ETag>"x"</ETag></Part>',
                '<Part><PartNumber>1.5</PartNumber><ETag>"x"</ETag></Part>',
                "<Part><PartNumber>abc</PartNumber><ETag>x</ETag></Part>",
                "<Part><PartNumber>1</PartNumber></Part>", "<Part><ETag>x</ETag></Part>",
                "<Part/>", "<Junk/>",
                "<Part><ETag>$[part0]</ETag><PartNumber>1</PartNumber></Part>",
            )))
        inner = "".join(listed)
        body = f"<CompleteMultipartUpload>{inner}</CompleteMultipartUpload>"
        if self.chance(30):
            xmlns = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
            body = body.replace("<CompleteMultipartUpload>", f"<CompleteMultipartUpload {xmlns}>")
        if self.chance(5):
            body = self.pick(("", "<wat/>", "<CompleteMultipartUpload>", "x"))
        upload = upload if self.chance(90) else "uploadId=bogus"
        return Question("POST", key, upload, self.sprinkled(4), body.encode())

    def bucket(self):
        method = self.pick(("GET", "GET", "PUT", "DELETE", "POST", "HEAD", "PATCH"))
        names = self.random.sample(SUBRESOURCES, self.pick((1, 1, 2)))
        if method in ("PUT", "DELETE") or "delete" in names:
            # A bare one would make or remove the bucket; a batch is another family.
            names = [name for name in names if name != "delete"] or ["junk"]
        place = self.key() if self.chance(25) and method == "PATCH" else ""
        bucket = "nosuchbucket" if self.chance(6) else "test"
        yield Question(method, place, "&".join(names), self.sprinkled(4), bucket=bucket)

    def refused(self):
        sign = self.pick((None, "header", 60))
        yield Question(self.pick(("GET", "PUT", "POST", "HEAD")), self.pick(("", self.key())),
                       sign=sign, secret="wrong")


def spelled(value):
    """A value of the query; what stands for something else stays."""
    return value if value.startswith("$[") else quoted(value).replace("/", "%2F")
