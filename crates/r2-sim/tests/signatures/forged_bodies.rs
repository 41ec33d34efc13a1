//! Forgeries of the body: altered, swapped, cut, lengthened, framed wrongly.

use r2_sign::Credentials;
use r2_sim::Emulator;

use super::ask::{ID, Mode, SECRET, UNSIGNED, ask};
use super::chunks::Chunks;
use super::reference::sha256;
use super::table::{Row, row, run, run_forgeries, send, world};

const CRC: &[(&str, &str)] = &[("x-amz-checksum-crc32", "y/Q5Jg==")];
const MISMATCH: &str = "403 SignatureDoesNotMatch";
const INCOMPLETE: &str = "400 IncompleteBody";
const TRAILER: &str = "400 MalformedTrailerError";
const FRAMING: &str = "400 InvalidRequest: The chunked body is not well formed";

fn plain() -> Vec<Row> {
    let payload = "400 XAmzContentSHA256Mismatch";
    let put = || ask("PUT /b-one/x").body("the body");
    let delete = "<Delete><Object><Key>k</Key></Object></Delete>";
    vec![
        row("body altered", payload, put().signed().with(|shot| shot.body[0] = b'T')),
        row("body cut", payload, put().signed().with(|shot| shot.body.truncate(7))),
        row("body emptied", payload, put().signed().with(|shot| shot.body.clear())),
        row("body lengthened", payload, put().signed().with(|shot| shot.body.push(b'!'))),
        row("hash of an empty body", payload, put().payload(&sha256(b"")).signed()),
        row("document exchanged", payload, {
            let shot = ask("POST /b-one?delete").body("<Delete/>").signed();
            shot.with(|shot| shot.body = delete.as_bytes().to_vec())
        }),
        row("body against its own hash, presigned", payload, {
            put().presigned(60).add("x-amz-content-sha256", &sha256(b"another"))
        }),
        row("nonsense for a hash, presigned", payload, {
            put().presigned(60).add("x-amz-content-sha256", "nonsense")
        }),
        row("signed chunks without a signature of the head, presigned", payload, {
            put().presigned(60).add("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
        }),
        row("length too small", INCOMPLETE, put().signed().add("content-length", "4")),
        row("length too large", INCOMPLETE, put().signed().add("content-length", "40")),
        row("another checksum", "400 BadDigest", {
            put().header("x-amz-checksum-crc32", "AAAAAA==").signed()
        }),
        row("another md5", "400 BadDigest", {
            put().payload(UNSIGNED).header("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==").signed()
        }),
        row("a checksum that is none", "400 InvalidDigest", {
            put().header("x-amz-checksum-sha256", "AAAAAA==").signed()
        }),
    ]
}

fn chunks(mode: Mode) -> Chunks {
    let trailer: &[(&str, &str)] = if mode == Mode::Signed { &[] } else { CRC };
    ask("PUT /b-one/x").chunked(mode, &["1234", "56789"], trailer)
}

/// Spoils that a body of signed chunks must not survive.
fn signed_chunks(mode: Mode) -> Vec<Row> {
    let spoil = |name: &str, said: &'static str, change: fn(&mut Chunks)| {
        row(format!("{mode:?}: {name}"), said, chunks(mode).with(change).shot())
    };
    vec![
        spoil("data altered", MISMATCH, |c| c.pieces[0].1 = "1235\r\n".to_owned()),
        spoil("last data altered", MISMATCH, |c| c.pieces[1].1 = "56780\r\n".to_owned()),
        spoil("chunks swapped", MISMATCH, |c| c.pieces.swap(0, 1)),
        spoil("chunk dropped", MISMATCH, |c| drop(c.pieces.remove(0))),
        spoil("last chunk dropped", MISMATCH, |c| drop(c.pieces.remove(1))),
        spoil("chunk doubled", MISMATCH, |c| {
            let again = c.pieces[0].clone();
            c.pieces.insert(0, again);
        }),
        spoil("chunk cut, and the next one longer", MISMATCH, |c| {
            c.pieces[0].0 = c.pieces[0].0.replacen('4', "3", 1);
            c.pieces[0].1 = "123\r\n".to_owned();
            c.pieces[1].0 = c.pieces[1].0.replacen('5', "6", 1);
            c.pieces[1].1 = "456789\r\n".to_owned();
        }),
        spoil("signature of the other chunk", MISMATCH, |c| {
            let signature = c.pieces[1].0[1..].to_owned();
            c.pieces[0].0.replace_range(1.., &signature);
        }),
        spoil("signature in upper case", MISMATCH, |c| {
            let value = c.pieces[0].0.split_once('=').unwrap().1.to_ascii_uppercase();
            c.pieces[0].0 = format!("4;chunk-signature={value}");
        }),
        spoil("signature empty", MISMATCH, |c| c.pieces[0].0 = "4;chunk-signature=\r\n".to_owned()),
        spoil("no signature", MISMATCH, |c| c.pieces[0].0 = "4\r\n".to_owned()),
        spoil("another extension before", MISMATCH, |c| {
            c.pieces[0].0 = c.pieces[0].0.replacen(';', ";a=b;", 1);
        }),
        spoil("another extension after", MISMATCH, |c| {
            c.pieces[0].0 = c.pieces[0].0.replace("\r\n", ";a=b\r\n");
        }),
        spoil("no signature at the end", MISMATCH, |c| c.pieces[2].0 = "0\r\n".to_owned()),
        spoil("end by another's signature", MISMATCH, |c| {
            c.pieces[2].0 = format!("0{}", &c.pieces[1].0[1..]);
        }),
        spoil("no end", INCOMPLETE, |c| {
            c.pieces.truncate(2);
            c.trailer.clear();
            c.end.clear();
        }),
        spoil("cut in the last chunk", INCOMPLETE, |c| {
            c.pieces.truncate(2);
            c.pieces[1].1.truncate(2);
            c.trailer.clear();
            c.end.clear();
        }),
        spoil("bytes after the end", FRAMING, |c| c.end += "more\r\n"),
        spoil("a chunk after the end", FRAMING, |c| {
            c.end += &(c.pieces[0].0.clone() + &c.pieces[0].1);
        }),
    ]
}

/// Spoils of the frame, which need no signature to be seen.
fn framing(mode: Mode) -> Vec<Row> {
    let spoil = |name: &str, said: &'static str, change: fn(&mut Chunks)| {
        row(format!("{mode:?}: {name}"), said, chunks(mode).with(change).shot())
    };
    let size = |c: &mut Chunks, size: &str| c.pieces[0].0 = c.pieces[0].0.replacen('4', size, 1);
    let mut rows = Vec::new();
    for bad in ["-4", "+4", "0x4", " 4", "4 ", "", "g", "4.0", "11111111111111111", "4\r"] {
        let shot = chunks(mode).with(|c| size(c, bad)).shot();
        rows.push(row(format!("{mode:?}: size {bad:?}"), FRAMING, shot));
    }
    rows.extend([
        spoil("size of 64 bits", INCOMPLETE, |c| {
            c.pieces[0].0 = c.pieces[0].0.replacen('4', "ffffffffffffffff", 1);
        }),
        spoil("no line break after data", FRAMING, |c| c.pieces[1].1 = "56789".to_owned()),
        spoil("a line feed alone", FRAMING, |c| {
            c.pieces[1].0 = c.pieces[1].0.replace("\r\n", "\n");
        }),
        spoil("a line without an end", FRAMING, |c| {
            c.pieces[0].0 = format!("4;chunk-signature={}", "0".repeat(9_000));
        }),
    ]);
    if mode == Mode::Unsigned {
        rows.extend([
            spoil("size too small", FRAMING, |c| c.pieces[0].0 = "3\r\n".to_owned()),
            spoil("size too large", FRAMING, |c| c.pieces[0].0 = "5\r\n".to_owned()),
            spoil("end in the middle", FRAMING, |c| c.pieces[0] = ("0\r\n".into(), "\r\n".into())),
            spoil("a chunk more", INCOMPLETE, |c| {
                c.pieces.insert(0, ("1\r\n".to_owned(), "0\r\n".to_owned()));
            }),
            spoil("a chunk fewer", INCOMPLETE, |c| drop(c.pieces.remove(0))),
            spoil("data altered", "400 BadDigest", |c| c.pieces[0].1 = "1235\r\n".to_owned()),
            spoil("chunks swapped", "400 BadDigest", |c| c.pieces.swap(0, 1)),
            spoil("no body", INCOMPLETE, |c| {
                c.pieces.clear();
                c.trailer.clear();
                c.end.clear();
            }),
        ]);
    }
    rows
}

fn trailers(mode: Mode) -> Vec<Row> {
    // A signature over the trailer is looked at before the names in it.
    let (changed, names) = match mode {
        Mode::Unsigned => ("400 BadDigest", TRAILER),
        _ => (MISMATCH, MISMATCH),
    };
    let spoil = |name: &str, said: &'static str, change: fn(&mut Chunks)| {
        row(format!("{mode:?}: {name}"), said, chunks(mode).with(change).shot())
    };
    let mut rows = vec![
        spoil("value changed", changed, |c| {
            c.trailer[0] = "x-amz-checksum-crc32:AAAAAA==\r\n".into();
        }),
        spoil("trailer missing", names, |c| c.trailer.clear()),
        spoil("another name", names, |c| {
            c.trailer[0] = "x-amz-checksum-crc32c:4waSgw==\r\n".to_owned();
        }),
        spoil("a line more", names, |c| c.trailer.insert(0, "x-amz-meta-a:1\r\n".to_owned())),
        spoil("a line twice", TRAILER, |c| {
            let again = c.trailer[0].clone();
            c.trailer.insert(0, again);
        }),
        spoil("no colon", TRAILER, |c| c.trailer[0] = "x-amz-checksum-crc32\r\n".to_owned()),
        spoil("a line feed alone", FRAMING, |c| {
            c.trailer[0] = c.trailer[0].replace("\r\n", "\n");
        }),
        spoil("a line after the end", FRAMING, |c| c.end += "x-amz-meta-a:1\r\n"),
        spoil("many lines", TRAILER, |c| {
            c.trailer = (0..100).map(|n| format!("x-{n}:1\r\n")).collect();
        }),
    ];
    if mode == Mode::SignedTrailer {
        rows.extend([
            spoil("signature missing", MISMATCH, |c| drop(c.trailer.pop())),
            spoil("signature of the last chunk", MISMATCH, |c| {
                let signature = c.pieces[2].0.split_once('=').unwrap().1.to_owned();
                c.trailer[1] = format!("x-amz-trailer-signature:{signature}");
            }),
            spoil("signature alone", MISMATCH, |c| drop(c.trailer.remove(0))),
            spoil("two signatures", TRAILER, |c| c.trailer.push(c.trailer[1].clone())),
        ]);
    } else {
        rows.push(spoil("checksum that is none", "400 InvalidDigest", |c| {
            c.trailer[0] = "x-amz-checksum-crc32:AAAA\r\n".to_owned();
        }));
    }
    rows
}

fn lengths() -> Vec<Row> {
    let name = "x-amz-decoded-content-length";
    let mut rows = Vec::new();
    for mode in [Mode::Unsigned, Mode::Signed, Mode::SignedTrailer] {
        let shot = || chunks(mode).shot();
        rows.push(row(format!("{mode:?}: length altered"), MISMATCH, shot().set(name, "8")));
        rows.push(row(format!("{mode:?}: length removed"), MISMATCH, shot().without(name)));
        for (value, said) in [
            ("8", INCOMPLETE),
            ("10", INCOMPLETE),
            ("0", INCOMPLETE),
            ("-9", "400 InvalidArgument"),
            ("+9", "400 InvalidArgument"),
            ("9.0", "400 InvalidArgument"),
            ("x", "400 InvalidArgument"),
            ("", "400 InvalidArgument"),
            ("99999999999999999999", "400 InvalidArgument"),
            ("5363466241", "400 EntityTooLarge"),
        ] {
            let shot = unsigned_length(mode, value);
            rows.push(row(format!("{mode:?}: signed length {value:?}"), said, shot));
        }
    }
    rows
}

/// A request whose own signature is over this decoded length.
fn unsigned_length(mode: Mode, value: &str) -> super::ask::Shot {
    let good = chunks(mode).shot();
    let mut ask = ask("PUT /b-one/x").payload(header(&good, "x-amz-content-sha256"));
    for name in ["content-encoding", "x-amz-trailer"] {
        if good.headers.iter().any(|(known, _)| known == name) {
            ask = ask.header(name, header(&good, name));
        }
    }
    let shot = ask.header("x-amz-decoded-content-length", value).signed();
    // The chunks follow from the head's signature, so they are made anew.
    let body = match mode {
        Mode::Unsigned => good.body,
        _ => super::chunks::body_after(&shot.signature(), mode, &["1234", "56789"], CRC),
    };
    shot.with(|shot| shot.body = body)
}

fn header<'s>(shot: &'s super::ask::Shot, name: &str) -> &'s str {
    &shot.headers.iter().find(|(known, _)| known == name).unwrap().1
}

/// Rows: auth.chunks, auth.payload, auth.streaming-unsigned.
#[tokio::test]
async fn forgeries_of_the_body() {
    let rows = [
        plain(),
        signed_chunks(Mode::Signed),
        signed_chunks(Mode::SignedTrailer),
        framing(Mode::Unsigned),
        framing(Mode::Signed),
        trailers(Mode::Unsigned),
        trailers(Mode::SignedTrailer),
        lengths(),
    ]
    .concat();
    assert!(rows.len() >= 110, "{}", rows.len());
    run_forgeries(&world([]).await, &rows).await;
}

/// Rows: auth.streaming-signed.
#[tokio::test]
async fn signed_chunks_are_of_another_era() {
    let r2 = Emulator::builder()
        .clock(std::sync::Arc::new(r2_sim::ManualClock::at_unix(
            u64::try_from(super::ask::NOW).unwrap(),
        )))
        .credentials(Credentials::new(ID, SECRET))
        .memory();
    assert_eq!(send(&r2, &ask("PUT /b-one").signed()).await, "200");
    let put = || ask("PUT /b-one/x");
    let get = |mode| ask("GET /b-one").chunked(mode, &[], &[]).shot();
    run(
        &r2,
        &[
            row("chunks", "501 NotImplemented: STREAMING-AWS4-HMAC-SHA256-PAYLOAD not", {
                put().chunked(Mode::Signed, &["x"], &[]).shot()
            }),
            row("trailer", "501 NotImplemented: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", {
                put().chunked(Mode::SignedTrailer, &["x"], CRC).shot()
            }),
            row("on get", "501 NotImplemented", get(Mode::Signed)),
            row("unsigned", "400 BadDigest", put().chunked(Mode::Unsigned, &["x"], CRC).shot()),
        ],
    )
    .await;
}
