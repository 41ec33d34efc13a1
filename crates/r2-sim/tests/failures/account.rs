//! An emulator that asks for signatures, and a client that signs as it is told.

use std::sync::Arc;
use std::time::Duration;

use r2_sign::{Credentials, Input, Payload, Scratch, Signer, Timestamp};
use r2_sim::{AccessKey, Emulator, ManualClock, Permission, Switches};

use crate::world::{Reply, START, send};

const ID: &str = "0123456789abcdef0123456789abcdef";
const OTHER_ID: &str = "fedcba9876543210fedcba9876543210";
pub(crate) const HOST: (&str, &str) = ("host", "r2.local");

/// Headers as they go over the wire.
pub(crate) type Sent = Vec<(String, String)>;

/// The account and its key pair.
pub(crate) struct Account {
    pub(crate) r2: Emulator,
}

pub(crate) fn admin() -> Credentials {
    Credentials::new(ID, "a secret that is not one")
}

/// A key for the objects of one bucket, `b-other`.
pub(crate) fn limited() -> Credentials {
    Credentials::new(OTHER_ID, "another secret that is not one")
}

impl Account {
    /// With one bucket, `b-one`.
    pub(crate) async fn new() -> Account {
        Account::with(Switches::new()).await
    }

    pub(crate) async fn with(switches: Switches) -> Account {
        let other = AccessKey::new(limited()).permission(Permission::ObjectReadWrite);
        let builder = Emulator::builder().clock(Arc::new(ManualClock::at_unix(START)));
        let builder = builder.credentials(admin()).access_key(other.bucket("b-other"));
        let account = Account { r2: builder.switches(switches).memory() };
        assert_eq!(account.signed("PUT /b-one", &[], "").await.status, 200);
        account
    }

    /// Signs everything and sends it as it was signed.
    pub(crate) async fn signed(
        &self,
        line: &str,
        headers: &[(&str, &str)],
        body: &'static str,
    ) -> Reply {
        let sent = sign(&admin(), line, headers, Payload::of(body.as_bytes()));
        self.send(line, &sent, body).await
    }

    /// Sends what may differ from what was signed.
    pub(crate) async fn send(&self, line: &str, sent: &Sent, body: &'static str) -> Reply {
        let sent: Vec<_> = sent.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        send(&self.r2, line, &sent, body.into()).await
    }
}

/// The headers of a signed request.
pub(crate) fn sign(
    credentials: &Credentials,
    line: &str,
    headers: &[(&str, &str)],
    payload: Payload,
) -> Sent {
    let (method, target) = line.split_once(' ').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let at = now();
    let mut to_sign = vec![HOST];
    to_sign.extend_from_slice(headers);
    let input = Input { method, path, query, headers: &to_sign, payload };
    let mut scratch = Scratch::new();
    let signer = Signer::new("auto");
    let authorization = signer.authorization(&input, credentials, at, &mut scratch).to_owned();
    let mut sent: Sent =
        to_sign.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    sent.push(("authorization".to_owned(), authorization));
    sent.push(("x-amz-date".to_owned(), at.as_str().to_owned()));
    sent.push(("x-amz-content-sha256".to_owned(), payload.header_value().to_string()));
    sent
}

/// A line whose query holds its signature, for an hour.
pub(crate) fn presign(line: &str) -> String {
    let (method, target) = line.split_once(' ').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let input = Input { method, path, query, headers: &[HOST], payload: Payload::Unsigned };
    let hour = Duration::from_secs(3600);
    let signed = Signer::new("auto").presign(&input, &admin(), now(), hour).unwrap();
    format!("{method} {path}?{signed}")
}

fn now() -> Timestamp {
    Timestamp::from_unix(i64::try_from(START).unwrap())
}
