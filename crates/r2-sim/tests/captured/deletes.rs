//! DeleteObjects.

use crate::table::{Case, case, run};

const MALFORMED: &str = "400 MalformedXML: The XML you provided was not well formed or did not \
                         validate against our published schema.";

fn delete(name: &'static str, body: &str, said: &'static str) -> Case {
    case(name, "POST /bucket?delete", said).body(body)
}

/// Rows: list.delete-quiet, list.delete-count, list.delete-blanks.
#[tokio::test]
async fn batches() {
    let many: String = (0..1001).map(|i| format!("<Object><Key>k{i}</Key></Object>")).collect();
    run(vec![
        case("a", "PUT /bucket/a", "200"),
        case("blanks", "PUT /bucket/%20a%20", "200"),
        delete(
            "what is there and what is not",
            "<Delete><Object><Key>a</Key></Object><Object><Key>no</Key></Object></Delete>",
            "200",
        )
        .shows(&["<DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             <Deleted><Key>a</Key></Deleted><Deleted><Key>no</Key></Deleted></DeleteResult>"]),
        case("it is gone", "HEAD /bucket/a", "404"),
        delete(
            "quiet, and told all the same",
            "<Delete><Quiet>true</Quiet><Object><Key>q</Key></Object></Delete>",
            "200",
        )
        .shows(&["<Deleted><Key>q</Key></Deleted>"]),
        delete("blanks are the key's", "<Delete><Object><Key> a </Key></Object></Delete>", "200"),
        case("it is gone, too", "HEAD /bucket/%20a%20", "404"),
        delete(
            "what is unknown is passed over",
            "<?xml version=\"1.0\"?>\n<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n\
             <Junk/><Object><Key>a</Key><VersionId>null</VersionId></Object></Delete>",
            "200",
        ),
        delete("no key", "<Delete><Object><NotKey>x</NotKey></Object></Delete>", MALFORMED),
        delete("no object", "<Delete></Delete>", MALFORMED),
        delete("another document", "<NotDelete/>", MALFORMED),
        delete("no document", "", MALFORMED),
        delete("no end", "<Delete><Object><Key>a</Key></Object>", MALFORMED),
        delete("too many", &format!("<Delete>{many}</Delete>"), MALFORMED),
        delete(
            "quiet in capitals",
            "<Delete><Quiet>TRUE</Quiet><Object><Key>x</Key></Object></Delete>",
            MALFORMED,
        ),
        delete("a wrong MD5", "<Delete><Object><Key>x</Key></Object></Delete>", "400 BadDigest")
            .with("content-md5", "eV8yArF8trw9S3cdjGyerw=="),
    ])
    .await;
}
