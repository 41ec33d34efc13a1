//! The emulator's inside: what every operation needs, and the way from a request to an answer.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request, StatusCode, header};
use r2_transport::{Body, Clock};

use super::answer::{self, Answer, Form};
use super::cors;
use super::ids::Ids;
use super::lifecycle::Rules;
use super::pace::Pace;
use crate::access::{Access, Identity};
use crate::jurisdiction::Jurisdiction;
use crate::protocol::{
    Head, Hints, Key, Operation, Place, Refusal, http_date, route, screen, screen_query, unix_ms,
};
use crate::public::Faces;
use crate::store::{BucketRecord, Content, Durability, Segment, Snapshot, Store, Txn};
use crate::switches::Switches;

/// What a change or a look at the store can end with.
pub(crate) type Halt = crate::store::Halt<Refusal>;

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Halt {
        Halt::Refused(refusal)
    }
}

impl From<Halt> for Refusal {
    fn from(halt: Halt) -> Refusal {
        match halt {
            Halt::Refused(refusal) => refusal,
            Halt::Failed(error) => error.into(),
        }
    }
}

/// One emulated account, as it is seen in one jurisdiction. Clones share everything.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) switches: Switches,
    pub(crate) access: Arc<Access>,
    pub(crate) ids: Arc<Ids>,
    pub(crate) pace: Arc<Pace>,
    /// Owner of everything: 32 hexadecimal digits.
    pub(crate) account_id: String,
    /// Hosts below which the first label is a bucket.
    pub(crate) domains: Arc<[String]>,
    /// Buckets that anybody may read.
    pub(crate) public: Arc<Faces>,
    /// For requests whose host names none.
    pub(crate) jurisdiction: Jurisdiction,
    /// Of the store's writes, for copies of it.
    pub(crate) durability: Durability,
}

/// One request on its way through.
pub(crate) struct Call {
    pub(crate) head: Head,
    pub(crate) who: Identity,
    /// Milliseconds since 1970.
    pub(crate) now: u64,
}

/// A bucket that exists, with the rules in force.
#[derive(Clone, Debug)]
pub(crate) struct OpenBucket {
    pub(crate) record: BucketRecord,
    pub(crate) rules: Rules,
}

impl OpenBucket {
    pub(crate) fn id(&self) -> u32 {
        self.record.id
    }
}

pub(crate) fn open_bucket(record: Option<BucketRecord>) -> Result<OpenBucket, Refusal> {
    let record = record.ok_or_else(Refusal::no_such_bucket)?;
    let rules = Rules::of(&record);
    Ok(OpenBucket { record, rules })
}

impl Call {
    /// The key of the request.
    pub(crate) fn key(&self, switches: &Switches) -> Result<Key, Refusal> {
        let key = Key::from_path(&self.head.raw_key, switches.key_identity)?;
        self.who.check_key(&key)?;
        Ok(key)
    }

    pub(crate) fn bucket(&self) -> String {
        self.head.bucket.clone()
    }
}

impl Service {
    /// The same account with another store.
    pub(crate) fn with_store(&self, store: Store) -> Service {
        let ids = Arc::new(Ids::new(self.ids.number()));
        Service { store, ids, pace: Arc::default(), ..self.clone() }
    }

    /// The same account in another jurisdiction.
    pub(crate) fn in_jurisdiction(&self, jurisdiction: Jurisdiction) -> Service {
        Service { jurisdiction, ..self.clone() }
    }

    /// Answers a request. There is always an answer.
    pub(crate) async fn answer(&self, request: Request<Body>) -> Answer {
        let (parts, body) = request.into_parts();
        let parts = match self.answer_if_public(parts).await {
            Ok(answer) => return answer,
            Err(parts) => *parts,
        };
        let head = Head::new(parts, &self.domains, &self.account_id);
        match head.jurisdiction {
            Some(other) if other != self.jurisdiction => {
                self.in_jurisdiction(other).answer_head(head, body).await
            }
            _ => self.answer_head(head, body).await,
        }
    }

    async fn answer_head(&self, head: Head, body: Body) -> Answer {
        let form = if head.method == Method::HEAD { Form::Bodyless } else { Form::Full };
        let now = unix_ms(self.clock.now());
        let origin = cors::Origin::of(&head);
        let bucket = head.bucket.clone();
        let mut answer = match self.handle(head, body, now).await {
            Ok(answer) => answer,
            Err(refusal) => answer::refused(&refusal, form),
        };
        if let Some(origin) = origin {
            self.add_cors(&mut answer, &origin, bucket).await;
        }
        self.add_edge_headers(&mut answer, form, now);
        answer
    }

    async fn handle(&self, mut head: Head, body: Body, now: u64) -> Result<Answer, Refusal> {
        if head.method == Method::OPTIONS {
            return self.preflight(&head).await;
        }
        let hints = Hints {
            is_copy: head.headers.contains_key("x-amz-copy-source"),
            is_signed: !self.access.is_required() || head.is_signed(),
        };
        let (place, method) = (head.place(), head.method.clone());
        // A form upload carries its policy in the body and is told so before anything else.
        if method == Method::POST && place == Place::Bucket && !hints.is_signed {
            route(&method, place, &head.query, hints)?;
        }
        let who = self.authenticate(&mut head)?;
        let who = who.in_jurisdiction(self.jurisdiction);
        head.take_headers_from_query();
        let hints = Hints { is_copy: head.headers.contains_key("x-amz-copy-source"), ..hints };
        let operation = route(&method, place, &head.query, hints)?;
        screen(operation, &head.headers, &self.switches)?;
        screen_query(operation, &head.query, &self.switches)?;
        let bucket = (place != Place::Service).then_some(head.bucket.as_str());
        who.check(operation, bucket)?;
        let call = Call { head, who, now };
        let body = self.check_form(operation, &call, body).await?;
        tracing::debug!(operation = operation.name(), bucket = call.head.bucket, "request");
        self.dispatch(operation, call, body).await
    }

    /// Who sends. A `+` in an upload id is a blank or itself, whichever was signed: s3fs and the
    /// AWS C client send ids as they are, and mean the sign (s3fs-fuse#2095).
    fn authenticate(&self, head: &mut Head) -> Result<Identity, Refusal> {
        let now = self.clock.now();
        match self.access.authenticate(head, now, &self.switches) {
            Err(refusal) if refusal.is_mismatch() && head.take_plus_of_upload_id_literally() => {
                self.access.authenticate(head, now, &self.switches).map_err(|_| refusal)
            }
            result => result,
        }
    }

    async fn dispatch(
        &self,
        operation: Operation,
        call: Call,
        body: Body,
    ) -> Result<Answer, Refusal> {
        match operation {
            Operation::ListBuckets => self.list_buckets(&call).await,
            Operation::HeadBucket => self.head_bucket(&call).await,
            Operation::CreateBucket => self.create_bucket(call, body).await,
            Operation::DeleteBucket => self.delete_bucket(call).await,
            Operation::ListObjectsV1 | Operation::ListObjectsV2 => {
                self.list_objects(operation, &call).await
            }
            Operation::ListMultipartUploads => self.list_uploads(&call).await,
            Operation::DeleteObjects => self.delete_objects(call, body).await,
            Operation::PostBucket => self.post_bucket(&call).await,
            Operation::GetObject => self.get_object(&call, Form::Full).await,
            Operation::HeadObject => self.get_object(&call, Form::Bodyless).await,
            Operation::PutObject => self.put_object(call, body).await,
            Operation::CopyObject => self.copy_object(call).await,
            Operation::DeleteObject => self.delete_object(call).await,
            Operation::CreateMultipartUpload => self.create_upload(call).await,
            Operation::UploadPart => self.upload_part(call, body).await,
            Operation::UploadPartCopy => self.upload_part_copy(call).await,
            Operation::CompleteMultipartUpload => self.complete_upload(call, body).await,
            Operation::AbortMultipartUpload => self.abort_upload(call).await,
            Operation::ListParts => self.list_parts(&call).await,
            other => self.bucket_setting(other, call, body).await,
        }
    }

    /// What Cloudflare's edge adds to every response.
    pub(crate) fn add_edge_headers(&self, answer: &mut Answer, form: Form, now: u64) {
        answer::set_text(answer, "cf-ray", &self.ids.ray());
        answer::set(answer, header::SERVER, "cloudflare");
        answer::set(answer, header::DATE, &http_date(now));
        let bodyless = matches!(answer.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let says = answer.headers().contains_key(header::CONTENT_LENGTH);
        if form == Form::Full && !bodyless && !says && answer.body().length() == Some(0) {
            answer::set(answer, header::CONTENT_LENGTH, "0");
        }
    }

    /// Reads a consistent state of the store.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<T, Halt> + Send + 'static,
    ) -> Result<T, Refusal> {
        let namespace = self.jurisdiction.namespace();
        Ok(self.store.read(move |snapshot| read(&snapshot.within(namespace))).await?)
    }

    /// Reads a consistent state and opens the bytes it points at.
    pub(crate) async fn open<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Snapshot<'_>) -> Result<(T, Vec<Segment>), Halt> + Send + 'static,
    ) -> Result<(T, Content), Refusal> {
        let namespace = self.jurisdiction.namespace();
        Ok(self.store.open(move |snapshot| read(&snapshot.within(namespace))).await?)
    }

    /// Changes the store, at once or not at all.
    pub(crate) async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Txn<'_>) -> Result<T, Halt> + Send + 'static,
    ) -> Result<T, Refusal> {
        let namespace = self.jurisdiction.namespace();
        let change = move |txn: &mut Txn<'_>| {
            txn.enter(namespace);
            change(txn)
        };
        Ok(self.store.write(change).await?)
    }

    /// The bucket of a request, as it is now.
    pub(crate) async fn bucket(&self, name: &str) -> Result<OpenBucket, Refusal> {
        let name = name.to_owned();
        self.read(move |snapshot| Ok(open_bucket(snapshot.bucket(&name)?)?)).await
    }

    /// Refuses a write that follows another one to the same key too closely.
    pub(crate) fn keep_pace(&self, bucket: &str, key: &Key, now: u64) -> Result<(), Refusal> {
        let Some(interval) = self.switches.key_write_interval else { return Ok(()) };
        let bucket = self.jurisdiction.qualified(bucket);
        self.pace.check(&bucket, &key.identity, now, millis(interval))
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
