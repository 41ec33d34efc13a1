//! A fifth of all requests fail, in every way there is, and a sync still ends equal.

use crate::support::{
    Act, Answer, Journal, Kind, Place, Random, Seen, Server, Tree, Watched, emulator_that_checks,
    noise,
};

const FILES: usize = 1_000;

const XML: &str = "application/xml";
const INTERNAL_ERROR: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error>\
    <Code>InternalError</Code><Message>We encountered an internal error. Please try again.\
    </Message></Error>";
const SLOW_DOWN: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error>\
    <Code>ServiceUnavailable</Code><Message>Please reduce your request rate.</Message></Error>";
const TOO_MANY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error>\
    <Code>TooManyRequests</Code><Message>Reduce your rate of simultaneous reads on the same \
    object.</Message></Error>";
const HTML: &str = "<!DOCTYPE html><html><head><title>520: Web server is returning an unknown \
    error</title></head><body><h1>Error 520</h1></body></html>";

fn trouble(kind: u64) -> Act {
    let instead = |status, content_type, retry_after, body| {
        Act::Instead(Answer { status, content_type, retry_after, body })
    };
    match kind {
        0 => instead(429, XML, Some("0"), TOO_MANY),
        1 => instead(429, XML, Some("1"), TOO_MANY),
        2 => instead(500, XML, None, INTERNAL_ERROR),
        3 => instead(503, XML, Some("0"), SLOW_DOWN),
        4 => instead(520, "text/html", None, HTML),
        5 => Act::HangUp,
        6 => Act::HangUpInside,
        7 => Act::HangUpAfter,
        8 => Act::CutAnswer,
        _ => Act::StallAnswer,
    }
}

/// One request in five, by the seed and its place in the order of arrival.
fn one_in_five(seed: u64, seen: &Seen) -> Act {
    let place = u64::try_from(seen.number).expect("a number");
    let mut random = Random::new(seed ^ place.wrapping_mul(0x0100_0000_01b3));
    if random.below(5) == 0 { trouble(random.below(10)) } else { Act::Pass }
}

fn faulty(seed: u64) -> (Server, Journal) {
    let script = move |seen: &Seen| {
        if seen.kind() == Kind::Other { Act::Pass } else { one_in_five(seed, seen) }
    };
    let watched = Watched::with_script(emulator_that_checks().memory(), script);
    let journal = watched.journal();
    (Server::start(watched), journal)
}

#[test]
fn a_sync_ends_equal_both_ways() {
    let place = Place::new();
    let (server, journal) = faulty(20);
    let r2 = place.at(&server.url());
    r2.run(["mb", "r2://data"]).ok();
    let files = (0..FILES).map(|number| {
        let seed = u64::try_from(number).expect("a number");
        (format!("folder {}/file {number}", number % 7), noise(seed, number * 97))
    });
    let tree = Tree(files.collect());
    tree.write(&place.path("tree"));

    let up = r2.run(["--json", "sync", "tree", "r2://data"]).ok().summary();
    assert_eq!((&up["sent"], &up["failed"]), (&FILES.into(), &0.into()));
    let puts = journal.count(Kind::Put);
    assert!(puts > FILES + FILES / 10, "{puts} requests are too few: nothing failed");

    let down = r2.run(["--json", "sync", "r2://data", "back"]).ok().summary();
    assert_eq!((&down["sent"], &down["failed"]), (&FILES.into(), &0.into()));
    Tree::read(&place.path("back")).must_equal(&tree);
    let again = r2.run(["--json", "sync", "tree", "r2://data"]).ok().summary();
    assert_eq!((&again["sent"], &again["same"]), (&0.into(), &FILES.into()));
}

#[test]
fn a_large_file_ends_equal_both_ways() {
    let place = Place::new();
    let (server, _) = faulty(21);
    let r2 = place.at(&server.url());
    r2.run(["mb", "r2://data"]).ok();
    let content = noise(5, 48 << 20);
    place.write("large", &content);
    let flags = ["cp", "--part-size=5MiB", "--multipart-threshold=5MiB"];
    r2.run([&flags[..], &["large", "r2://data/large"]].concat()).ok();
    r2.run([&flags[..], &["r2://data/large", "back"]].concat()).ok();
    assert!(place.read("back") == content);
    let printed = r2.run(["cat", "r2://data/large"]).ok();
    assert!(printed.bytes() == content, "a stream that broke goes on at its byte");
}

/// Each kind of trouble alone, at the first request of each command.
#[test]
fn each_kind_of_trouble_is_overcome() {
    for kind in 0..10 {
        let watched = Watched::with_script(emulator_that_checks().memory(), move |seen| {
            let first = matches!(seen.kind(), Kind::Put | Kind::Get) && seen.number % 2 == 1;
            if first { trouble(kind) } else { Act::Pass }
        });
        let journal = watched.journal();
        let server = Server::start(watched);
        let place = Place::new();
        let r2 = place.at(&server.url());
        r2.run(["mb", "r2://data"]).ok();
        place.write("file", noise(kind, 300_000));
        // Number 1 fails, number 2 passes; number 3 fails, number 4 passes.
        r2.run(["cp", "file", "r2://data/file"]).ok();
        r2.run(["cp", "r2://data/file", "back"]).ok();
        assert!(place.read("back") == place.read("file"), "kind {kind}");
        assert_eq!((journal.count(Kind::Put), journal.count(Kind::Get)), (2, 2), "kind {kind}");
    }
}
