//! The configuration as the rest of the server reads it.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use contract::access::Role;

/// A text that is never shown: not in logs, not in errors, not by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret itself, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Database address; `None` means the private cluster.
    pub database_url: Option<Secret>,
    /// Most connections one process opens.
    pub database_connections: u32,
    /// Folder of the private cluster and the signing keys.
    pub data_dir: PathBuf,
    /// Organisation name.
    pub organisation: String,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Address people type.
    pub public_url: PublicUrl,
    /// Folder of the built browser files.
    pub site_dir: PathBuf,
    /// Identity provider, where one is configured.
    pub oidc: Option<OidcConfig>,
    /// How long sessions last.
    pub session: SessionConfig,
    /// Request limits.
    pub limits: Limits,
    /// Networks inside that destinations may be in.
    pub outbound: Vec<String>,
    /// Key of sources' secrets, where it is no file of the data directory.
    pub sources_key: Option<service::settings::Key>,
    /// The same of destinations' secrets.
    pub destinations_key: Option<service::settings::Key>,
    /// Whose word on client certificates is taken.
    pub certificates: Certificates,
    /// Where messages go.
    pub outlets: service::settings::Outlets,
    /// Whole months events are kept where their source has no setting of its own; `None` means for good.
    pub keep_months: Option<u32>,
    /// Where the head of the record is written outside.
    pub anchors: service::settings::Anchors,
    /// Certificates (DER) of authorities destinations may show beside the wide internet's.
    pub authorities: Vec<Vec<u8>>,
    /// Log lines as text or JSON.
    pub log_format: LogFormat,
    /// What is logged.
    pub log_filter: String,
}

/// Whose word on client certificates is taken: TLS ends at the proxy in front.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Certificates {
    /// Header a proxy passes the certificate's subject or fingerprint on in, lower case; none: no certificates.
    pub header: Option<String>,
    /// Networks of the proxies.
    pub proxies: Vec<String>,
}

impl Config {
    /// Whether the listener can only be reached from this machine.
    pub const fn is_loopback(&self) -> bool {
        match self.listen.ip() {
            IpAddr::V4(ip) => ip.is_loopback(),
            IpAddr::V6(ip) => ip.is_loopback(),
        }
    }
}

/// An absolute `http` or `https` address without path, e.g. `https://rollcall.example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    /// Whether people come over TLS.
    pub tls: bool,
    /// Host, and port where it is not the scheme's own.
    pub authority: String,
}

impl PublicUrl {
    /// The origin as browsers write it, without a trailing slash.
    pub fn origin(&self) -> String {
        format!(
            "{}://{}",
            if self.tls { "https" } else { "http" },
            self.authority
        )
    }

    /// Host name without port.
    pub fn host(&self) -> &str {
        match self.authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => &self.authority,
        }
    }
}

/// How people sign in.
#[derive(Debug, Clone)]
pub struct OidcConfig {
    /// Issuer address.
    pub issuer: String,
    /// Client id.
    pub client_id: String,
    /// Client secret, for confidential clients.
    pub client_secret: Option<Secret>,
    /// Name on the sign-in button.
    pub name: String,
    /// Scopes asked for.
    pub scopes: Vec<String>,
    /// Claim that lists groups.
    pub groups_claim: String,
    /// Role and the group that gives it.
    pub role_groups: Vec<(Role, String)>,
    /// Team slug and the group that makes a member of it.
    pub team_groups: Vec<(String, String)>,
}

/// How long sessions last.
#[derive(Debug, Clone, Copy)]
pub struct SessionConfig {
    /// Without a request.
    pub idle: Duration,
    /// After sign-in in any case.
    pub absolute: Duration,
}

/// Request limits.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time for one request.
    pub request: Duration,
    /// Largest form or JSON body, in bytes.
    pub form_bytes: usize,
    /// Largest ingest body as sent, in bytes.
    pub ingest_bytes: usize,
    /// Largest ingest body after decompression, in bytes.
    pub ingest_unpacked_bytes: usize,
    /// Largest file taken for import by page, in bytes.
    pub import_bytes: usize,
    /// Requests a token may make in a minute.
    pub api_per_minute: u32,
}

/// Log lines as text or JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For collectors.
    Json,
}
