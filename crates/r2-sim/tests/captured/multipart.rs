//! Uploads in parts.

use crate::table::{Case, case, run, run_with};
use r2_sim::Switches;

const NO_UPLOAD: &str = "404 NoSuchUpload: The specified multipart upload does not exist.";
const NO_PART: &str = "400 InvalidPart: One or more of the specified parts could not be found.";
const NUMBER: &str = "400 InvalidArgument: Part number must be an integer between 1 and 10000, \
                      inclusive.";

fn begin() -> Case {
    case("begin", "POST /bucket/mp/obj?uploads", "200").shows(&[
        "<InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <UploadId>",
        "</UploadId><Bucket>bucket</Bucket><Key>mp/obj</Key>",
    ])
}

fn part(name: &'static str, line: &'static str, said: &'static str) -> Case {
    case(name, line, said).body("data")
}

fn complete(name: &'static str, parts: &[(&str, &str)], said: &'static str) -> Case {
    let parts: String = parts
        .iter()
        .map(|(n, tag)| format!("<Part><PartNumber>{n}</PartNumber><ETag>{tag}</ETag></Part>"))
        .collect();
    case(name, "POST /bucket/mp/obj?uploadId={upload}", said)
        .body(format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>"))
}

/// Rows: multipart.etag, multipart.location, multipart.abort.
#[tokio::test]
async fn a_life() {
    run(vec![
        begin().with("content-type", "application/x-thing").with("x-amz-meta-mp", "1"),
        part("a part", "PUT /bucket/mp/obj?partNumber=1&uploadId={upload}", "200")
            .shows(&["etag: \"8d777f385d3dfec8815d20f7496026dc\"", "="]),
        case("its list", "GET /bucket/mp/obj?uploadId={upload}", "200").shows(&[
            "<Part><PartNumber>1</PartNumber><LastModified>",
            "<MaxParts>1000</MaxParts><IsTruncated>false</IsTruncated>",
        ]),
        case("the bucket's list", "GET /bucket?uploads", "200").shows(&["<Key>mp/obj</Key>"]),
        complete("the end", &[("1", "{etag}")], "200").shows(&[
            "<Bucket>bucket</Bucket><Key>mp/obj</Key><ETag>&quot;",
            "-1&quot;</ETag><Location>https://r2.local/bucket/mp%2Fobj</Location>",
        ]),
        case("the object", "GET /bucket/mp/obj", "200").shows(&[
            "=data",
            "content-type: application/x-thing",
            "x-amz-meta-mp: 1",
        ]),
        complete("the end again", &[("1", "\"8d777f385d3dfec8815d20f7496026dc\"")], NO_UPLOAD),
        part("a part too late", "PUT /bucket/mp/obj?partNumber=1&uploadId={upload}", NO_UPLOAD),
        case("an abort too late", "DELETE /bucket/mp/obj?uploadId={upload}", "204"),
        case("is none", "HEAD /bucket/mp/obj", "200"),
    ])
    .await;
}

/// Rows: multipart.duplicate, multipart.number.
#[tokio::test]
async fn refusals() {
    let fake = "\"0123456789abcdef0123456789abcdef\"";
    let twice = "400 InvalidPart: There was a problem with the multipart upload.";
    let no_route = "404 RouteNotFound: No route matches this url.";
    run(vec![
        part("a part of nothing", "PUT /bucket/mp/obj?partNumber=1&uploadId=bogus", NO_UPLOAD),
        case("an abort of nothing", "DELETE /bucket/mp/obj?uploadId=bogus", NO_UPLOAD),
        case("the end of nothing", "POST /bucket/mp/obj?uploadId=bogus", NO_UPLOAD).body(format!(
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{fake}</ETag></Part>\
             </CompleteMultipartUpload>"
        )),
        begin(),
        part("number 0", "PUT /bucket/mp/obj?partNumber=0&uploadId={upload}", NUMBER),
        part("number 10,001", "PUT /bucket/mp/obj?partNumber=10001&uploadId={upload}", NUMBER),
        part("a negative number", "PUT /bucket/mp/obj?partNumber=-1&uploadId={upload}", NUMBER),
        part("no number", "PUT /bucket/mp/obj?partNumber=&uploadId={upload}", NUMBER),
        part("number 0 of nothing", "PUT /bucket/mp/obj?partNumber=0&uploadId=bogus", NUMBER),
        part("a fraction", "PUT /bucket/mp/obj?partNumber=1.0&uploadId={upload}", no_route),
        part("letters", "PUT /bucket/mp/obj?partNumber=x&uploadId={upload}", no_route),
        complete("a part twice", &[("1", fake), ("1", fake)], twice),
        part("number 01", "PUT /bucket/mp/obj?partNumber=01&uploadId={upload}", "200"),
        complete("another tag", &[("1", fake)], NO_PART),
        complete("another part", &[("2", "{etag}")], NO_PART),
        complete("part 0", &[("0", fake)], NO_PART),
        complete("part 10,001", &[("10001", fake)], NO_PART),
        complete("part abc", &[("abc", fake)], "400 MalformedXML"),
        complete("part 1.5", &[("1.5", fake)], "400 MalformedXML"),
        complete("no part", &[], "400 MalformedXML"),
        case("another document", "POST /bucket/mp/obj?uploadId={upload}", "400 MalformedXML")
            .body("<wat/>"),
        part("no number, no part", "PUT /bucket/mp/obj?uploadId={upload}", "200").body("plain"),
        case("but an object", "GET /bucket/mp/obj", "200").shows(&["=plain"]),
        case("abort", "DELETE /bucket/mp/obj?uploadId={upload}", "204"),
        case("abort again", "DELETE /bucket/mp/obj?uploadId={upload}", "204"),
        part("too late", "PUT /bucket/mp/obj?partNumber=1&uploadId={upload}", NO_UPLOAD),
    ])
    .await;
}

/// Rows: multipart.minimum, multipart.equal, multipart.order.
#[tokio::test]
async fn lengths() {
    let data = "\"8d777f385d3dfec8815d20f7496026dc\"";
    let more = "\"25d55ad283aa400af464c76d713c07ad\"";
    let parts =
        |switches: Switches, said: &'static str, listed: [(&'static str, &'static str); 2]| {
            run_with(
                switches,
                vec![
                    begin(),
                    part("one", "PUT /bucket/mp/obj?partNumber=1&uploadId={upload}", "200"),
                    part("two", "PUT /bucket/mp/obj?partNumber=2&uploadId={upload}", "200"),
                    case("three", "PUT /bucket/mp/obj?partNumber=3&uploadId={upload}", "200")
                        .body("12345678"),
                    complete("the end", &listed, said),
                ],
            )
        };
    let small = "400 EntityTooSmall: Your proposed upload is smaller than the minimum allowed \
                 object size.";
    let unequal = "400 InvalidPart: All non-trailing parts must have the same length.";
    let short = || Switches::new().part_bytes_min(4);
    parts(Switches::new(), small, [("1", data), ("2", data)]).await;
    parts(short(), unequal, [("1", data), ("3", more)]).await;
    parts(short(), "200", [("2", data), ("1", data)]).await;
}

/// Rows: multipart.copy-range.
#[tokio::test]
async fn copied_parts() {
    let copy = |name, range, said| {
        case(name, "PUT /bucket/mp/obj?partNumber=1&uploadId={upload}", said)
            .with("x-amz-copy-source", "/bucket/ten")
            .with("x-amz-copy-source-range", range)
    };
    run(vec![
        case("a source", "PUT /bucket/ten", "200").body("0123456789"),
        begin(),
        copy(
            "no end",
            "bytes=0-",
            "400 InvalidArgument: Invalid x-amz-copy-source-range: bytes=0-",
        ),
        copy(
            "backwards",
            "bytes=5-2",
            "400 InvalidArgument: x-amz-copy-source-range must be positive.",
        ),
        copy("past the end", "bytes=10-12", "416 InvalidRange"),
        copy("half", "bytes=0-4", "200").shows(&[
            "<CopyPartResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><ETag>&quot;",
            "</ETag><LastModified>",
        ]),
        complete("the end", &[("1", "{etag}")], "200"),
        case("the object", "GET /bucket/mp/obj", "200").shows(&["=01234"]),
    ])
    .await;
}
