//! Heads that two readers understand in two ways, and heads that never end.

use super::arena::{Case, Verdict, case, open, request, with_arena};
use Verdict::{Any, Refused, RefusedAtOnce};

/// What a smuggler wants to have executed.
const HIDDEN: &str = "DELETE /b-one/k HTTP/1.1\r\nHost: r2.local\r\n\r\n";

/// A head as it stands, with a request hidden behind it.
fn hiding(name: &str, head: &str) -> Case {
    let text = format!("{head}\r\n\r\n0\r\n\r\n{HIDDEN}");
    case(name, RefusedAtOnce, text)
}

fn put(lines: &str) -> String {
    format!("PUT /b-one/x HTTP/1.1\r\nHost: r2.local\r\n{lines}")
}

fn encodings() -> Vec<Case> {
    let mut cases = Vec::new();
    for encoding in [
        "chunked",
        "Chunked",
        "chunked ",
        " chunked",
        "\tchunked",
        "chunked\t",
        "gzip, chunked",
        "chunked, chunked",
        "identity, chunked",
        "chunked, identity",
        "identity",
        "chunkedx",
        "xchunked",
        "chunked;q=1",
        "\"chunked\"",
        "chunked,",
        ",chunked",
        "cow",
        "",
        "x",
        "chun\x0bked",
        "\x0bchunked",
        "chunked\x00",
        "chunked\r\n\tx",
    ] {
        let line = format!("Transfer-Encoding: {encoding}");
        let name = encoding.escape_debug();
        cases.push(hiding(&format!("encoding {name}"), &put(&line)));
        cases.push(hiding(
            &format!("length, then encoding {name}"),
            &put(&format!("Content-Length: 5\r\n{line}")),
        ));
        cases.push(hiding(
            &format!("encoding {name}, then length"),
            &put(&format!("{line}\r\nContent-Length: 5")),
        ));
        cases.push(hiding(
            &format!("encoding {name} twice"),
            &put(&format!("{line}\r\nTransfer-Encoding: identity")),
        ));
        cases.push(hiding(
            &format!("encoding {name} of version 1.0"),
            &put(&line).replace("HTTP/1.1", "HTTP/1.0"),
        ));
        cases.push(hiding(
            &format!("encoding {name} on get"),
            &put(&line).replace("PUT /b-one/x", "GET /b-one/k"),
        ));
    }
    cases
}

fn names_and_lengths() -> Vec<Case> {
    let mut cases = Vec::new();
    for name in [
        "Transfer-Encoding ",
        " Transfer-Encoding",
        "Transfer-Encoding\t",
        "Transfer-Encod\u{131}ng",
        "Transfer-\r\nEncoding",
        "Transfer-Encoding\0",
        "",
        "X: y\nTransfer-Encoding",
        "X: y\rTransfer-Encoding",
    ] {
        let head = put(&format!("Content-Length: 5\r\n{name}: chunked"));
        cases.push(hiding(&format!("name {}", name.escape_debug()), &head));
    }
    for length in [
        "-1",
        "+5",
        " ",
        "",
        "0x5",
        "5, 5",
        "5,6",
        "5 5",
        "5\t",
        "5.0",
        "1e1",
        "\u{ff15}",
        "18446744073709551615",
        "18446744073709551616",
        "9223372036854775808",
        "99999999999999999999",
        "5;",
        "5\x0b",
        "five",
        "6442450945",
    ] {
        let head = put(&format!("Content-Length: {length}"));
        let text = format!("{head}\r\n\r\n");
        // With nothing behind it, so that a length taken at its word waits in vain.
        cases.push(case(format!("length {length:?}"), Refused, text));
    }
    for (one, two) in [("5", "6"), ("0", "5"), ("5", "0"), ("5", "x"), ("", "5"), ("5", "-5")] {
        let head = put(&format!("Content-Length: {one}\r\nContent-Length: {two}"));
        cases.push(hiding(&format!("lengths {one} and {two}"), &head));
    }
    cases
}

fn hosts() -> Vec<Case> {
    let get = |target: &str, lines: &str| {
        let text = format!("GET {target} HTTP/1.1\r\n{lines}\r\n{HIDDEN}");
        case(format!("{target} with {}", lines.escape_debug()), RefusedAtOnce, text)
    };
    vec![
        get("/b-one/k", ""),
        get("/b-one/k", "Host: r2.local\r\nHost: r2.local\r\n"),
        get("/b-one/k", "Host: r2.local\r\nHost: other\r\n"),
        get("/b-one/k", "Host: r2.local, other\r\n"),
        get("/b-one/k", "Host: \r\n"),
        get("/b-one/k", "Host: r2 local\r\n"),
        get("/b-one/k", "Host: r2.local/b-one\r\n"),
        get("/b-one/k", "Host: user@r2.local\r\n"),
        get("/b-one/k", "Host: r2.local\0\r\n"),
        get("/b-one/k", "Host : r2.local\r\n"),
        get("/b-one/k", " Host: r2.local\r\n"),
        get("/b-one/k", "Host: r2.local\r\n folded\r\n"),
        get("http://other/b-one/k", "Host: r2.local\r\n"),
        get("http://r2.local:81/b-one/k", "Host: r2.local\r\n"),
        get("http://u@r2.local/b-one/k", "Host: r2.local\r\n"),
        get("http://r2.local/b-one/k", ""),
    ]
}

fn lines() -> Vec<Case> {
    let mut cases: Vec<_> = [
        "GET\r\n\r\n",
        "GET /b-one/k\r\n\r\n",
        "GET /b-one/k HTTP/0.9\r\nHost: r2.local\r\n\r\n",
        "GET /b-one/k HTTP/2.0\r\nHost: r2.local\r\n\r\n",
        "GET /b-one/k HTTP/1.2\r\nHost: r2.local\r\n\r\n",
        "GET /b-one/k http/1.1\r\nHost: r2.local\r\n\r\n",
        "GET  /b-one/k HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "GET /b-one/k  HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "GET\t/b-one/k\tHTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "GET /b-one/k HTTP/1.1 \r\nHost: r2.local\r\n\r\n",
        "GET /b-one/k x HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "G ET /b-one/k HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "G\0T /b-one/k HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "GET /b-one/\0 HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "GET /b-one/\x7f HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "GET /b-one/k\r HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "GET b-one/k HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "CONNECT r2.local:443 HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "CONNECT /b-one/k HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "TRACE /b-one/k HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "PROPFIND /b-one HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "get /b-one/k HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
        "\x16\x03\x01\x02\0\x01\0\x01\u{fc}\x03\x03",
        "\0\0\0\0\r\n\r\n",
        "\r\n\r\n\r\n\r\n",
        ": x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\nX\r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\n: x\r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\nX: a\0b\r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\nX: a\rb\r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\nX: a\x01b\r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\nX(: a\r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\nX: a\r\n b\r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\nX: a\r\n\tb\r\n\r\n",
    ]
    .into_iter()
    .map(|text| case(text.escape_debug().to_string(), Refused, text))
    .collect();
    // A head that is never finished ends with the server's patience.
    let whole = "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\nRange: bytes=0-1\r\n\r\n";
    for cut in 0..whole.len() {
        let start = &whole[..cut];
        cases.push(case(format!("cut after {cut}"), Refused, start));
    }
    // Odd, but with one meaning only.
    for head in [
        "GET /b-one/k HTTP/1.1\nHost: r2.local\n\n",
        "\r\n\r\nGET /b-one/k HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "GET /b-one/k HTTP/1.0\r\n\r\n",
        "GET http://r2.local/b-one/k HTTP/1.1\r\nHost: r2.local\r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: R2.LOCAL:80\r\nX:\r\nY: \t \r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\nUpgrade: websocket\r\nConnection: x, y\r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\nContent-Length: 0\r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\nX: \u{e9}\r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\nExpect: 100-continue\r\n\r\n",
        "GET /b-one/k HTTP/1.1\r\nHost: r2.local\r\nExpect: the unexpected\r\n\r\n",
    ] {
        cases.push(case(head.escape_debug().to_string(), Verdict::Status(200), head));
    }
    cases
}

fn sizes() -> Vec<Case> {
    let get = |headers: &str| request("GET /b-one/k", headers, "");
    let long = |bytes: usize| "a".repeat(bytes);
    let mut cases = vec![
        case("a long line", Refused, format!("GET /b-one/{} HTTP/1.1\r\n", long(70_000))),
        case("a line without an end", Refused, long(300_000)),
        case("a long method", Refused, format!("{} / HTTP/1.1\r\n\r\n", long(70_000))),
        case("a long value", Refused, get(&format!("X: {}\r\n", long(70_000)))),
        case("a long name", Refused, get(&format!("{}: x\r\n", long(70_000)))),
        case("a value of a megabyte", Refused, get(&format!("X: {}\r\n", long(1_000_000)))),
        case("300 headers", Refused, get(&"X: y\r\n".repeat(300))),
        case("10,000 headers", Refused, get(&"X: y\r\n".repeat(10_000))),
        case("one header, many commas", Any, get(&format!("X: {}\r\n", ",".repeat(30_000)))),
        case("many cookies", Any, get(&"Cookie: a=b\r\n".repeat(200))),
        case("many ranges", Refused, {
            get(&format!("Range: bytes=0-0{}\r\n", ",0-0".repeat(10_000)))
        }),
        case("many tags", Any, {
            get(&format!("If-None-Match: \"a\"{}\r\n", ",\"a\"".repeat(10_000)))
        }),
        case("line breaks only", Refused, "\r\n".repeat(100_000)),
    ];
    for count in [1usize, 10, 100] {
        let pipeline = get("").repeat(count);
        cases.push(case(format!("{count} at once"), Verdict::Status(200), pipeline));
    }
    cases
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn smuggled_and_broken_heads() {
    let cases = [encodings(), names_and_lengths(), hosts(), lines(), sizes()].concat();
    assert!(cases.len() >= 300, "{}", cases.len());
    with_arena(open().memory(), async |arena| {
        arena.furnish().await;
        arena.refuses(&cases).await;
    })
    .await;
}
