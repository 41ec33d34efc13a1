//! The client's side of TLS.

use std::fmt;
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;

use crate::wire::{Metered, Socket};
use crate::{BoxError, ErrorKind, TransportError};

/// TLS 1.2 and up, with SNI and ALPN `http/1.1`. The trust roots are read at the first use.
pub(super) struct Tls {
    provider: Arc<CryptoProvider>,
    system_roots: bool,
    added_roots: Vec<CertificateDer<'static>>,
    connector: OnceCell<TlsConnector>,
}

impl Tls {
    /// # Errors
    ///
    /// `Tls` if one of the PEM texts holds no certificate.
    pub(super) fn new(
        provider: Option<Arc<CryptoProvider>>,
        system_roots: bool,
        pems: &[Vec<u8>],
    ) -> Result<Self, TransportError> {
        let mut added_roots = Vec::new();
        for pem in pems {
            added_roots.extend(certificates(pem).map_err(bad_root)?);
        }
        let provider =
            provider.unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
        Ok(Self { provider, system_roots, added_roots, connector: OnceCell::new() })
    }

    /// Speaks TLS on a stream, with the peer that can prove to be `host`.
    pub(super) async fn wrap(&self, stream: Metered, host: &str) -> Result<Socket, TransportError> {
        let failed =
            |error: BoxError| TransportError::new(ErrorKind::Tls, error).at(host.to_owned());
        let connector = self.connector.get_or_try_init(|| self.connector()).await?;
        let name = ServerName::try_from(host.to_owned()).map_err(|error| failed(error.into()))?;
        let stream = connector.connect(name, stream).await.map_err(|error| {
            // a connection that broke in the middle says nothing about certificates and protocols
            match error.get_ref().is_some_and(|cause| cause.is::<rustls::Error>()) {
                true => failed(error.into()),
                false => TransportError::new(ErrorKind::Connect, error).at(host.to_owned()),
            }
        })?;
        Ok(Socket::Tls(Box::new(stream.into())))
    }

    async fn connector(&self) -> Result<TlsConnector, TransportError> {
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| TransportError::new(ErrorKind::Tls, error).at("crypto provider"))?
            .with_root_certificates(self.roots().await?)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsConnector::from(Arc::new(config)))
    }

    async fn roots(&self) -> Result<RootCertStore, TransportError> {
        let mut roots = RootCertStore::empty();
        for root in &self.added_roots {
            roots.add(root.clone()).map_err(|error| bad_root(error.into()))?;
        }
        let mut trouble = None;
        if self.system_roots {
            let found =
                tokio::task::spawn_blocking(rustls_native_certs::load_native_certs)
                    .await
                    .map_err(|error| TransportError::new(ErrorKind::Shutdown, error).unsent())?;
            // A store may hold certificates that rustls does not understand, and still be good.
            roots.add_parsable_certificates(found.certs);
            trouble = found.errors.into_iter().next();
        }
        if roots.is_empty() {
            let why = trouble.map_or_else(|| "there are none".into(), BoxError::from);
            return Err(TransportError::new(ErrorKind::Tls, why).at("trust roots of the system"));
        }
        Ok(roots)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("system_roots", &self.system_roots)
            .field("added_roots", &self.added_roots.len())
            .finish_non_exhaustive()
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, BoxError> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>()?;
    if found.is_empty() {
        return Err("no certificate in the pem text".into());
    }
    // Parsed here and thrown away, so that a bad one is refused when the client is built.
    let mut roots = RootCertStore::empty();
    for certificate in &found {
        roots.add(certificate.clone())?;
    }
    Ok(found)
}

fn bad_root(error: BoxError) -> TransportError {
    TransportError::new(ErrorKind::Tls, error).at("added trust root")
}
