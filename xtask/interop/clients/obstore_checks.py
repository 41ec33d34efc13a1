"""obstore: Rust's object_store, as Python programs use it."""

import datetime

import obstore
from checks import BIG, BUCKET, ENDPOINT, KEY_ID, MIB, ODD, PREFIX, REGION, SECRET, SMALL
from checks import check, equal, fetch
from obstore.store import S3Store

store = S3Store(
    BUCKET,
    endpoint=ENDPOINT,
    access_key_id=KEY_ID,
    secret_access_key=SECRET,
    region=REGION,
    virtual_hosted_style_request=False,
    client_options={"allow_http": True},
    retry_config={"max_retries": 0},
)


def put(key, body=SMALL, **more):
    return obstore.put(store, PREFIX + key, body, **more)


def get(key, **more):
    return bytes(obstore.get(store, PREFIX + key, **more).bytes())


def paths(prefix):
    return sorted(each["path"] for page in obstore.list(store, prefix=prefix) for each in page)


@check("put and get, with attributes")
def _():
    put("a", attributes={"Content-Type": "text/x", "one": "Two"})
    got = obstore.get(store, PREFIX + "a")
    equal((bytes(got.bytes()), got.attributes["Content-Type"]), (SMALL, "text/x"))


@check("head of what is not there")
def _():
    try:
        obstore.head(store, PREFIX + "nothing")
    except FileNotFoundError:
        return
    raise AssertionError("found")


@check("ranges, one and several")
def _():
    put("ten", b"0123456789")
    equal(bytes(obstore.get_range(store, PREFIX + "ten", start=2, end=5)), b"234")
    several = obstore.get_ranges(store, PREFIX + "ten", starts=[0, 8], ends=[1, 10])
    equal([bytes(each) for each in several], [b"0", b"89"])


@check("conditional put: create")
def _():
    put("once", b"1", mode="create")
    try:
        put("once", b"2", mode="create")
    except obstore.exceptions.AlreadyExistsError:
        equal(get("once"), b"1")
        return
    raise AssertionError("written twice")


@check("conditional put: update")
def _():
    first = put("v", b"1")["e_tag"]
    put("v", b"2", mode={"e_tag": first})
    try:
        put("v", b"3", mode={"e_tag": first})
    except obstore.exceptions.PreconditionError:
        equal(get("v"), b"2")
        return
    raise AssertionError("a stale version was accepted")


@check("list, and list with delimiter")
def _():
    for key in ("l/a/x", "l/b/y", "l/top"):
        put(key, b"1")
    equal(paths(PREFIX + "l"), [PREFIX + each for each in ("l/a/x", "l/b/y", "l/top")])
    found = obstore.list_with_delimiter(store, prefix=PREFIX + "l")
    equal(sorted(found["common_prefixes"]), [PREFIX + "l/a", PREFIX + "l/b"])
    equal([each["path"] for each in found["objects"]], [PREFIX + "l/top"])


@check("multipart")
def _():
    put("big", BIG, use_multipart=True, chunk_size=5 * MIB)
    equal(get("big"), BIG)


@check("copy, copy if absent, and rename")
def _():
    put("source")
    obstore.copy(store, PREFIX + "source", PREFIX + "copy")
    obstore.rename(store, PREFIX + "copy", PREFIX + "renamed")
    equal(get("renamed"), SMALL)
    equal(paths(PREFIX + "copy"), [])


@check("batch delete")
def _():
    for at in range(3):
        put(f"d/{at}")
    obstore.delete(store, [f"{PREFIX}d/{at}" for at in range(3)])
    equal(paths(PREFIX + "d"), [])


@check("presigned get and put")
def _():
    for_a_minute = datetime.timedelta(seconds=60)
    equal(fetch(obstore.sign(store, "PUT", PREFIX + "s", for_a_minute), "PUT", SMALL)[0], 200)
    equal(fetch(obstore.sign(store, "GET", PREFIX + "s", for_a_minute)), (200, SMALL))


@check("reads what r2 wrote")
def _():
    for key, wanted in (("small", SMALL), ("big", BIG)):
        equal(bytes(obstore.get(store, "from-r2/" + key).bytes()), wanted)


@check("leaves something for r2")
def _():
    put("left/small")
    put("left/big", BIG, use_multipart=True, chunk_size=5 * MIB)
