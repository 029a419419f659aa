//! What leaves the house towards destinations: HTTP, TCP and files.
//!
//! Addresses are typed by people, and this process stands inside: whatever leads inside (loopback, private and link-local
//! networks, metadata services) is refused unless the configuration allows the network. A name is looked up once, judged,
//! and connected to at the address that was judged, so that a name that changes leads nowhere else; redirects are not
//! followed, so that none leads inside.

use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::network;
use reqwest::{Client, Method, Url, redirect};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use service::Settings;
use service::ports::{Carried, Carrier, Reply};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Time for a receiver to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of an answer that are read.
const READ: usize = 4 << 20;

/// Carries, within what is allowed.
pub struct Outbound {
    allowed: Vec<String>,
    authorities: Vec<Vec<u8>>,
    exports: PathBuf,
    patience: Duration,
}

impl Outbound {
    /// Within what the settings allow.
    pub fn new(settings: &Settings) -> Self {
        Self {
            allowed: settings.outbound.clone(),
            authorities: settings.authorities.clone(),
            exports: settings
                .key_dir
                .parent()
                .unwrap_or(Path::new("."))
                .join("exports"),
            patience: PATIENCE,
        }
    }

    /// With another time for a receiver to answer.
    #[must_use]
    pub fn patient(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The address of a name, when every address it has may be connected to.
    async fn look_up(&self, host: &str, port: u16) -> Result<SocketAddr, String> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let found: Vec<SocketAddr> = tokio::net::lookup_host((bare, port))
            .await
            .map_err(|error| format!("{host} is not found: {error}"))?
            .collect();
        match found.iter().find(|address| !self.may(address.ip())) {
            Some(inside) => Err(format!(
                "{host} leads to {}, which is inside; ROLLCALL_OUTBOUND_ALLOW may allow its network",
                inside.ip()
            )),
            None => found
                .first()
                .copied()
                .ok_or_else(|| format!("{host} has no address")),
        }
    }

    fn may(&self, address: IpAddr) -> bool {
        let allowed = !self.allowed.is_empty() && network::admits(&self.allowed, Some(address));
        allowed || network::is_public(address)
    }

    async fn send(
        &self,
        method: Method,
        url: &str,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Result<Reply, String> {
        let url: Url = url
            .parse()
            .map_err(|_| "the address cannot be read".to_owned())?;
        let host = url.host_str().ok_or("the address has no host")?.to_owned();
        let port = url
            .port_or_known_default()
            .ok_or("the address has no port")?;
        let address = self.look_up(&host, port).await?;
        let mut builder = Client::builder();
        for authority in &self.authorities {
            let authority = reqwest::Certificate::from_der(authority);
            builder = builder.add_root_certificate(authority.map_err(|error| said(&error))?);
        }
        let client = builder
            .redirect(redirect::Policy::none())
            .resolve_to_addrs(&host, &[address])
            .no_proxy()
            .timeout(self.patience)
            .build()
            .map_err(|error| said(&error))?;
        let request = headers.into_iter().fold(
            client.request(method, url).body(body),
            |request, (name, value)| request.header(name, value),
        );
        let mut answer = request.send().await.map_err(|error| said(&error))?;
        let retry_after = answer
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let status = answer.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| said(&error))? {
            body.extend_from_slice(&chunk);
            if body.len() > READ {
                return Err("the answer is longer than anybody reads".to_owned());
            }
        }
        Ok(Reply {
            status,
            retry_after,
            body,
        })
    }

    async fn write(&self, address: &str, body: Vec<u8>) -> Result<(), String> {
        let (encrypted, bare) = match address.strip_prefix("tls://") {
            Some(bare) => (true, bare),
            None => (false, address),
        };
        let (host, port) = bare.rsplit_once(':').ok_or("the address has no port")?;
        let port = port
            .parse()
            .map_err(|_| "the port is no number".to_owned())?;
        let address = self.look_up(host, port).await?;
        let write = async {
            let stream = TcpStream::connect(address).await?;
            if !encrypted {
                return pour(stream, &body).await;
            }
            let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
                .map_err(std::io::Error::other)?;
            let connector = TlsConnector::from(Arc::new(self.tls()?));
            pour(connector.connect(name, stream).await?, &body).await
        };
        timeout(self.patience, write)
            .await
            .map_err(|_| "it took too long".to_owned())?
            .map_err(|error| error.to_string())
    }

    /// Whom TLS believes: the wide internet's authorities, and those the configuration names.
    fn tls(&self) -> std::io::Result<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        for authority in &self.authorities {
            let authority = CertificateDer::from(authority.clone());
            roots.add(authority).map_err(std::io::Error::other)?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(std::io::Error::other)?;
        Ok(config.with_root_certificates(roots).with_no_client_auth())
    }
}

/// Writes everything and waits for the receiver to close: one that read everything closes; one that went away resets, and
/// one that hangs keeps the line until the time is over. What these had not read is not taken for delivered.
async fn pour(mut stream: impl AsyncRead + AsyncWrite + Unpin, body: &[u8]) -> std::io::Result<()> {
    stream.write_all(body).await?;
    stream.shutdown().await?;
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest).await {
        // A receiver of TLS may close without saying so.
        Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// The innermost reason: what stands around it names only our own parts.
fn said(error: &dyn std::error::Error) -> String {
    let mut reason = error;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    reason.to_string()
}

/// Keeps a file whole or not at all. `name` may name folders.
fn keep(folder: &Path, name: &str, body: &[u8]) -> std::io::Result<()> {
    let whole = folder.join(name);
    let folder = whole.parent().unwrap_or(folder);
    std::fs::create_dir_all(folder)?;
    let begun = whole.with_extension("begun");
    let mut file = std::fs::File::create(&begun)?;
    file.write_all(body)?;
    file.sync_all()?;
    std::fs::rename(begun, &whole)?;
    std::fs::File::open(folder)?.sync_all()
}

impl Carrier for Outbound {
    fn post<'a>(
        &'a self,
        url: &'a str,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Carried<'a, Reply> {
        Box::pin(self.send(Method::POST, url, headers, body))
    }

    fn put<'a>(
        &'a self,
        url: &'a str,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Carried<'a, Reply> {
        Box::pin(self.send(Method::PUT, url, headers, body))
    }

    fn stream<'a>(&'a self, address: &'a str, body: Vec<u8>) -> Carried<'a, ()> {
        Box::pin(self.write(address, body))
    }

    fn file<'a>(&'a self, folder: &'a str, name: String, body: Vec<u8>) -> Carried<'a, ()> {
        let folder = self.exports.join(folder);
        Box::pin(async move {
            tokio::task::spawn_blocking(move || keep(&folder, &name, &body))
                .await
                .map_err(|error| error.to_string())?
                .map_err(|error| error.to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_leads_inside_is_refused_unless_it_is_allowed() {
        let outbound = |allowed: &[&str]| {
            let mut settings = Settings::for_tests(std::env::temp_dir());
            settings.outbound = allowed
                .iter()
                .map(|network| (*network).to_owned())
                .collect();
            Outbound::new(&settings)
        };
        for inside in [
            "127.0.0.1",
            "localhost",
            "169.254.169.254",
            "10.0.0.1",
            "[::1]",
            "0.0.0.0",
        ] {
            let url = format!("http://{inside}:9/");
            let refused = outbound(&[])
                .send(Method::POST, &url, Vec::new(), Vec::new())
                .await;
            assert!(
                refused.as_ref().is_err_and(|why| why.contains("inside")),
                "{inside}: {refused:?}"
            );
            let address = format!("tls://{inside}:9");
            let refused = outbound(&[]).write(&address, Vec::new()).await;
            assert!(
                refused.as_ref().is_err_and(|why| why.contains("inside")),
                "{inside}: {refused:?}"
            );
        }
        let allowed = outbound(&["127.0.0.0/8"])
            .send(Method::POST, "http://127.0.0.1:9/", Vec::new(), Vec::new())
            .await;
        assert!(
            allowed.is_err_and(|why| !why.contains("inside")),
            "nobody listens there"
        );
    }
}
