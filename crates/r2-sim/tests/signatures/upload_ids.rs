//! Upload ids that are sent as they came, with `+`, `/` and `=` in them.

use super::ask::ask;
use super::table::{exchange, row, run, world};

/// s3fs and the AWS C client sign the `+` of an id as itself (s3fs-fuse#2095); who signs it as a
/// blank looks for another upload (rust-s3#302).
/// Rows: multipart.raw-ids.
#[tokio::test]
async fn a_plus_is_what_was_signed() {
    let r2 = world([]).await;
    let (_, text) = exchange(&r2, &ask("POST /b-one/big?uploads").signed()).await;
    let id = text.split_once("<UploadId>").unwrap().1.split_once("</").unwrap().0;
    assert!(id.contains('+'), "{id}");
    let put = |id: &str| ask(&format!("PUT /b-one/big?partNumber=1&uploadId={id}")).body("x");
    let encoded = id.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let blank = id.replace('+', "%20");
    let other = put(&encoded).signed().requery("%2B", "+").requery("partNumber=1", "partNumber=2");
    run(
        &r2,
        &[
            row("encoded", "200", put(&encoded).signed()),
            row(
                "signed as itself, sent raw",
                "200",
                put(&encoded).signed().with(|shot| {
                    shot.query = format!("partNumber=1&uploadId={id}");
                }),
            ),
            row("presigned as itself, sent raw", "200", {
                put(&encoded).presigned(60).with(|shot| shot.query = shot.query.replace("%2B", "+"))
            }),
            row(
                "signed as a blank, sent raw",
                "404 NoSuchUpload",
                put(&blank).signed().with(|shot| {
                    shot.query = format!("partNumber=1&uploadId={id}");
                }),
            ),
            row("another part, sent raw", "403 SignatureDoesNotMatch", other),
        ],
    )
    .await;
    // a plus elsewhere is a blank, whatever was signed
    let listed = ask("GET /b-one?list-type=2&prefix=a%2Bb").signed().requery("%2B", "+");
    run(&r2, &[row("a plus in a prefix", "403 SignatureDoesNotMatch", listed)]).await;
}
