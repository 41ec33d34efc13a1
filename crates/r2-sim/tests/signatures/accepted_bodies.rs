//! Bodies as they may be bound to a signature.

use super::ask::{Mode, UNSIGNED, ask};
use super::table::{Row, exchange, row, run, world};

const SUMS: [(&str, &str); 5] = [
    ("x-amz-checksum-crc32", "y/Q5Jg=="),
    ("x-amz-checksum-crc32c", "4waSgw=="),
    ("x-amz-checksum-crc64nvme", "rosUhgp5mIg="),
    ("x-amz-checksum-sha1", "98O8HYCOBHMq32eZZczDTKeuNEE="),
    ("x-amz-checksum-sha256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
];

fn plain() -> Vec<Row> {
    let put = || ask("PUT /b-one/body");
    vec![
        row("hash of a body", "200", put().body("x").signed()),
        row("hash of no body", "200", put().signed()),
        row("unsigned payload", "200", put().body("x").payload(UNSIGNED).signed()),
        row("unsigned payload without a body", "200", put().payload(UNSIGNED).signed()),
        row("hash of a body, presigned", "200", {
            let hash = super::reference::sha256(b"x");
            put().body("x").presigned(60).add("x-amz-content-sha256", &hash)
        }),
        row("content-md5", "200", {
            put().body("x").header("content-md5", "ndTkYSaMgDT1yFZOFVxnpg==").signed()
        }),
        row("a body that nobody wants", "200", ask("GET /b-one/k").body("stray").signed()),
    ]
}

fn chunked() -> Vec<Row> {
    let put = || ask("PUT /b-one/body");
    let (big, digits) = ("a".repeat(100_000), "123456789");
    let mut rows = Vec::new();
    for (mode, name) in [
        (Mode::Unsigned, "unsigned chunks"),
        (Mode::Signed, "signed chunks"),
        (Mode::SignedTrailer, "signed chunks and trailer"),
    ] {
        let sum: &[(&str, &str)] = if mode == Mode::Signed { &[] } else { &SUMS[..1] };
        let one = put().chunked(mode, &[digits], sum);
        rows.extend([
            row(name, "200", one.clone().shot()),
            row(format!("{name}, two"), "200", put().chunked(mode, &["12345", "6789"], sum).shot()),
            row(format!("{name}, signed length"), "200", {
                put().header("content-length", "400").chunked(mode, &[digits], sum).shot()
            }),
            row(format!("{name}, no last line break"), "200", {
                one.clone().with(|chunks| chunks.end.clear()).shot()
            }),
            row(format!("{name}, upper case sizes and zeros before"), "200", {
                let ten = put().chunked(mode, &["0123456789"], &[]);
                let ten = if mode == Mode::SignedTrailer {
                    put().chunked(mode, &["0123456789"], &[("x-amz-meta-end", "1")])
                } else {
                    ten
                };
                ten.with(|chunks| chunks.pieces[0].0 = chunks.pieces[0].0.replacen('a', "00A", 1))
                    .shot()
            }),
        ]);
        if mode != Mode::Signed {
            let with = |sum| put().chunked(mode, &["1234", "56789"], &[sum]).shot();
            rows.extend(SUMS.map(|sum| row(format!("{name}, {}", sum.0), "200", with(sum))));
        }
    }
    rows.push(row("signed chunks of 100,000 bytes", "200", {
        put().chunked(Mode::Signed, &[&big, &big, "end"], &[]).shot()
    }));
    rows.push(row("unsigned chunks without a trailer", "200", {
        put().chunked(Mode::Unsigned, &[digits], &[]).shot()
    }));
    rows.push(row("no bytes in signed chunks", "200", {
        put().chunked(Mode::Signed, &[], &[]).shot()
    }));
    rows.push(row("an extension on unsigned chunks", "200", {
        let chunks = put().chunked(Mode::Unsigned, &[digits], &[]);
        chunks.with(|chunks| chunks.pieces[0].0 = "9;note=1\r\n".to_owned()).shot()
    }));
    rows
}

#[tokio::test]
async fn bodies_of_every_form() {
    let rows = [plain(), chunked()].concat();
    assert!(rows.len() >= 30, "{}", rows.len());
    let r2 = world([]).await;
    run(&r2, &rows).await;
    let shot = ask("PUT /b-one/body").chunked(Mode::SignedTrailer, &["12345", "6789"], &SUMS[..1]);
    assert_eq!(exchange(&r2, &shot.shot()).await.0, 200);
    let (_, body) = exchange(&r2, &ask("GET /b-one/body").signed()).await;
    assert_eq!(body, "123456789", "decoded");
}

#[tokio::test]
async fn parts_and_documents_may_be_chunked() {
    let r2 = world([]).await;
    let (_, begun) = exchange(&r2, &ask("POST /b-one/large?uploads").signed()).await;
    let id = begun.split("<UploadId>").nth(1).unwrap().split('<').next().unwrap();
    let id = super::reference::encode(id.as_bytes());
    let part = format!("PUT /b-one/large?partNumber=1&uploadId={id}");
    let delete = "<Delete><Object><Key>none</Key></Object></Delete>";
    let rows = [
        row("a part", "200", {
            ask(&part).chunked(Mode::Unsigned, &["123456789"], &SUMS[..1]).shot()
        }),
        row("a part of signed chunks", "200", {
            ask(&part).chunked(Mode::SignedTrailer, &["123456789"], &SUMS[..1]).shot()
        }),
        row("a document", "200", {
            ask("POST /b-one?delete").chunked(Mode::Signed, &[delete], &[]).shot()
        }),
    ];
    run(&r2, &rows).await;
}
