//! Buckets: the calls by name.

use futures_core::Stream;
use r2_xml::{CorsConfiguration, LifecycleConfiguration, ServerSideEncryptionConfiguration};

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::names::BucketName;
use crate::objects::named;
use crate::ops::{
    CreateBucket, CreatedBucket, DeleteBucket, DeleteBucketCors, DeleteBucketEncryption,
    DeleteBucketLifecycle, GetBucketCors, GetBucketEncryption, GetBucketLifecycleConfiguration,
    GetBucketLocation, HeadBucket, ListBuckets, ListedBucket, PutBucketCors, PutBucketEncryption,
    PutBucketLifecycleConfiguration,
};
use crate::paging;

/// Calls on buckets. Names may be given as text; [`Client::send`] takes the operations themselves,
/// with all their options.
///
/// ```
/// # use r2_objects::{Client, ErrorKind};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), r2_objects::Error> {
/// # let local = r2_sim::Emulator::memory();
/// # let client = Client::builder().endpoint("http://r2.local").transport(local).build()?;
/// let buckets = client.buckets();
/// buckets.create("photos").await?;
/// assert!(buckets.exists("photos").await?);
/// assert_eq!(buckets.create("photos").await.unwrap_err().kind(), ErrorKind::BucketExists);
/// buckets.delete("photos").await?;
/// assert!(!buckets.exists("photos").await?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Buckets<'a> {
    client: &'a Client,
}

impl<'a> Buckets<'a> {
    pub(crate) fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// Creates a bucket.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; one that exists is [`ErrorKind::BucketExists`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::send`].
    pub async fn create<B>(self, bucket: B) -> Result<CreatedBucket, Error>
    where
        B: TryInto<BucketName>,
        Error: From<B::Error>,
    {
        self.client.send(CreateBucket::new(named(bucket)?)).await
    }

    /// Does the bucket exist, in this jurisdiction?
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    pub async fn exists<B>(self, bucket: B) -> Result<bool, Error>
    where
        B: TryInto<BucketName>,
        Error: From<B::Error>,
    {
        match self.client.send(HeadBucket::new(named(bucket)?)).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Deletes an empty bucket.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; one that is not empty is [`ErrorKind::BucketNotEmpty`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::send`].
    pub async fn delete<B>(self, bucket: B) -> Result<(), Error>
    where
        B: TryInto<BucketName>,
        Error: From<B::Error>,
    {
        self.client.send(DeleteBucket::new(named(bucket)?)).await
    }

    /// Lists all buckets that the operation asks for, page by page as the stream is read.
    pub fn list(
        self,
        list: ListBuckets,
    ) -> impl Stream<Item = Result<ListedBucket, Error>> + Send + 'static + use<> {
        paging::buckets(self.client.clone(), list)
    }

    /// Asks where a bucket lies.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    pub async fn location<B>(self, bucket: B) -> Result<String, Error>
    where
        B: TryInto<BucketName>,
        Error: From<B::Error>,
    {
        self.client.send(GetBucketLocation::new(named(bucket)?)).await
    }

    /// The CORS rules, if there are any.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    pub async fn cors<B>(self, bucket: B) -> Result<Option<CorsConfiguration>, Error>
    where
        B: TryInto<BucketName>,
        Error: From<B::Error>,
    {
        configured(self.client.send(GetBucketCors::new(named(bucket)?)).await)
    }

    /// Replaces the CORS rules; `None` removes them.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; [`ErrorKind::InvalidInput`] for rules that R2 would refuse.
    ///
    /// # Cancel safety
    ///
    /// As [`Client::send`].
    pub async fn set_cors<B>(
        self,
        bucket: B,
        rules: impl Into<Option<CorsConfiguration>>,
    ) -> Result<(), Error>
    where
        B: TryInto<BucketName>,
        Error: From<B::Error>,
    {
        let bucket = named(bucket)?;
        match rules.into() {
            Some(rules) => self.client.send(PutBucketCors::new(bucket, rules)).await,
            None => self.client.send(DeleteBucketCors::new(bucket)).await,
        }
    }

    /// The lifecycle rules, if there are any.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    pub async fn lifecycle<B>(self, bucket: B) -> Result<Option<LifecycleConfiguration>, Error>
    where
        B: TryInto<BucketName>,
        Error: From<B::Error>,
    {
        configured(self.client.send(GetBucketLifecycleConfiguration::new(named(bucket)?)).await)
    }

    /// Replaces the lifecycle rules, that of unfinished uploads included; `None` removes them.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]; [`ErrorKind::InvalidInput`] for rules that R2 would refuse.
    ///
    /// # Cancel safety
    ///
    /// As [`Client::send`].
    pub async fn set_lifecycle<B>(
        self,
        bucket: B,
        rules: impl Into<Option<LifecycleConfiguration>>,
    ) -> Result<(), Error>
    where
        B: TryInto<BucketName>,
        Error: From<B::Error>,
    {
        let bucket = named(bucket)?;
        match rules.into() {
            Some(rules) => {
                self.client.send(PutBucketLifecycleConfiguration::new(bucket, rules)).await
            }
            None => self.client.send(DeleteBucketLifecycle::new(bucket)).await,
        }
    }

    /// How the server encrypts, if it says.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    ///
    /// # Cancel safety
    ///
    /// Nothing is changed.
    pub async fn encryption<B>(
        self,
        bucket: B,
    ) -> Result<Option<ServerSideEncryptionConfiguration>, Error>
    where
        B: TryInto<BucketName>,
        Error: From<B::Error>,
    {
        configured(self.client.send(GetBucketEncryption::new(named(bucket)?)).await)
    }

    /// Sets how the server encrypts; `None` returns to the service's own way.
    ///
    /// # Errors
    ///
    /// As [`Client::send`]. R2 knows AES256 only, and may answer
    /// [`ErrorKind::NotImplemented`].
    ///
    /// # Cancel safety
    ///
    /// As [`Client::send`].
    pub async fn set_encryption<B>(
        self,
        bucket: B,
        encryption: impl Into<Option<ServerSideEncryptionConfiguration>>,
    ) -> Result<(), Error>
    where
        B: TryInto<BucketName>,
        Error: From<B::Error>,
    {
        let bucket = named(bucket)?;
        match encryption.into() {
            Some(encryption) => {
                self.client.send(PutBucketEncryption::new(bucket, encryption)).await
            }
            None => self.client.send(DeleteBucketEncryption::new(bucket)).await,
        }
    }
}

/// None configured is an answer.
fn configured<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(configuration) => Ok(Some(configuration)),
        Err(error) if error.kind() == ErrorKind::NoSuchConfiguration => Ok(None),
        Err(error) => Err(error),
    }
}
