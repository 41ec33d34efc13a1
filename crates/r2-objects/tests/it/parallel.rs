//! A listing of many pages at a time finds what one page after the other finds, and sooner.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use http::{Request, Response};
use proptest::prelude::*;
use r2_objects::{
    Body, BoxFuture, Client, ErrorKind, ListObjectsV2, ObjectKey, ParallelListing, Transport,
};
use r2_transport::TransportError;
use tokio::time::Instant;

use crate::world::{World, bucket, key};

/// What a list request takes.
const LATENCY: Duration = Duration::from_millis(50);

/// A server that only lists. Writes happen while it does.
#[derive(Debug, Clone)]
struct Lister(Arc<Mutex<Shelf>>);

#[derive(Debug)]
struct Shelf {
    /// By the form that orders them.
    keys: BTreeMap<String, String>,
    page: usize,
    order: Order,
    requests: usize,
    /// Keys that come and go: one of them with each request.
    restless: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Bytes,
    Nfc,
    /// As no store should.
    Reversed,
}

impl Order {
    fn of(self, key: &str) -> String {
        match self {
            Self::Bytes => key.to_owned(),
            Self::Nfc => ObjectKey::new(key).map_or(String::new(), |key| key.nfc().into_owned()),
            Self::Reversed => key.chars().rev().collect(),
        }
    }
}

impl Lister {
    fn new(keys: impl IntoIterator<Item = String>, page: usize, order: Order) -> Self {
        let keys = keys.into_iter().map(|key| (order.of(&key), key)).collect();
        let restless = Vec::new();
        Self(Arc::new(Mutex::new(Shelf { keys, page, order, requests: 0, restless })))
    }

    fn client(&self) -> Client {
        let client = Client::builder().endpoint("http://r2.local").transport(self.clone());
        client.build().unwrap()
    }

    fn shelf<T>(&self, with: impl FnOnce(&mut Shelf) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keys, requests and time of a listing.
    async fn listed(&self, requests: usize, prefix: &str) -> (Vec<String>, usize, Duration) {
        let (before, started) = (self.shelf(|shelf| shelf.requests), Instant::now());
        let keys = listed(&self.client(), requests, prefix).await.unwrap();
        (keys, self.shelf(|shelf| shelf.requests) - before, started.elapsed())
    }
}

async fn listed(
    client: &Client,
    requests: usize,
    prefix: &str,
) -> Result<Vec<String>, r2_objects::Error> {
    let list = ListObjectsV2::new(bucket()).prefix(prefix);
    let options = ParallelListing::new().requests(requests);
    let pages: Vec<_> = client.objects().list_parallel(list, options).try_collect().await?;
    let objects = pages.into_iter().flat_map(|page| page.objects);
    Ok(objects.map(|object| object.key.as_str().to_owned()).collect())
}

impl Shelf {
    fn answer(&mut self, query: &BTreeMap<String, String>) -> String {
        self.requests += 1;
        if !self.restless.is_empty() {
            let key = self.restless[self.requests % self.restless.len()].clone();
            let place = self.order.of(&key);
            if self.keys.remove(&place).is_none() {
                self.keys.insert(place, key);
            }
        }
        let text = |name: &str| query.get(name).map_or("", String::as_str);
        let after = match text("continuation-token") {
            "" => self.order.of(text("start-after")),
            token => token.to_owned(),
        };
        let prefix = text("prefix");
        let mut found = self
            .keys
            .range(after.clone()..)
            .filter(|(place, key)| **place > after && key.starts_with(prefix));
        let page: Vec<_> = found.by_ref().take(self.page).collect();
        let more = found.next().is_some();
        let mut xml = String::from("<ListBucketResult><EncodingType>url</EncodingType>");
        write!(xml, "<IsTruncated>{more}</IsTruncated>").unwrap();
        if let Some((last, _)) = page.last().filter(|_| more) {
            let token = "NextContinuationToken";
            write!(xml, "<{token}>{}</{token}>", escaped(last)).unwrap();
        }
        for (_, key) in page {
            write!(
                xml,
                "<Contents><Key>{}</Key><Size>1</Size>\
                 <LastModified>2026-11-20T12:00:00.000Z</LastModified></Contents>",
                encoded(key)
            )
            .unwrap();
        }
        xml + "</ListBucketResult>"
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' => encoded.push(char::from(byte)),
            _ => write!(encoded, "%{byte:02X}").unwrap(),
        }
        encoded
    })
}

fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let hex = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).unwrap()
}

impl Transport for Lister {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        let pairs = request.uri().query().unwrap_or_default().split('&');
        let pairs = pairs.filter_map(|pair| pair.split_once('='));
        let query = pairs.map(|(name, value)| (name.to_owned(), decoded(value))).collect();
        Box::pin(async move {
            tokio::time::sleep(LATENCY).await;
            let answer = self.shelf(|shelf| shelf.answer(&query));
            Ok(Response::new(Body::from(answer)))
        })
    }
}

/// As many as one page after the other takes, and what may be spent on guesses.
fn requests_max(keys: usize, page: usize) -> usize {
    let needed = keys.div_ceil(page).max(1);
    needed + needed / 4 + 9
}

fn shapes(count: usize) -> Vec<(&'static str, Vec<String>)> {
    let make = |name: fn(usize) -> String| (0..count).map(name).collect::<Vec<_>>();
    vec![
        ("one giant prefix", make(|i| format!("backups/2026/11/20/host-a/objects/{i:09}"))),
        ("a counter that is not padded", make(|i| format!("obj-{i}"))),
        ("hashes", make(|i| format!("{:016x}", mixed(i)))),
        ("hashes below two folders", make(|i| format!("{:02x}/{:016x}", i % 7, mixed(i)))),
        (
            "days, one of them hot",
            make(|i| match i % 10 {
                0 => format!("logs/2026/{:02}/{:02}/{i:07}.gz", i % 12 + 1, i % 28 + 1),
                _ => format!("logs/2026/07/19/{i:07}.gz"),
            }),
        ),
        (
            "unicode",
            make(|i| {
                let (a, b) = (mixed(i), mixed(i + 77_777));
                let han = |bits: u64| {
                    char::from_u32(0x4e00 + u32::try_from(bits % 5000).unwrap()).unwrap()
                };
                format!("写真/{}{}/{i}", han(a), han(b))
            }),
        ),
    ]
}

fn mixed(number: usize) -> u64 {
    (number as u64 + 1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(29)
        .wrapping_mul(0xbf58_476d)
}

#[tokio::test(start_paused = true)]
async fn a_thousand_pages_come_at_least_eight_times_sooner() {
    const PAGE: usize = 20;
    for (shape, keys) in shapes(1000 * PAGE) {
        let lister = Lister::new(keys.clone(), PAGE, Order::Bytes);
        let (found, requests, time) = lister.listed(16, "").await;
        let wanted: BTreeSet<_> = keys.into_iter().collect();
        assert!(found.iter().eq(&wanted), "{shape}");
        let sequential = LATENCY * u32::try_from(wanted.len().div_ceil(PAGE)).unwrap();
        eprintln!("{shape}: {requests} requests, {time:?} for {sequential:?}");
        assert!(requests <= requests_max(wanted.len(), PAGE), "{shape}: {requests}");
        assert!(time * 8 <= sequential, "{shape}: {time:?} for {sequential:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_small_bucket_costs_hardly_more() {
    for (keys, requests) in [(0, 1), (1, 1), (999, 1), (1000, 1), (1001, 4), (3000, 7)] {
        let names = (0..keys).map(|number| format!("{number:05}"));
        let lister = Lister::new(names, 1000, Order::Bytes);
        let (found, taken, _) = lister.listed(16, "").await;
        assert_eq!(found.len(), keys);
        assert!(taken <= requests, "{keys} keys: {taken} requests");
        assert_eq!(lister.listed(1, "").await.1, keys.div_ceil(1000).max(1), "one at a time");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_with_an_order_of_its_own_is_not_split_or_refused() {
    // told by the first page
    let names: Vec<_> = (0..500).map(|number| format!("{number:03}")).collect();
    let lister = Lister::new(names, 20, Order::Reversed);
    let (found, requests, _) = lister.listed(16, "").await;
    assert_eq!((found.len(), requests), (500, 25));
    // told too late
    let late = (0..100).map(|number| format!("00{number:03}00"));
    let late = late.chain((0..900).map(|number| format!("{number:03}9")));
    let error = listed(&Lister::new(late, 20, Order::Reversed).client(), 16, "").await;
    if let Err(error) = error {
        assert_eq!(error.kind(), ErrorKind::UnexpectedReply);
    }
}

#[tokio::test(start_paused = true)]
async fn from_a_key_with_two_spellings_on_pages_come_one_after_the_other() {
    for order in [Order::Bytes, Order::Nfc] {
        let plain =
            (0..900).map(|number| format!("{}{number:03}", ["a", "e", "k", "z"][number % 4]));
        let spelled = (0..60).map(|number| format!("e\u{301}{number:03}"));
        let lister = Lister::new(plain.chain(spelled), 5, order);
        let wanted: Vec<_> = lister.shelf(|shelf| shelf.keys.values().cloned().collect());
        let (found, requests, time) = lister.listed(16, "").await;
        assert_eq!(found, wanted, "{order:?}");
        assert!(requests <= requests_max(wanted.len(), 5) + 32, "{order:?}: {requests}");
        assert!(time < LATENCY * 192, "{order:?}: what is before it comes sooner, {time:?}");
    }
}

#[tokio::test]
async fn the_local_r2_lists_alike_with_two_spellings() {
    let world = World::new().await;
    let objects = world.client.objects();
    for number in 0..40 {
        for name in ["e\u{301}", "f", "z"] {
            objects.put("photos", key(&format!("{name}{number:02}")), "x").await.unwrap();
        }
    }
    let wanted = listed(&world.client, 1, "").await.unwrap();
    assert_eq!(wanted.len(), 120);
    assert_eq!(listed(&world.client, 16, "").await.unwrap(), wanted);
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ab]/[0-9]{1,4}",
        2 => "hot/hot/hot/[a-f0-9]{3}",
        1 => "[ -~]{1,6}",
        1 => "[a-z\u{e9}\u{4e00}-\u{4e20}\u{ff21}\u{10000}]{1,4}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_key_twice_and_none_missed_while_others_write(
        stable in prop::collection::btree_set(name(), 0..400),
        restless in prop::collection::vec(name(), 0..40),
        spelled in prop::collection::vec("[e-g]\u{301}?[0-9]", 0..6),
        page in 1..12_usize,
        requests in 2..20_usize,
        nfc in any::<bool>(),
        prefix in prop_oneof![3 => Just(""), 1 => Just("a/"), 1 => Just("hot/")],
    ) {
        let order = if nfc { Order::Nfc } else { Order::Bytes };
        // one spelling of a name
        let stable = stable.into_iter().chain(spelled.iter().cloned());
        let stable: BTreeMap<_, _> = stable.map(|key| (order.of(&key), key)).collect();
        let restless = restless.into_iter().filter(|key| !stable.contains_key(&order.of(key)));
        let lister = Lister::new(stable.values().cloned(), page, order);
        lister.shelf(|shelf| shelf.restless = restless.clone().collect());
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build().unwrap();
        let (found, taken, _) = runtime.block_on(lister.listed(requests, prefix));
        let places: Vec<_> = found.iter().map(|key| order.of(key)).collect();
        prop_assert!(places.is_sorted_by(|a, b| a < b), "in order, and none twice: {found:?}");
        let found: BTreeSet<_> = found.into_iter().collect();
        for key in stable.values().filter(|key| key.starts_with(prefix)) {
            prop_assert!(found.contains(key), "{key:?} is missed");
        }
        let may: BTreeSet<_> = stable.values().cloned().chain(restless).collect();
        prop_assert!(found.is_subset(&may));
        if spelled.is_empty() {
            prop_assert!(taken <= requests_max(found.len() + 40, page), "{taken} requests");
        }
    }
}
