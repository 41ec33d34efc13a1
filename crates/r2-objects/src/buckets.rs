//! Buckets: the calls by name.

use futures_core::Stream;
use r2_xml::{CorsConfiguration, LifecycleConfiguration, ServerSideEncryptionConfiguration};

use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::named::IntoBucketName;
use crate::names::BucketName;
use crate::ops::{
    BucketConfiguration, CreateBucket, CreatedBucket, DeleteBucket, DeleteConfiguration,
    GetBucketLocation, GetConfiguration, HeadBucket, ListBuckets, ListedBucket, PutConfiguration,
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
    pub async fn create(self, bucket: impl IntoBucketName) -> Result<CreatedBucket, Error> {
        self.client.send(CreateBucket::new(bucket.into_bucket_name()?)).await
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
    pub async fn exists(self, bucket: impl IntoBucketName) -> Result<bool, Error> {
        match self.client.send(HeadBucket::new(bucket.into_bucket_name()?)).await {
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
    pub async fn delete(self, bucket: impl IntoBucketName) -> Result<(), Error> {
        self.client.send(DeleteBucket::new(bucket.into_bucket_name()?)).await
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
    pub async fn location(self, bucket: impl IntoBucketName) -> Result<String, Error> {
        self.client.send(GetBucketLocation::new(bucket.into_bucket_name()?)).await
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
    pub async fn cors(
        self,
        bucket: impl IntoBucketName,
    ) -> Result<Option<CorsConfiguration>, Error> {
        self.configuration(bucket.into_bucket_name()?).await
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
    pub async fn set_cors(
        self,
        bucket: impl IntoBucketName,
        rules: impl Into<Option<CorsConfiguration>>,
    ) -> Result<(), Error> {
        self.configure(bucket.into_bucket_name()?, rules.into()).await
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
    pub async fn lifecycle(
        self,
        bucket: impl IntoBucketName,
    ) -> Result<Option<LifecycleConfiguration>, Error> {
        self.configuration(bucket.into_bucket_name()?).await
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
    pub async fn set_lifecycle(
        self,
        bucket: impl IntoBucketName,
        rules: impl Into<Option<LifecycleConfiguration>>,
    ) -> Result<(), Error> {
        self.configure(bucket.into_bucket_name()?, rules.into()).await
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
    pub async fn encryption(
        self,
        bucket: impl IntoBucketName,
    ) -> Result<Option<ServerSideEncryptionConfiguration>, Error> {
        self.configuration(bucket.into_bucket_name()?).await
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
    pub async fn set_encryption(
        self,
        bucket: impl IntoBucketName,
        encryption: impl Into<Option<ServerSideEncryptionConfiguration>>,
    ) -> Result<(), Error> {
        self.configure(bucket.into_bucket_name()?, encryption.into()).await
    }

    /// None configured is an answer.
    async fn configuration<D: BucketConfiguration>(
        self,
        bucket: BucketName,
    ) -> Result<Option<D>, Error> {
        match self.client.send(GetConfiguration::new(bucket)).await {
            Ok(configuration) => Ok(Some(configuration)),
            Err(error) if error.kind() == ErrorKind::NoSuchConfiguration => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn configure<D: BucketConfiguration>(
        self,
        bucket: BucketName,
        configuration: Option<D>,
    ) -> Result<(), Error> {
        match configuration {
            Some(document) => self.client.send(PutConfiguration::new(bucket, document)).await,
            None => self.client.send(DeleteConfiguration::<D>::new(bucket)).await,
        }
    }
}
