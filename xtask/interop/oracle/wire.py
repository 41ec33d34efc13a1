"""Signed requests over connections that stay open, byte for byte as they are asked for.

Nothing here normalises: a path, a query and a header arrive as the question spells them.
"""

import dataclasses
import datetime
import email.utils
import hashlib
import hmac
import html
import http.client
import os
import re
import urllib.parse

AUTO = "auto"
PAGES_MAX = 20
SERVICE = "s3"


@dataclasses.dataclass
class Question:
    """One request. `$[name]` in query, headers and body stands for what the server said before."""

    method: str
    key: str = ""  # as it stands in the path: encoded
    query: str = ""
    headers: list = dataclasses.field(default_factory=list)
    body: bytes = b""
    bucket: str = "test"
    sign: object = "header"  # "header", a number of seconds to presign for, or None
    secret: str = ""  # another one than the server's
    family: str = "made by hand"
    keep: dict = dataclasses.field(default_factory=dict)  # name -> pattern with one group

    def header(self, name):
        return next((value for known, value in self.headers if known.lower() == name), None)

    def shown(self):
        """For a person who wants to ask it again."""
        said = f"{self.method} /{self.bucket}/{self.key}" + (f"?{self.query}" if self.query else "")
        sign = "" if self.sign == "header" else f" signed {self.sign}"
        body = f" body {self.body[:300]!r}" if self.body else ""
        return f"{said} {self.headers}{sign}{body}"


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def element(self, name):
        found = re.search(rf"<{name}>(.*?)</{name}>", self.text, re.S)
        return found.group(1) if found else None


class Server:
    """One endpoint, the credentials for it, and what it has said."""

    def __init__(self, prefix):
        url = urllib.parse.urlsplit(os.environ[prefix + "ENDPOINT"])
        if url.hostname != "127.0.0.1":
            raise SystemExit(f"{url.hostname} is not loopback: nothing leaves the machine")
        self.host, self.path = url.netloc, url.path.rstrip("/")
        self.id, self.secret = os.environ[prefix + "KEY_ID"], os.environ[prefix + "SECRET"]
        self.region = os.environ.get(prefix + "REGION", AUTO)
        self.said = {}
        self.connection = None

    def ask(self, question):
        """Signs and sends the question, and remembers what it is asked to remember."""
        query = self.filled(question.query, quoted=True)
        headers = [(name, self.filled(value)) for name, value in question.headers]
        body = question.body
        if b"$[" in body:
            body = self.filled(body.decode()).encode()
        path = f"{self.path}/{question.bucket}" if question.bucket else self.path or "/"
        path += f"/{question.key}" if question.key else ""
        secret = question.secret or self.secret
        if question.sign == "header":
            headers = self.signed(question.method, path, query, headers, body, secret)
        elif question.sign is not None:
            query = self.presigned(question.method, path, query, question.sign, secret)
        target = path + (f"?{query}" if query else "")
        answer = self.exchange(question.method, target, headers, body)
        for name, pattern in question.keep.items():
            lines = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
            found = re.search(pattern, f"\n{lines}\n{answer.text}", re.S)
            self.said[name] = found.group(1) if found else "nothing"
        return answer

    def empty(self, bucket):
        """Forgets what an earlier run left in the bucket."""
        listing = Question("GET", query="list-type=2&encoding-type=url", bucket=bucket)
        for _ in range(PAGES_MAX):
            keys = re.findall(r"<Key>(.*?)</Key>", self.ask(listing).text, re.S)
            if not keys:
                return
            for key in keys:
                # Some servers write a blank as a plus sign, and some leave slashes as they are.
                name = urllib.parse.unquote_plus(html.unescape(key))
                path = urllib.parse.quote(name, safe="-_.~/")
                self.ask(Question("DELETE", path, bucket=bucket))
        raise SystemExit(f"{self.host}: {bucket} cannot be emptied")

    def filled(self, text, quoted=False):
        """`$[name]`, and `$[name+1]` for an HTTP date and seconds."""
        if not isinstance(text, str) or "$[" not in text:
            return text

        def value(found):
            said, seconds = self.said.get(found.group(1), "nothing"), found.group(2)
            if seconds and said != "nothing":
                date = email.utils.parsedate_to_datetime(said)
                date += datetime.timedelta(seconds=int(seconds))
                said = email.utils.format_datetime(date, usegmt=True)
            return urllib.parse.quote(said, safe="") if quoted else said

        return re.sub(r"\$\[(\w+)([+-]\d+)?\]", value, text)

    def exchange(self, method, target, headers, body):
        for attempt in (1, 2):
            fresh = self.connection is None
            if fresh:
                self.connection = http.client.HTTPConnection(self.host, timeout=60)
            try:
                self.connection.putrequest(method, target, skip_host=True,
                                           skip_accept_encoding=True)
                self.connection.putheader("Host", self.host)
                for name, value in headers:
                    self.connection.putheader(name, value)
                if body or method in ("PUT", "POST"):
                    self.connection.putheader("Content-Length", str(len(body)))
                self.connection.endheaders(body or None)
                answer = self.connection.getresponse()
                read = answer.read()
                names = {k.lower(): v for k, v in answer.getheaders()}
                if answer.will_close:
                    self.close()
                return Answer(answer.status, names, read)
            except (http.client.HTTPException, OSError):
                # A connection that the server closed meanwhile is no answer.
                self.close()
                if fresh or attempt == 2:
                    raise

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def signed(self, method, path, query, headers, body, secret):
        """The same headers, with what the signature needs."""
        known = {name.lower() for name, _ in headers}
        if "x-amz-content-sha256" not in known:
            headers = [*headers, ("x-amz-content-sha256", hashlib.sha256(body).hexdigest())]
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers = [*headers, ("x-amz-date", now)]
        # What an edge may rewrite stays unsigned.
        used = {"host": self.host} | {name.lower(): " ".join(value.split())
                                      for name, value in headers
                                      if name.lower().startswith("x-amz-")}
        names = ";".join(sorted(used))
        lines = "".join(f"{name}:{used[name]}\n" for name in sorted(used))
        payload = used["x-amz-content-sha256"]
        request = "\n".join([method, path, canonical(query), lines, names, payload])
        signature = self.signature(now, request, secret)
        credential = f"{self.id}/{now[:8]}/{self.region}/{SERVICE}/aws4_request"
        text = f"Credential={credential}, SignedHeaders={names}, Signature={signature}"
        return [*headers, ("Authorization", f"AWS4-HMAC-SHA256 {text}")]

    def presigned(self, method, path, query, seconds, secret):
        """The same query, with the signature in it."""
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        credential = f"{self.id}/{now[:8]}/{self.region}/{SERVICE}/aws4_request"
        more = {"X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": credential,
                "X-Amz-Date": now, "X-Amz-Expires": str(seconds), "X-Amz-SignedHeaders": "host"}
        query = "&".join(filter(None, [query, urllib.parse.urlencode(more)]))
        lines = f"host:{self.host}\n"
        request = "\n".join([method, path, canonical(query), lines, "host", "UNSIGNED-PAYLOAD"])
        return f"{query}&X-Amz-Signature={self.signature(now, request, secret)}"

    def signature(self, now, request, secret):
        scope = f"{now[:8]}/{self.region}/{SERVICE}/aws4_request"
        hashed = hashlib.sha256(request.encode()).hexdigest()
        key = f"AWS4{secret}".encode()
        for step in scope.split("/"):
            key = hmac.digest(key, step.encode(), "sha256")
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashed}"
        return hmac.digest(key, text.encode(), "sha256").hex()


def canonical(query):
    """The query as it is signed."""
    pairs = (pair.partition("=")[::2] for pair in query.split("&") if pair)
    decoded = [tuple(urllib.parse.unquote_plus(half) for half in pair) for pair in pairs]
    quoted = [tuple(urllib.parse.quote(half, safe="-_.~") for half in pair) for pair in decoded]
    return "&".join(f"{name}={value}" for name, value in sorted(quoted))
