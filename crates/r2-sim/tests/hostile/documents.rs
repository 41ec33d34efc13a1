//! Documents that are no documents, or far too much of one.

use super::arena::{Case, Verdict, case, open, request, with_arena};
use Verdict::Refused;

/// Where documents are read.
const READERS: [&str; 6] = [
    "POST /b-one?delete",
    "POST /b-one/k?uploadId=x",
    "PUT /b-one?cors",
    "PUT /b-one?lifecycle",
    "PUT /b-one?encryption",
    "PUT /b-two",
];

fn text(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

/// A batch to delete.
fn delete(inside: &str) -> Vec<u8> {
    format!("<Delete>{inside}</Delete>").into()
}

fn key(text: &str) -> Vec<u8> {
    delete(&format!("<Object><Key>{text}</Key></Object>"))
}

fn part(inside: &str) -> Vec<u8> {
    format!("<CompleteMultipartUpload><Part>{inside}</Part></CompleteMultipartUpload>").into()
}

fn expiring(days: &str) -> Vec<u8> {
    let days = format!("<Expiration><Days>{days}</Days></Expiration>");
    format!(
        "<LifecycleConfiguration><Rule><Status>Enabled</Status>{days}</Rule>\
         </LifecycleConfiguration>"
    )
    .into()
}

const OBJECT: &str = "<Object><Key>k</Key></Object>";

/// What is no document at all.
fn syntax() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("no angle", text("hello")),
        ("blanks", text("   \r\n\t")),
        ("nul", vec![0; 100]),
        ("unclosed", text("<Delete><Object><Key>k</Key></Object>")),
        ("closed only", text("</Delete>")),
        ("crossed", text("<Delete><Object></Delete></Object>")),
        ("cut in a tag", text("<Delete><Obj")),
        ("cut in an end tag", text("<Delete></Dele")),
        ("no name", text("<></>")),
        ("two roots", [delete(OBJECT), text("<Delete/>")].concat()),
        ("text after", [delete(OBJECT), text("more")].concat()),
        ("another root", text("<wat/>")),
        ("root in lower case", text("<delete><Object><Key>k</Key></Object></delete>")),
        ("cdata without an end", text("<Delete><![CDATA[<Object>")),
        ("comment without an end", text("<Delete><!-- <Object>")),
        ("instruction without an end", text("<Delete><?x ")),
        ("attributes twice", text("<Delete a=\"1\" a=\"2\"/>")),
        ("attribute without quotes", text("<Delete a=1/>")),
        ("attribute without an end", text("<Delete a=\"1/>")),
        ("control characters", text("<Delete>\x01\x02</Delete>")),
        ("not utf-8", b"<Delete><Object><Key>\xff\xfe</Key></Object></Delete>".to_vec()),
        ("utf-16", "<Delete/>".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("utf-16 said", text("<?xml version=\"1.0\" encoding=\"UTF-16\"?><Delete/>")),
        ("utf-7 said", text("<?xml version=\"1.0\" encoding=\"UTF-7\"?><Delete/>")),
    ]
}

/// Entities and references: a document of S3 needs five of them.
fn entities() -> Vec<(&'static str, Vec<u8>)> {
    let declared =
        |entity: &str, used: &str| [text(&format!("<!DOCTYPE d [{entity}]>")), key(used)].concat();
    let bomb = "<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
                <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">";
    vec![
        ("entity bomb", declared(bomb, "&c;")),
        ("external entity", declared("<!ENTITY x SYSTEM \"file:///etc/passwd\">", "&x;")),
        ("external definition", text("<!DOCTYPE d SYSTEM \"http://127.0.0.1/x\"><Delete/>")),
        ("parameter entity", declared("<!ENTITY % x SYSTEM \"file:///x\">%x;", "k")),
        ("unknown entity", key("&nbsp;")),
        ("entity without an end", key("&amp")),
        ("reference to nothing", key("&#0;")),
        ("reference to a surrogate", key("&#xD800;")),
        ("reference beyond all", key("&#x110000;")),
        ("reference of many digits", key("&#99999999999999999999;")),
    ]
}

/// Documents with what does not belong there.
fn content() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("no keys", delete("")),
        ("an object without a key", delete("<Object/>")),
        ("a key in a key", key("<Key>k</Key>")),
        ("quiet as it is not", delete(&format!("<Quiet>maybe</Quiet>{OBJECT}"))),
        ("part number of letters", part("<PartNumber>x</PartNumber><ETag>e</ETag>")),
        ("part number beyond all", {
            part("<PartNumber>99999999999999999999</PartNumber><ETag>e</ETag>")
        }),
        ("part without a tag", part("<PartNumber>1</PartNumber>")),
        ("no parts", text("<CompleteMultipartUpload/>")),
        ("empty rule", text("<CORSConfiguration><CORSRule/></CORSConfiguration>")),
        ("empty lifecycle", text("<LifecycleConfiguration><Rule/></LifecycleConfiguration>")),
        ("days beyond all", expiring("99999999999999999999")),
        ("negative days", expiring("-1")),
        ("a place that is none", {
            let place = "<LocationConstraint>moon</LocationConstraint>";
            text(&format!("<CreateBucketConfiguration>{place}</CreateBucketConfiguration>"))
        }),
    ]
}

fn floods() -> Vec<(&'static str, Vec<u8>)> {
    let fill = |start: &str, piece: &str, count: usize, end: &str| {
        [start.as_bytes(), piece.repeat(count).as_bytes(), end.as_bytes()].concat()
    };
    vec![
        ("deep", fill("", "<a>", 100_000, "")),
        ("deep and closed", {
            [fill("", "<a>", 50_000, ""), fill("", "</a>", 50_000, "")].concat()
        }),
        ("many keys", { fill("<Delete>", "<Object><Key>k</Key></Object>", 100_000, "</Delete>") }),
        ("1,001 keys", fill("<Delete>", "<Object><Key>k</Key></Object>", 1_001, "</Delete>")),
        ("a long key", fill("<Delete><Object><Key>", "k", 1_000_000, "</Key>")),
        ("a long name", fill("<", "a", 1_000_000, "/>")),
        ("a long attribute", fill("<Delete a=\"", "a", 1_000_000, "\"/>")),
        ("many attributes", fill("<Delete ", "a=\"\" ", 100_000, "/>")),
        ("many comments", fill("", "<!---->", 100_000, "<Delete/>")),
        ("many parts", {
            let part = "<Part><PartNumber>1</PartNumber><ETag>e</ETag></Part>";
            fill("<CompleteMultipartUpload>", part, 50_000, "</CompleteMultipartUpload>")
        }),
        (
            "many rules",
            fill("<CORSConfiguration>", "<CORSRule></CORSRule>", 50_000, "</CORSConfiguration>"),
        ),
        ("ampersands", fill("<Delete>", "&amp;", 100_000, "")),
        ("nine megabytes", vec![b'<'; 9_000_000]),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_that_are_none() {
    let mut cases: Vec<Case> = Vec::new();
    for reader in READERS {
        for (name, body) in [syntax(), entities(), content()].concat() {
            let valid = reader == "PUT /b-two" && name == "blanks";
            let verdict = if valid { Verdict::Any } else { Refused };
            cases.push(case(format!("{reader}: {name}"), verdict, request(reader, "", body)));
        }
    }
    for (name, body) in floods() {
        for reader in &READERS[..3] {
            cases.push(case(format!("{reader}: {name}"), Refused, request(reader, "", &body)));
        }
    }
    assert!(cases.len() >= 300, "{}", cases.len());
    with_arena(open().memory(), async |arena| {
        arena.furnish().await;
        arena.refuses(&cases).await;
    })
    .await;
}
