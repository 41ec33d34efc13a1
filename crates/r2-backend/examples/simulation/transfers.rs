//! Uploads and downloads in parts, with and without going on where an earlier life stopped.

use r2_multipart::machine::Concurrency;
use r2_multipart::{
    DownloadOptions, Downloaded, Error, ErrorKind, Sink, TransferId, TransferOptions,
    UploadOptions, Uploaded, download, upload,
};
use r2_objects::Precondition;

use crate::actor::{Actor, Pending};
use crate::model::Violation;
use crate::objects::is_verified;
use crate::world::{PART, bucket, key, part_size};

impl Actor<'_> {
    pub(crate) fn transfer(&mut self) -> TransferOptions {
        let at_once = self.random.u16(1..5);
        TransferOptions::new().part_size(part_size()).concurrency(Concurrency::new(at_once))
    }

    /// An upload: a new one, or one that an earlier life began.
    pub(crate) async fn upload(&mut self) -> Result<(), Violation> {
        let (pending, resumes) = match self.pending.take() {
            Some(pending) => (pending, true),
            None => {
                let (key, content) = (self.any_key(), self.any_content());
                (Pending { key, content }, self.random.bool())
            }
        };
        let mut options =
            UploadOptions::new().transfer(self.transfer()).threshold_bytes(PART as u64);
        if resumes {
            options = options.resume(self.tokens.clone());
        }
        let only_new = !resumes && self.random.u8(0..4) == 0;
        if only_new {
            options = options.condition(Precondition::absent());
        }
        self.run_upload(pending, options, only_new).await
    }

    pub(crate) async fn run_upload(
        &mut self,
        pending: Pending,
        options: UploadOptions,
        only_new: bool,
    ) -> Result<(), Violation> {
        let (client, bucket) = (self.client.clone(), bucket());
        let object = key(&pending.key);
        let call = upload(&client, &bucket, &object, pending.content.clone(), options);
        let (result, sent) = self.live("upload", call).await;
        let in_parts = pending.content.len() >= PART;
        let parts = if in_parts { pending.content.len().div_ceil(PART) as u64 } else { 0 };
        sent.explained("PutObject", u64::from(!in_parts))?;
        let transfer =
            TransferId::new(client.endpoint().to_string(), bucket.as_str(), pending.key.as_str());
        let kept = self.tokens.has(&transfer);
        if result.is_none() && in_parts && !kept {
            self.uploads_abandoned += 1;
        }
        match result {
            Some(Ok(uploaded)) => {
                // one that vanished begins anew, at most twice
                sent.explained("UploadPart", parts * 3)?;
                self.uploaded(&pending, &uploaded, only_new)?;
                if kept {
                    return Err(format!("{} is uploaded, and its token is kept", pending.key));
                }
            }
            other => {
                let error = other.and_then(Result::err);
                self.not_uploaded(&pending, error, kept, only_new)?;
                if kept {
                    self.pending = Some(pending);
                }
            }
        }
        Ok(())
    }

    fn uploaded(
        &mut self,
        pending: &Pending,
        uploaded: &Uploaded,
        only_new: bool,
    ) -> Result<(), Violation> {
        let name = &pending.key;
        self.world.note(&self.name, &format!("{name} uploaded in {} parts", uploaded.parts));
        if uploaded.bytes != pending.content.len() as u64 {
            return Err(format!("{} bytes of {name} uploaded", uploaded.bytes));
        }
        if only_new {
            let what = format!("{name} was not there before its upload");
            self.cell(name).saw(&what, |state| state.is_none())?;
        }
        self.cell(name).wrote(Some(pending.content.clone()));
        Ok(())
    }

    fn not_uploaded(
        &mut self,
        pending: &Pending,
        error: Option<Error>,
        kept: bool,
        only_new: bool,
    ) -> Result<(), Violation> {
        let name = &pending.key;
        let Some(error) = error else {
            self.cell(name).may_hold(Some(pending.content.clone()));
            return Ok(());
        };
        if error.is_suspended() != kept {
            return Err(format!("suspended is {}, token is {kept}: {error:?}", !kept));
        }
        let request = error.request().map(r2_objects::Error::kind);
        if only_new && request == Some(r2_objects::ErrorKind::PreconditionFailed) {
            let what = format!("{name} was there before its upload");
            return self.cell(name).saw(&what, |state| state.is_some());
        }
        let certain = error.request().is_some_and(|error| !error.may_have_applied());
        let single = pending.content.len() < PART;
        if !(certain && single) {
            self.cell(name).may_hold(Some(pending.content.clone()));
        }
        self.fair_transfer(&error)
    }

    pub(crate) fn fair_transfer(&self, error: &Error) -> Result<(), Violation> {
        match error.request() {
            Some(request)
                if !matches!(
                    error.kind(),
                    ErrorKind::UploadVanished | ErrorKind::Checksum | ErrorKind::ObjectChanged
                ) =>
            {
                self.fair(request)
            }
            _ if self.world.weather.is_calm() => Err(format!("nothing explains {error:?}")),
            _ => match error.kind() {
                ErrorKind::UploadVanished => Ok(()),
                ErrorKind::Checksum if self.world.weather.flips => Ok(()),
                _ => Err(format!("nothing explains {error:?}")),
            },
        }
    }

    pub(crate) async fn download(&mut self) -> Result<(), Violation> {
        let name = self.any_key();
        let mut options = DownloadOptions::new().transfer(self.transfer());
        if self.random.bool()
            && let Some(Some(content)) = self.cell(&name).only()
        {
            options = options.expected_bytes(content.len() as u64);
        }
        let (client, bucket, object) = (self.client.clone(), bucket(), key(&name));
        let call = download(&client, &bucket, &object, Sink::memory(1 << 20), options);
        let (result, sent) = self.live("download", call).await;
        sent.only(&["GetObject", "HeadObject"])?;
        match result {
            Some(Ok(downloaded)) => self.downloaded(&name, &downloaded),
            Some(Err(error)) => {
                if error.request().is_some_and(r2_objects::Error::is_not_found) {
                    return self.cell(&name).saw_state(&name, None);
                }
                self.fair_transfer(&error)
            }
            None => Ok(()),
        }
    }

    fn downloaded(&mut self, name: &str, downloaded: &Downloaded) -> Result<(), Violation> {
        // what was put as a stream has no checksum that parts could be compared with
        if !is_verified(downloaded.verdict) && self.world.weather.flips {
            let length = downloaded.content.len();
            let what = format!("{name} has {length} bytes");
            let fits =
                |state: Option<&bytes::Bytes>| state.is_some_and(|state| state.len() == length);
            return self.cell(name).saw(&what, fits);
        }
        self.cell(name).saw_state(name, Some(&downloaded.content))
    }
}
