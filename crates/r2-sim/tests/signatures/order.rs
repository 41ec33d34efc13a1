//! The order in which R2 finds fault, and its words for each: a request with every fault at once,
//! mended one by one.

use super::ask::{ID, NOW, SECRET, Shot, ask};
use super::reference::date;
use super::table::{exchange, send, world};

/// What is said, and what mends it.
type Step = (&'static str, fn(Shot) -> Shot);

/// Sends, compares, mends, and so on.
async fn mend(start: Shot, steps: &[Step]) {
    let r2 = world([]).await;
    let mut shot = start;
    for (said, mended) in steps {
        assert_eq!(send(&r2, &shot).await, said.replace('\'', "&apos;"));
        shot = mended(shot);
    }
}

fn credential(shot: Shot, from: &str, to: &str) -> Shot {
    shot.edit("authorization", from, to)
}

/// Faults of form, before the credential is taken apart.
const FORM: &[Step] = &[
    ("400 InvalidArgument: Authorization", |s| s.add("authorization", "Basic x")),
    ("400 InvalidRequest: Missing x-amz-content-sha256", |s| {
        s.add("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
    }),
    ("400 InvalidArgument: No date provided in x-amz-date nor date header", |s| {
        s.add("date", "today")
    }),
    (
        "400 InvalidArgument: Date provided in 'date' header (today) didn't parse successfully",
        |s| s.add("x-amz-date", "now"),
    ),
    (
        "400 InvalidArgument: Date provided in 'x-amz-date' header (now) didn't parse \
             successfully",
        |s| s.set("x-amz-date", &date(NOW - 901)),
    ),
    (
        "403 RequestTimeTooSkewed: The difference between the request time and the server's \
             time is too large.",
        |s| s.set("x-amz-date", &date(NOW)),
    ),
    ("400 InvalidRequest: Please use AWS4-HMAC-SHA256", |s| {
        s.set("authorization", "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=date")
    }),
    ("400 InvalidRequest: Please use AWS4-HMAC-SHA256", |s| {
        let value = "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=date, Signature=0";
        s.set("authorization", value)
    }),
    (
        "400 InvalidArgument: Credential sigv4 header should have at least 5 slash-separated \
             parts, not 2",
        |s| credential(s, "a/b", "a/19990101/mars/sqs/end"),
    ),
];

/// Faults of the credential, then of the signature, then of what is asked.
const SUBSTANCE: &[Step] = &[
    ("400 InvalidArgument: Credential access key has length 1, should be 32", |s| {
        credential(s, "=a/", &format!("={}/", "f".repeat(32)))
    }),
    ("400 InvalidArgument: Credential service should be s3, not sqs", |s| {
        credential(s, "sqs", "s3")
    }),
    ("400 InvalidArgument: Credential termination string should be aws4_request, not end", |s| {
        credential(s, "/end", "/aws4_request")
    }),
    (
        "400 InvalidArgument: Credential signed date 19990101 does not match 20260817 from \
             'x-amz-date' header",
        |s| credential(s, "19990101", "20260817"),
    ),
    (
        "400 InvalidRegionName: The region name 'mars' is not valid. Must be one of: wnam, \
             enam, weur, eeur, apac, oc, auto",
        |s| credential(s, "mars", "auto"),
    ),
    ("401 Unauthorized: Unauthorized", |s| credential(s, &"f".repeat(32), ID)),
    ("401 Unauthorized: Unauthorized", |s| credential(s, "=date", "=host")),
    (
        "403 SignatureDoesNotMatch: The request signature we calculated does not match the \
             signature you provided. Check your secret access key and signing method.",
        |_| ask("GET /b-none/k?tagging").header("x-amz-expected-bucket-owner", "1").signed(),
    ),
    ("501 NotImplemented: GetObjectTagging not implemented", |_| {
        ask("GET /b-none/k").header("x-amz-expected-bucket-owner", "1").signed()
    }),
    (
        "501 NotImplemented: Header 'x-amz-expected-bucket-owner' with value '1' not \
             implemented",
        |_| ask("GET /b-none/k").signed(),
    ),
    ("404 NoSuchBucket: The specified bucket does not exist.", |_| ask("GET /b-one/none").signed()),
    ("404 NoSuchKey: The specified key does not exist.", |s| s),
];

/// Cloudflare's own local R2 has this order from R2 itself (workers-sdk, `auth`).
///
/// Rows: auth.first, auth.none, auth.order, auth.unknown-key, auth.skew, auth.region,
/// auth.region-order, auth.no-host.
#[tokio::test]
async fn faults_of_a_header_in_their_order() {
    let start = Shot {
        headers: vec![("host".to_owned(), "r2.local".to_owned())],
        ..ask("GET /b-none/k?tagging").header("x-amz-expected-bucket-owner", "1").signed()
    };
    mend(start, &[FORM, SUBSTANCE].concat()).await;
}

/// Rows: auth.presign-missing, auth.presign-life, auth.presign-expired, auth.presign-date.
#[tokio::test]
async fn faults_of_a_presigned_url_in_their_order() {
    let start = Shot {
        query: "X-Amz-Credential=a&X-Amz-Expires=soon&X-Amz-Date=now".to_owned(),
        ..ask("GET /b-none/k").presigned(60)
    };
    let steps: &[Step] = &[
        (
            "400 InvalidArgument: Required search parameters X-Amz-Algorithm,  X-Amz-Signature,  \
             X-Amz-SignedHeaders missing",
            |s| s.with(|s| s.query += "&X-Amz-Algorithm=none&X-Amz-SignedHeaders=date"),
        ),
        ("400 InvalidArgument: Required search parameter X-Amz-Signature missing", |s| {
            s.with(|s| s.query += "&X-Amz-Signature=0")
        }),
        ("400 InvalidRequest: Please use AWS4-HMAC-SHA256", |s| {
            s.requery("none", "AWS4-HMAC-SHA256")
        }),
        ("400 InvalidArgument: Date provided in X-Amz-Date (now) didn't parse successfully", |s| {
            s.requery("now", &date(NOW - 100))
        }),
        (
            "400 InvalidArgument: Credential sigv4 header should have at least 5 slash-separated \
             parts, not 1",
            |s| s.requery("=a&", "=a%2F19990101%2Fauto%2Fsqs%2Fend&"),
        ),
        ("400 InvalidArgument: Credential access key has length 1, should be 32", |s| {
            s.requery("=a%2F", &format!("={}%2F", "f".repeat(32)))
        }),
        ("400 InvalidArgument: Credential service should be s3, not sqs", |s| {
            s.requery("sqs", "s3")
        }),
        (
            "400 InvalidArgument: Credential termination string should be aws4_request, not end",
            |s| s.requery("end&", "aws4_request&"),
        ),
        (
            "400 InvalidArgument: Credential signed date 19990101 does not match 20260817 from \
             'x-amz-date' header",
            |s| s.requery("19990101", "20260817"),
        ),
        ("401 Unauthorized: Unauthorized", |s| s.requery(&"f".repeat(32), ID)),
        ("400 InvalidArgument: X-Amz-Expires should be a number", |s| {
            s.requery("=soon", "=604801")
        }),
        (
            "400 InvalidArgument: X-Amz-Expires must be less than a week (in seconds); that is, \
             the given X-Amz-Expires must be less than 604800 seconds",
            |s| s.requery("=604801", "=99"),
        ),
        ("403 ExpiredRequest: Request has expired", |s| s.requery("=99", "=101")),
        ("401 Unauthorized: Unauthorized", |s| s.requery("Headers=date", "Headers=host")),
        (
            "403 SignatureDoesNotMatch: The request signature we calculated does not match the \
             signature you provided. Check your secret access key and signing method.",
            |_| ask("GET /b-none/k").presigned(60),
        ),
        ("404 NoSuchBucket: The specified bucket does not exist.", |s| s),
    ];
    mend(start, steps).await;
}

/// The answer to a wrong signature shows what was computed, byte by byte, and nothing secret.
///
/// Rows: auth.mismatch.
#[tokio::test]
async fn a_mismatch_is_explained() {
    let r2 = world([]).await;
    let shot = ask("GET /b-one/k?b=%3C&a").signed().with(|shot| shot.path.push('!'));
    let (status, text) = exchange(&r2, &shot).await;
    assert_eq!(status, 403);
    let element = |name: &str| {
        let (_, tail) = text.split_once(&format!("<{name}>")).unwrap();
        tail.split_once("</").unwrap().0.to_owned()
    };
    let canonical = element("CanonicalRequest");
    assert!(canonical.starts_with("GET\n/b-one/k!\na=&amp;b=%3C\nhost:r2.local\n"), "{canonical}");
    assert!(
        element("StringToSign").starts_with("AWS4-HMAC-SHA256\n20260817T104000Z\n20260817/auto/")
    );
    assert!(element("StringToSignBytes").starts_with("41 57 53 34 2d"));
    assert!(element("CanonicalRequestBytes").starts_with("47 45 54 0a 2f"));
    assert_eq!(element("SignatureProvided"), shot.signature());
    let names = ["Code", "Message", "StringToSign", "StringToSignBytes", "CanonicalRequest"];
    let at = names.map(|name| text.find(&format!("<{name}>")).unwrap());
    assert!(at.is_sorted(), "{at:?}");
    assert!(!text.contains(SECRET));
}
