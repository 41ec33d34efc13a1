//! The server's side of TLS.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::{ErrorKind, TransportError};

/// HTTP/1.1 over TLS 1.2 and up, with this chain and key.
pub(super) fn server_config(
    certificates: &[u8],
    key: &[u8],
) -> Result<ServerConfig, TransportError> {
    let chain = CertificateDer::pem_slice_iter(certificates)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|e| TransportError::new(ErrorKind::Tls, e).at("certificate chain"))?;
    if chain.is_empty() {
        return Err(TransportError::new(ErrorKind::Tls, "no certificate in the pem text"));
    }
    let key = PrivateKeyDer::from_pem_slice(key)
        .map_err(|e| TransportError::new(ErrorKind::Tls, e).at("private key"))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|e| TransportError::new(ErrorKind::Tls, e).at("certificate chain and key"))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}
