//! ListMultipartUploads: the uploads of a bucket that were neither completed nor aborted.

use http::Method;
use r2_objects::{
    BucketName, CostClass, Error, LastModified, ObjectKey, Operation, Reply, RequestParts, Safety,
    StorageClass, Target,
};
use r2_xml::ListMultipartUploadsResult;

/// One page of the unfinished uploads of a bucket, up to 1,000.
#[derive(Clone, Debug)]
pub struct ListMultipartUploads {
    bucket: BucketName,
    prefix: Option<String>,
    delimiter: Option<String>,
    after: Option<UploadsMarker>,
    max: Option<u32>,
}

/// Where a page of uploads begins.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadsMarker {
    /// After the uploads of this key.
    pub key: String,
    /// Or within them, after this upload.
    pub upload_id: Option<String>,
}

/// What ListMultipartUploads gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadsPage {
    /// The uploads, by key.
    pub uploads: Vec<UnfinishedUpload>,
    /// Keys up to the delimiter, where one was given.
    pub common_prefixes: Vec<String>,
    /// Where the next page begins, if there is one: give it to [`ListMultipartUploads::after`].
    pub next: Option<UploadsMarker>,
}

/// An upload that was neither completed nor aborted. New buckets on R2 abort it after seven days.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnfinishedUpload {
    /// The key of the object it would make.
    pub key: ObjectKey,
    /// Its id.
    pub upload_id: String,
    /// When it was created, if the server says.
    pub initiated: Option<LastModified>,
    /// The storage class of the object it would make.
    pub storage_class: StorageClass,
}

impl ListMultipartUploads {
    /// The first page of all uploads in `bucket`.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self { bucket, prefix: None, delimiter: None, after: None, max: None }
    }

    /// Only uploads whose key begins like this.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// Folds keys that go on after this into common prefixes.
    #[must_use]
    pub fn delimiter(mut self, delimiter: impl Into<String>) -> Self {
        self.delimiter = Some(delimiter.into());
        self
    }

    /// The page that begins here.
    #[must_use]
    pub fn after(mut self, marker: UploadsMarker) -> Self {
        self.after = Some(marker);
        self
    }

    /// At most so many uploads on the page; 1,000 by default and at most.
    #[must_use]
    pub fn max_uploads(mut self, uploads: u32) -> Self {
        self.max = Some(uploads);
        self
    }
}

impl Operation for ListMultipartUploads {
    type Output = UploadsPage;

    fn name(&self) -> &'static str {
        "ListMultipartUploads"
    }
    fn cost_class(&self) -> CostClass {
        CostClass::A
    }
    fn safety(&self) -> Safety {
        Safety::Repeatable
    }
    fn target(&self) -> Target<'_> {
        Target::Bucket(&self.bucket)
    }
    fn request(&self) -> Result<RequestParts, Error> {
        let after = self.after.as_ref();
        Ok(RequestParts::new(Method::GET)
            .flag("uploads")
            .param_opt("prefix", self.prefix.as_ref())
            .param_opt("delimiter", self.delimiter.as_ref())
            .param_opt("key-marker", after.map(|marker| &marker.key))
            .param_opt("upload-id-marker", after.and_then(|marker| marker.upload_id.as_ref()))
            .param_opt("max-uploads", self.max)
            // XML cannot carry every key
            .param("encoding-type", "url"))
    }
    fn decode(&self, reply: Reply) -> Result<UploadsPage, Error> {
        let page: ListMultipartUploadsResult = reply.document()?;
        let page = page.decode_url().map_err(|error| {
            reply.unexpected("a listed key is not encoded as announced").with_source(error)
        })?;
        let next = page.next_page().map(|(key, upload_id)| UploadsMarker {
            key: key.to_owned(),
            upload_id: upload_id.map(str::to_owned),
        });
        // a page that leads back to itself would be asked for without end
        if next.is_some() && next == self.after {
            return Err(reply.unexpected("the list of uploads does not go on where it ended"));
        }
        let uploads = page.uploads.into_iter().map(|upload| {
            let key = ObjectKey::new(upload.key)
                .map_err(|error| reply.unexpected("a listed key is not one").with_source(error))?;
            Ok(UnfinishedUpload {
                key,
                upload_id: upload.upload_id,
                initiated: upload.initiated.map(LastModified::from),
                storage_class: StorageClass::from(upload.storage_class.as_deref().unwrap_or("")),
            })
        });
        Ok(UploadsPage {
            uploads: uploads.collect::<Result<_, Error>>()?,
            common_prefixes: page.common_prefixes,
            next,
        })
    }
}
