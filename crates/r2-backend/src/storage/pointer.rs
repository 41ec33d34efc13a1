//! Pointers to a back end are back ends.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use r2_objects::{ObjectKey, PresignedRequest};
use r2_transport::{Body, BoxFuture};

use super::{
    Capabilities, CopyOptions, Fetched, GetOptions, HeadOptions, ListOptions, ObjectMeta, Page,
    PageToken, PartsUpload, PresignMethod, PutOptions, StorageBackend, StorageError, Stored,
};

macro_rules! pointer {
    ($pointer:ident) => {
        impl<B: StorageBackend + ?Sized> StorageBackend for $pointer<B> {
            fn name(&self) -> Arc<str> {
                (**self).name()
            }

            fn capabilities(&self) -> Capabilities {
                (**self).capabilities()
            }

            fn put<'a>(
                &'a self,
                key: &'a ObjectKey,
                content: Body,
                options: PutOptions,
            ) -> BoxFuture<'a, Result<Stored, StorageError>> {
                (**self).put(key, content, options)
            }

            fn get<'a>(
                &'a self,
                key: &'a ObjectKey,
                options: GetOptions,
            ) -> BoxFuture<'a, Result<Fetched, StorageError>> {
                (**self).get(key, options)
            }

            fn head<'a>(
                &'a self,
                key: &'a ObjectKey,
                options: HeadOptions,
            ) -> BoxFuture<'a, Result<ObjectMeta, StorageError>> {
                (**self).head(key, options)
            }

            fn list_page<'a>(
                &'a self,
                options: &'a ListOptions,
                token: Option<&'a PageToken>,
            ) -> BoxFuture<'a, Result<Page, StorageError>> {
                (**self).list_page(options, token)
            }

            fn copy<'a>(
                &'a self,
                from: &'a ObjectKey,
                to: &'a ObjectKey,
                options: CopyOptions,
            ) -> BoxFuture<'a, Result<Stored, StorageError>> {
                (**self).copy(from, to, options)
            }

            fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>> {
                (**self).delete(key)
            }

            fn get_url(&self, key: &ObjectKey) -> Result<String, StorageError> {
                (**self).get_url(key)
            }

            fn presign(
                &self,
                method: PresignMethod,
                key: &ObjectKey,
                expires_in: Duration,
            ) -> Result<PresignedRequest, StorageError> {
                (**self).presign(method, key, expires_in)
            }

            fn upload_file<'a>(
                &'a self,
                key: &'a ObjectKey,
                path: &'a Path,
                options: PutOptions,
            ) -> BoxFuture<'a, Result<Stored, StorageError>> {
                (**self).upload_file(key, path, options)
            }

            fn delete_many<'a>(
                &'a self,
                keys: Vec<ObjectKey>,
            ) -> BoxFuture<'a, Result<Vec<(ObjectKey, StorageError)>, StorageError>> {
                (**self).delete_many(keys)
            }

            fn own_parts<'a>(
                &'a self,
                key: &'a ObjectKey,
                options: PutOptions,
            ) -> BoxFuture<'a, Result<Option<Box<dyn PartsUpload>>, StorageError>> {
                (**self).own_parts(key, options)
            }
        }
    };
}

pointer!(Arc);
pointer!(Box);
