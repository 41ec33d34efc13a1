//! Replies of R2 and of others, and what is made of them.

use expect_test::{Expect, expect};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::*;
use crate::testing::wrapped;
use crate::{BucketName, ObjectKey};

fn read(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Error {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, HeaderValue::from_static(value));
    }
    let status = StatusCode::from_u16(status).unwrap();
    from_reply(ReplyFacts { status, headers: &map }, body.as_bytes())
}

fn check(status: u16, body: &str, expected: &Expect) {
    let error = read(status, &[], body);
    let flags = [
        (error.is_not_found(), "not found"),
        (error.is_retryable(), "retryable"),
        (error.may_have_applied(), "may have applied"),
    ];
    let flags: Vec<_> = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
    let text = format!("{:?}: {error} [{}]", error.kind(), flags.join(", "));
    expected.assert_eq(&wrapped(&text));
}

fn xml(code: &str, message: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code>\
         <Message>{message}</Message></Error>"
    )
}

#[test]
fn r2s_own_replies() {
    check(
        404,
        &xml("NoSuchKey", "The specified key does not exist."),
        &expect![[r#"
            NoSuchKey: the specified key does not exist (404 NoSuchKey) [not found]
        "#]],
    );
    check(
        500,
        &xml("InternalError", "We encountered an internal error. Please try again."),
        &expect![[r#"
            Internal: we encountered an internal error. Please try again (500
            InternalError) [retryable, may have applied]
        "#]],
    );
    check(
        503,
        &xml("ServiceUnavailable", "Reduce your rate."),
        &expect![[r#"
            Unavailable: reduce your rate (503 ServiceUnavailable) [retryable]
        "#]],
    );
    check(
        429,
        &xml("TooManyRequests", "Reduce your concurrent request rate for the same object."),
        &expect![[r#"
            TooManyRequests: reduce your concurrent request rate for the same
            object (429 TooManyRequests) [retryable]
        "#]],
    );
    check(
        400,
        &xml("InvalidPart", "All non-trailing parts must have the same length."),
        &expect![[r#"
            InvalidPart: all non-trailing parts must have the same length (400
            InvalidPart) []
        "#]],
    );
    check(
        501,
        &xml(
            "NotImplemented",
            "Header &apos;x-amz-tagging&apos; with value &apos;a&apos; not implemented",
        ),
        &expect![[r#"
            NotImplemented: header 'x-amz-tagging' with value 'a' not implemented
            (501 NotImplemented) []
        "#]],
    );
    check(
        400,
        &xml("ClientDisconnect", ""),
        &expect![[r#"
            ClientDisconnect: the server gave no message (400 ClientDisconnect)
            [retryable]
        "#]],
    );
    check(
        400,
        &xml("XAmzContentSHA256Mismatch", "The provided ... does not match."),
        &expect![[r#"
            BadDigest: the provided ... does not match (400
            XAmzContentSHA256Mismatch) []
        "#]],
    );
}

#[test]
fn the_edge_in_front_of_r2() {
    check(
        520,
        "error code: 520",
        &expect![[r#"
            Edge: the answer is not S3's: "error code: 520" (status 520)
            [retryable, may have applied]
        "#]],
    );
    check(
        502,
        "<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>\n\n<h1>502</h1>\
         </body></html>",
        &expect![[r#"
            Edge: the answer is not S3's: "Bad gateway 502" (status 502)
            [retryable, may have applied]
        "#]],
    );
    check(
        503,
        "<html>busy</html>",
        &expect![[r#"
            Edge: the answer is not S3's: "busy" (status 503) [retryable, may have
            applied]
        "#]],
    );
    check(
        403,
        "<html><body>Attention Required! | Cloudflare</body></html>",
        &expect![[r#"
            AccessDenied: the answer is not S3's: "Attention Required! |
            Cloudflare" (status 403) []
        "#]],
    );
    check(
        524,
        "",
        &expect![[r#"
            Edge: an answer without a body (status 524) [retryable, may have
            applied]
        "#]],
    );
    check(
        408,
        "",
        &expect![[r#"
            Timeout: request timeout (status 408) [retryable]
        "#]],
    );
    let hostile = "x\u{1b}[31m".repeat(10_000);
    let error = read(500, &[], &hostile);
    assert!(error.to_string().len() < 1_000 && !error.to_string().contains('\u{1b}'));
}

#[test]
fn heads_have_no_code() {
    check(
        404,
        "",
        &expect![[r#"
            NotFound: not found (status 404) [not found]
        "#]],
    );
    check(
        403,
        "",
        &expect![[r#"
            AccessDenied: forbidden (status 403) []
        "#]],
    );
    check(
        412,
        "",
        &expect![[r#"
            PreconditionFailed: precondition failed (status 412) []
        "#]],
    );
    check(
        500,
        "",
        &expect![[r#"
            Internal: internal server error (status 500) [retryable, may have
            applied]
        "#]],
    );
}

#[test]
fn other_servers() {
    // Ceph, with its extra elements
    check(
        404,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>NoSuchBucket</Code>\
         <Message></Message><BucketName>b</BucketName><RequestId>tx0</RequestId>\
         <HostId>h</HostId></Error>",
        &expect![[r#"
            NoSuchBucket: the server gave no message (404 NoSuchBucket) [not found]
        "#]],
    );
    // Swift
    check(
        503,
        "<?xml version='1.0' encoding='UTF-8'?>\n<Error><Code>ServiceUnavailable</Code>\
         <Message>Please reduce your request rate.</Message><RequestId>tx1</RequestId></Error>",
        &expect![[r#"
            Unavailable: please reduce your request rate (503 ServiceUnavailable)
            [retryable]
        "#]],
    );
    // AWS
    check(
        503,
        &xml("SlowDown", "Please reduce your request rate."),
        &expect![[r#"
            TooManyRequests: please reduce your request rate (503 SlowDown)
            [retryable]
        "#]],
    );
    check(
        403,
        &xml("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist."),
        &expect![[r#"
            Unauthorized: the AWS Access Key Id you provided does not exist (403
            InvalidAccessKeyId) []
        "#]],
    );
    // a code that nobody knows goes by its status
    check(
        409,
        &xml("Wondrous", "Oh."),
        &expect![[r#"
            Conflict: oh (409 Wondrous) []
        "#]],
    );
    check(
        301,
        &xml("PermanentRedirect", "Elsewhere."),
        &expect![[r#"
            Redirect: elsewhere (301 PermanentRedirect) []
        "#]],
    );
}

#[test]
fn the_request_id_is_the_ray() {
    let both = [("cf-ray", "8f00-AMS"), ("x-amz-request-id", "tx0")];
    assert_eq!(read(404, &both, "").request_id(), Some("8f00-AMS"));
    assert_eq!(read(404, &both[1..], "").request_id(), Some("tx0"));
    assert_eq!(read(404, &[], "").request_id(), None);
}

#[test]
fn retry_after_is_seconds_or_a_date_and_never_absurd() {
    let date = ("date", "Fri, 20 Nov 2026 12:00:00 GMT");
    for (value, expected) in [
        ("5", Some(5)),
        ("Fri, 20 Nov 2026 12:00:30 GMT", Some(30)),
        ("Fri, 20 Nov 2026 11:00:00 GMT", Some(0)),
        ("999999999999", Some(3600)),
        ("soon", None),
        ("-1", None),
    ] {
        let error = read(429, &[date, ("retry-after", value)], "");
        assert_eq!(error.retry_after().map(|wait| wait.as_secs()), expected, "{value}");
    }
}

#[test]
fn an_error_hidden_in_a_success_is_found() {
    use crate::Reply;
    let reply = |body: String| Reply::buffered(StatusCode::OK, HeaderMap::new(), body);
    let hidden = reply(xml("InternalError", "We encountered an internal error."));
    let error = hidden.document::<r2_xml::CopyObjectResult>().unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Internal, Some(200)));
    assert!(error.is_retryable() && error.may_have_applied());
    for garbage in ["", "<html>", "<CopyObjectResult>"] {
        let error = reply(garbage.into()).document::<r2_xml::CopyObjectResult>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedReply);
        assert!(error.may_have_applied() && !error.is_retryable());
    }
}

#[test]
fn display_is_one_line_and_debug_has_the_hint() {
    let error =
        Error::new(ErrorKind::NoSuchBucket, "gone").with_operation("GetObject").with_target(
            Some(&BucketName::new("photos").unwrap()),
            Some(&ObjectKey::new("a\nb").unwrap()),
        );
    assert_eq!(error.to_string(), "get object photos/a\\nb: gone");
    assert!(format!("{error:?}").contains("jurisdiction"));
}
