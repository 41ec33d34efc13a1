//! What is signed verifies; what is changed afterwards does not; and nothing hostile panics.

use proptest::prelude::*;
use r2_sign::verify::{Carrier, Claim, Received, Rejection, Rules};
use r2_sign::{Credentials, Input, KeyCache, Payload, Scratch, Signer, Timestamp, encode};
use std::time::Duration;

const ID: &str = "0123456789abcdef0123456789abcdef";

/// A whole request, owned, so that a test can change any part of it.
#[derive(Clone, Debug)]
struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
}

impl Request {
    fn with<T>(&self, look: impl FnOnce(&Received<'_>) -> T) -> T {
        let headers: Vec<_> = self.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let Self { method, path, query, .. } = self;
        look(&Received { method, path, query, headers: &headers })
    }

    fn verify(&self, credentials: &Credentials, now: Timestamp) -> Result<Claim, Rejection> {
        self.with(|received| {
            let claim = Claim::read(received, now, &Rules::new())?;
            claim.verify(received, credentials, &KeyCache::new())?;
            Ok(claim)
        })
    }

    fn header(&mut self, name: &str) -> &mut String {
        let header = self.headers.iter_mut().find(|header| header.0 == name);
        &mut header.unwrap_or_else(|| panic!("no {name}")).1
    }
}

/// A request before it is signed, and who signs it when.
#[derive(Clone, Debug)]
struct Case {
    request: Request,
    payload: Payload,
    secret: String,
    token: Option<String>,
    at: Timestamp,
    region: String,
}

impl Case {
    fn credentials(&self) -> Credentials {
        let credentials = Credentials::new(ID, self.secret.clone());
        match &self.token {
            Some(token) => credentials.with_session_token(token.clone()),
            None => credentials,
        }
    }

    fn with<T>(&self, payload: Payload, look: impl FnOnce(&Input<'_>) -> T) -> T {
        self.request.with(|received| {
            let Received { method, path, query, headers } = *received;
            look(&Input { method, path, query, headers, payload })
        })
    }

    fn signed(&self) -> Request {
        let signer = Signer::new(&self.region);
        let authorization = self.with(self.payload, |input| {
            let mut scratch = Scratch::new();
            signer.authorization(input, &self.credentials(), self.at, &mut scratch).to_owned()
        });
        let mut request = self.request.clone();
        let mut add = |name: &str, value: &str| request.headers.push((name.into(), value.into()));
        add("authorization", &authorization);
        add("x-amz-date", self.at.as_str());
        add("x-amz-content-sha256", &self.payload.header_value());
        if let Some(token) = &self.token {
            add("x-amz-security-token", token);
        }
        request
    }

    fn presigned(&self, expires: Duration) -> Request {
        let signer = Signer::new(&self.region);
        let query = self.with(Payload::Unsigned, |input| {
            signer.presign(input, &self.credentials(), self.at, expires).expect("1 s to 7 days")
        });
        Request { query, ..self.request.clone() }
    }
}

fn cases() -> impl Strategy<Value = Case> {
    let key = "\\PC{0,20}";
    let pairs = proptest::collection::vec(("[a-zA-Z-]{1,8}", "\\PC{0,8}"), 0..4);
    let metadata = proptest::collection::vec(("x-amz-meta-[a-z]{1,3}", "[ -~]{0,12}"), 0..4);
    let payload = prop_oneof![
        Just(Payload::Unsigned),
        any::<[u8; 32]>().prop_map(Payload::Sha256),
        Just(Payload::StreamingSigned),
    ];
    let who = ("\\PC{1,64}", proptest::option::of("[a-zA-Z0-9+/=]{1,40}"), "[a-z0-9-]{0,10}");
    let method = prop_oneof!["GET", "PUT", "HEAD", "DELETE", "POST"];
    (method, key, pairs, metadata, payload, who, 0..4_000_000_000_i64).prop_map(
        |(method, key, pairs, metadata, payload, (secret, token, region), seconds)| {
            let pair = |(name, value): &(String, String)| {
                format!("{}={}", encode::component(name), encode::component(value))
            };
            let mut headers = metadata;
            headers.push(("host".into(), "account.r2.cloudflarestorage.com".into()));
            let request = Request {
                method,
                path: format!("/bucket/{}", encode::path(&key)),
                query: pairs.iter().map(pair).collect::<Vec<_>>().join("&"),
                headers,
            };
            Case { request, payload, secret, token, at: Timestamp::from_unix(seconds), region }
        },
    )
}

fn assert_mismatch(request: &Request, case: &Case, what: &str) {
    match request.verify(&case.credentials(), case.at) {
        Err(Rejection::Mismatch(mismatch)) => assert!(!mismatch.canonical_request.is_empty()),
        other => panic!("changed {what}: {other:?}"),
    }
}

fn request_value<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.iter().find(|header| header.0 == name).map_or("", |header| &header.1)
}

/// Every single change to what both kinds of signature cover.
fn check_changes(signed: &Request, case: &Case) {
    let change = |what: &str, edit: &dyn Fn(&mut Request)| {
        let mut changed = signed.clone();
        edit(&mut changed);
        assert_mismatch(&changed, case, what);
    };
    change("method", &|request| request.method = "PATCH".into());
    change("path", &|request| request.path.push('x'));
    change("path by a slash", &|request| request.path.insert(0, '/'));
    change("path's encoding", &|request| request.path = request.path.replacen('b', "%62", 1));
    change("query", &|request| request.query = format!("new=1&{}", request.query));
    change("host", &|request| request.header("host").push('x'));
    for (name, _) in &case.request.headers {
        change(name, &|request| request.header(name).push('x'));
        change(name, &|request| request.headers.push((name.clone(), "again".into())));
        if !request_value(&case.request, name).trim().is_empty() {
            change(name, &|request| request.headers.retain(|header| header.0 != *name));
        }
    }

    let later = |seconds| Timestamp::from_unix(case.at.unix_seconds() + seconds);
    let other = Credentials::new(ID, format!("{}x", case.secret));
    let refused = signed.verify(&other, later(1));
    assert!(matches!(refused, Err(Rejection::Mismatch(_))), "changed secret: {refused:?}");
    let other = Credentials::new("another id", case.secret.clone());
    let refused = signed.verify(&other, later(1));
    assert!(matches!(refused, Err(Rejection::UnknownAccessKey)), "changed id: {refused:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_signed_request_verifies_and_no_change_passes(case in cases()) {
        let signed = case.signed();
        let claim = signed.verify(&case.credentials(), case.at).unwrap();
        prop_assert_eq!(claim.carrier(), Carrier::Header);
        prop_assert_eq!(claim.access_key_id(), ID);
        prop_assert_eq!(claim.region(), &case.region);
        prop_assert_eq!(claim.at(), case.at);
        prop_assert_eq!(claim.payload(), Some(case.payload));
        prop_assert_eq!(claim.session_token(), case.token.as_deref());
        let unsigned = signed.with(|received| claim.unsigned_amz_headers(received).count());
        prop_assert_eq!(unsigned, 0);
        check_changes(&signed, &case);

        let edit = |name: &str, from: &str, to: &str| {
            let mut changed = signed.clone();
            let value = changed.header(name);
            *value = value.replacen(from, to, 1);
            assert_mismatch(&changed, &case, name);
        };
        edit("authorization", "SignedHeaders=", "SignedHeaders=a;");
        let region = |end| format!("/{}{end}/s3/aws4_request", case.region);
        edit("authorization", &region(""), &region("x"));
        let signature = signed.clone().header("authorization").split_off(signed.clone()
            .header("authorization").len() - 64);
        let flipped = if signature.starts_with('0') { "1" } else { "0" };
        edit("authorization", &signature, &format!("{flipped}{}", &signature[1..]));
        edit("authorization", &signature, &signature[1..]);
        edit("authorization", &signature, &format!("{signature}0"));
        edit("authorization", &signature, "");

        let mut changed = signed.clone();
        *changed.header("x-amz-content-sha256") = "UNSIGNED".into();
        assert_mismatch(&changed, &case, "payload");
        let mut changed = signed.clone();
        let next = Timestamp::from_unix(case.at.unix_seconds() ^ 1);
        *changed.header("x-amz-date") = next.as_str().to_owned();
        assert_mismatch(&changed, &case, "date");
    }

    #[test]
    fn a_presigned_url_verifies_and_no_change_passes(case in cases(), seconds in 1..=604_800_u64) {
        let signed = case.presigned(Duration::from_secs(seconds));
        let last = Timestamp::from_unix(case.at.unix_seconds() + i64::try_from(seconds).unwrap());
        let claim = signed.verify(&case.credentials(), last).unwrap();
        prop_assert_eq!(claim.carrier(), Carrier::Query);
        prop_assert_eq!(claim.payload(), Some(Payload::Unsigned));
        prop_assert_eq!(claim.session_token(), case.token.as_deref());
        check_changes(&signed, &case);

        let late = Timestamp::from_unix(last.unix_seconds() + 1);
        prop_assert_eq!(signed.verify(&case.credentials(), late).unwrap_err(), Rejection::Expired);
        let edit = |from: &str, to: &str| {
            let query = signed.query.replacen(from, to, 1);
            assert_mismatch(&Request { query, ..signed.clone() }, &case, to);
        };
        edit("X-Amz-Expires=", "X-Amz-Expires=0");
        edit("X-Amz-Signature=", "X-Amz-Signature=0");
        edit("X-Amz-Signature=", "X-Amz-Signature=&X-Amz-Signature=");
        let region = |end| format!("%2F{}{end}%2Fs3%2Faws4_request", case.region);
        edit(&region(""), &region("x"));
    }

    #[test]
    fn equal_requests_verify_whatever_their_spelling(case in cases()) {
        let mut signed = case.signed();
        // The order of headers and parameters, the case of names in the list, blanks at the ends of
        // values and the case of escapes in the query mean nothing.
        signed.headers.sort();
        signed.headers.dedup_by(|a, b| a.0 == b.0);
        let single = signed.headers.len() == case.signed().headers.len();
        prop_assume!(single);
        let pairs = signed.query.split('&').map(|pair| pair.replace("%20", "+"));
        let mut pairs: Vec<_> = pairs.collect();
        pairs.reverse();
        signed.query = pairs.join("&");
        signed.header("host").insert(0, ' ');
        let value = signed.header("authorization");
        *value = value.replace("=host", "=Host").replace(", ", ",");
        let verified = signed.verify(&case.credentials(), case.at);
        prop_assert!(verified.is_ok(), "{:?}", verified);
    }

    #[test]
    fn hostile_authorization_never_panics(text in prop_oneof![
        "\\PC{0,60}",
        "AWS4-HMAC-SHA256 ([A-Za-z]{1,13}=[ -~]{0,20}[,; ]{0,2}){0,5}",
        "AWS4-HMAC-SHA256 Credential=[a/]{0,9}20130524/auto/s3/aws4_request,\
         SignedHeaders=[;host]{0,9},Signature=[0-9a-f]{0,66}",
    ]) {
        let headers = [
            ("authorization", &*text),
            ("x-amz-date", "20130524T000000Z"),
            ("x-amz-content-sha256", &*text),
        ];
        let received = Received { method: "GET", path: &text, query: &text, headers: &headers };
        let now = Timestamp::parse_basic("20130524T000000Z").unwrap();
        let rules = Rules::new().access_key_id_bytes(None);
        if let Ok(claim) = Claim::read(&received, now, &rules) {
            let credentials = Credentials::new(claim.access_key_id(), "secret");
            prop_assert!(claim.verify(&received, &credentials, &KeyCache::new()).is_err());
        }
    }

    #[test]
    fn hostile_query_never_panics(query in prop_oneof![
        "\\PC{0,80}",
        "X-Amz-Credential=a%2F20130524%2F%2Fs3%2Faws4_request&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Date=20130524T000000Z&X-Amz-Expires=[-+ 0-9e.x]{0,21}\
         &X-Amz-SignedHeaders=(%3B|host|;){0,5}&X-Amz-Signature=[0-9a-f%]{0,66}",
    ]) {
        let received = Received { method: "GET", path: "/", query: &query, headers: &[] };
        let now = Timestamp::parse_basic("20130524T000000Z").unwrap();
        let rules = Rules::new().access_key_id_bytes(None);
        if let Ok(claim) = Claim::read(&received, now, &rules) {
            let credentials = Credentials::new(claim.access_key_id(), "secret");
            prop_assert!(claim.verify(&received, &credentials, &KeyCache::new()).is_err());
        }
    }
}
