//! Calls on single objects and listings, each with what it must and must not do.

use bytes::Bytes;
use futures_util::{TryStreamExt as _, stream};
use r2_objects::{
    ByteRange, CopyObject, ErrorKind, GetObject, HeadObject, ListObjectsV2, ListedEntry,
    PutOutcome, Verdict,
};

use crate::actor::Actor;
use crate::content::brief;
use crate::model::Violation;
use crate::world::{BUCKET, bucket, key};

/// More than any content here.
const LIMIT_BYTES: usize = 1 << 20;

impl Actor<'_> {
    pub(crate) async fn put(&mut self) -> Result<(), Violation> {
        let (name, content) = (self.any_key(), self.any_content());
        let (client, body) = (self.client.clone(), content.clone());
        let call = async { client.objects().put(BUCKET, name.as_str(), body).await };
        let (result, sent) = self.live("put", call).await;
        sent.only(&["PutObject"])?;
        sent.explained("PutObject", 1)?;
        self.written(&name, Some(content), result.map(|result| result.map(drop)))
    }

    /// From a stream that can be read once.
    pub(crate) async fn put_stream(&mut self) -> Result<(), Violation> {
        let (name, content) = (self.any_key(), self.any_content());
        let client = self.client.clone();
        let length = content.len() as u64;
        let chunks: Vec<_> = content
            .chunks(1000)
            .map(|chunk| Ok::<_, std::io::Error>(Bytes::copy_from_slice(chunk)))
            .collect();
        let body = stream::iter(chunks);
        let call = async { client.objects().put_stream(BUCKET, name.as_str(), body, length).await };
        let (result, sent) = self.live("put stream", call).await;
        if sent.explained("PutObject", 1).is_err() {
            return Err("a stream that can be read once was sent twice".to_owned());
        }
        if let Some(Err(error)) = &result
            && error.kind() == ErrorKind::ClockSkew
            && self.world.weather.skew
        {
            // the next call will have the right time; this one cannot begin again
            return Ok(());
        }
        self.written(&name, Some(content), result.map(|result| result.map(drop)))
    }

    pub(crate) async fn create(&mut self) -> Result<(), Violation> {
        let (name, content) = (self.any_key(), self.any_content());
        let (client, body) = (self.client.clone(), content.clone());
        let call = async { client.objects().create(BUCKET, name.as_str(), body).await };
        let (result, sent) = self.live("create", call).await;
        sent.explained("PutObject", 1)?;
        let answer = match result {
            Some(Ok(PutOutcome::AlreadyExists)) => {
                let what = format!("{name} was there before its creation");
                return self.cell(&name).saw(&what, |state| state.is_some());
            }
            Some(Ok(_)) => {
                let what = format!("{name} was not there before its creation");
                self.cell(&name).saw(&what, |state| state.is_none())?;
                Some(Ok(()))
            }
            Some(Err(error)) => Some(Err(error)),
            None => None,
        };
        self.written(&name, Some(content), answer)
    }

    pub(crate) async fn delete(&mut self) -> Result<(), Violation> {
        let name = self.any_key();
        let client = self.client.clone();
        let call = async { client.objects().delete(BUCKET, name.as_str()).await };
        let (result, sent) = self.live("delete", call).await;
        sent.only(&["DeleteObject"])?;
        self.written(&name, None, result)
    }

    pub(crate) async fn delete_many(&mut self) -> Result<(), Violation> {
        let names: Vec<String> =
            self.cells.keys().filter(|_| self.random.bool()).cloned().collect();
        let keys: Vec<_> = names.iter().map(|name| key(name)).collect();
        let client = self.client.clone();
        let call = async { client.objects().delete_objects(BUCKET, keys).await };
        let (result, _) = self.live("delete many", call).await;
        let done = match result {
            Some(Ok(result)) => {
                let told = result.deleted.len() + result.failed.len();
                if told != names.len() {
                    return Err(format!("of {} keys to delete, {told} are told of", names.len()));
                }
                if self.world.weather.is_calm() && !result.failed.is_empty() {
                    return Err(format!("not deleted: {:?}", result.failed));
                }
                result.deleted
            }
            Some(Err(error)) => {
                self.fair(&error)?;
                Vec::new()
            }
            None => Vec::new(),
        };
        for name in names {
            let is_done = done.iter().any(|key| key.as_str() == name);
            let cell = self.cell(&name);
            // the others may be gone as well: batches and single keys are sent again and again
            if is_done { cell.wrote(None) } else { cell.may_hold(None) }
        }
        Ok(())
    }

    pub(crate) async fn copy(&mut self) -> Result<(), Violation> {
        let (from, to) = (self.any_key(), self.any_key());
        if from == to {
            return Ok(());
        }
        let client = self.client.clone();
        let copy = CopyObject::new(bucket(), key(&from), bucket(), key(&to));
        let call = async { client.objects().copy(copy).await };
        let (result, sent) = self.live("copy", call).await;
        sent.only(&["CopyObject"])?;
        sent.explained("CopyObject", 1)?;
        let sources = self.cell(&from).contents();
        match result {
            Some(Ok(_)) => {
                self.cell(&from).saw(&format!("{from} was copied"), |state| state.is_some())?;
                let states = sources.into_iter().map(Some).collect();
                self.cell(&to).wrote_one_of(states);
            }
            Some(Err(error)) if error.is_not_found() => {
                self.cell(&from).saw(&format!("{from} is not there"), |state| state.is_none())?;
            }
            Some(Err(error)) => {
                if error.may_have_applied() {
                    sources.into_iter().for_each(|state| self.cell(&to).may_hold(Some(state)));
                }
                self.fair(&error)?;
            }
            None => sources.into_iter().for_each(|state| self.cell(&to).may_hold(Some(state))),
        }
        Ok(())
    }

    pub(crate) async fn get(&mut self) -> Result<(), Violation> {
        let name = self.any_key();
        let client = self.client.clone();
        let call = async { client.objects().get(BUCKET, name.as_str()).await };
        let (result, _) = self.live("get", call).await;
        match result {
            Some(Ok(object)) => self.cell(&name).saw_state(&name, Some(&object.body)),
            Some(Err(error)) if error.is_not_found() => self.cell(&name).saw_state(&name, None),
            Some(Err(error)) => self.fair(&error),
            None => Ok(()),
        }
    }

    pub(crate) async fn get_range(&mut self) -> Result<(), Violation> {
        let name = self.any_key();
        let start = self.random.u64(0..6_000);
        let range = start..start + self.random.u64(1..9_000);
        let byte_range = ByteRange::new(range.clone()).map_err(|error| error.to_string())?;
        let get = GetObject::new(bucket(), key(&name)).range(byte_range);
        let client = self.client.clone();
        let call = async {
            let stream = client.objects().get_stream(get).await?;
            stream.collect(LIMIT_BYTES).await
        };
        let (result, _) = self.live("get range", call).await;
        let cut = |state: &Bytes| -> Option<Bytes> {
            let length = state.len() as u64;
            let end = range.end.min(length);
            let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
            (range.start < length).then(|| state.slice(place(range.start)..place(end)))
        };
        match result {
            Some(Ok(found)) => {
                // nothing covers the bytes of a range: if any flipped, only their number is sure
                let flips = self.world.weather.flips;
                let fits =
                    |part: &Bytes| if flips { part.len() == found.len() } else { *part == found };
                let what = format!("bytes {range:?} of {name} are {}", brief(Some(&found)));
                let fits =
                    |state: Option<&Bytes>| state.and_then(cut).is_some_and(|part| fits(&part));
                self.cell(&name).saw(&what, fits)
            }
            Some(Err(error)) if error.is_not_found() => self.cell(&name).saw_state(&name, None),
            Some(Err(error)) if error.kind() == ErrorKind::InvalidRange => {
                let what = format!("{name} has no byte {}", range.start);
                let fits = |state: Option<&Bytes>| state.is_some_and(|state| cut(state).is_none());
                self.cell(&name).saw(&what, fits)
            }
            Some(Err(error)) => self.fair(&error),
            None => Ok(()),
        }
    }

    pub(crate) async fn head(&mut self) -> Result<(), Violation> {
        let name = self.any_key();
        let client = self.client.clone();
        let head = HeadObject::new(bucket(), key(&name));
        let (result, _) = self.live("head", client.send(head)).await;
        match result {
            Some(Ok(found)) => {
                let info = found.met().map_err(|error| error.to_string())?;
                let what = format!("{name} has {:?} bytes", info.size);
                let size = info.size;
                let fits = |state: Option<&Bytes>| state.map(|state| state.len() as u64) == size;
                self.cell(&name).saw(&what, fits)
            }
            Some(Err(error)) if error.is_not_found() => self.cell(&name).saw_state(&name, None),
            Some(Err(error)) => self.fair(&error),
            None => Ok(()),
        }
    }

    /// The listing of what only this client writes is exactly what is there.
    pub(crate) async fn list(&mut self) -> Result<(), Violation> {
        let page = self.random.u32(1..4);
        let list = ListObjectsV2::new(bucket()).prefix(format!("{}/", self.name)).max_keys(page);
        let client = self.client.clone();
        let call = async { client.objects().list_entries(list).try_collect::<Vec<_>>().await };
        let (result, sent) = self.live("list", call).await;
        let entries = match result {
            Some(Ok(entries)) => entries,
            Some(Err(error)) => return self.fair(&error),
            None => return Ok(()),
        };
        sent.explained("ListObjectsV2", entries.len() as u64 / u64::from(page) + 1)?;
        let mut listed = Vec::new();
        for entry in entries {
            match entry {
                ListedEntry::Object(object) => {
                    listed.push((object.key.as_str().to_owned(), object.size));
                }
                ListedEntry::Prefix(prefix) => {
                    return Err(format!("the prefix {prefix} is listed"));
                }
            }
        }
        if !listed.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(format!("a listing out of order, or twice the same: {listed:?}"));
        }
        if let Some((other, _)) = listed.iter().find(|(name, _)| !self.cells.contains_key(name)) {
            return Err(format!("{other} is listed, and nobody wrote it"));
        }
        for name in self.cells.keys().cloned().collect::<Vec<_>>() {
            let size = listed.iter().find(|(key, _)| *key == name).map(|(_, size)| *size);
            let what = format!("{name} is listed with {size:?} bytes");
            let fits = |state: Option<&Bytes>| state.map(|state| state.len() as u64) == size;
            self.cell(&name).saw(&what, fits)?;
        }
        Ok(())
    }
}

/// Whether a verdict promises that the content is right.
pub(crate) fn is_verified(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Verified(_))
}
