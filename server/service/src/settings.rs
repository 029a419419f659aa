//! What the services need to know of the configuration. Read once at start by `server::config`.

use std::path::PathBuf;

use contract::access::Role;

use crate::reference::Document;

/// Settings the services use.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Organisation name shown beside the brand.
    pub organisation: String,
    /// Public base URL without a trailing slash, e.g. `https://rollcall.example.com`.
    pub public_url: String,
    /// Where signing keys live (`{data_dir}/keys`), files of mode 0600.
    pub key_dir: PathBuf,
    /// Key of sources' secrets, where the configuration gives it; else it is a file there.
    pub sources_key: Option<Key>,
    /// The same of destinations' secrets.
    pub destinations_key: Option<Key>,
    /// Whether the demo organisation is served: the sign-in page then offers personas.
    pub demo: bool,
    /// Name of the identity provider, where one is configured.
    pub provider: Option<String>,
    /// Which group of the identity provider gives which role.
    pub role_groups: Vec<(Role, String)>,
    /// Which group makes somebody a member of which team, by slug.
    pub team_groups: Vec<(String, String)>,
    /// Longest file taken for import by page, in bytes.
    pub import_bytes: u64,
    /// Networks inside that destinations may be in.
    pub outbound: Vec<String>,
    /// Certificates (DER) of authorities that are believed beside the wide internet's, for destinations inside.
    pub authorities: Vec<Vec<u8>>,
    /// The OpenAPI document of the JSON API.
    pub openapi: Document,
    /// Where messages go.
    pub outlets: Outlets,
    /// Whole months events are kept where their source has no setting of its own; absent: for good.
    pub keep_months: Option<u32>,
    /// Where the head of the record is written outside.
    pub anchors: Anchors,
    /// Places of a feed that one statement looks through for the rows of a filter ([`crate::feed::PLACES`]).
    pub feed_places: i64,
    /// How much detection does at once.
    pub detection: crate::detect::Pace,
}

/// A key of the installation; never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// Reads 64 hexadecimal digits, as key files hold them.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = hex::decode(text.trim()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The key itself, for what is made with it.
    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(key)")
    }
}

/// Where the head of the record is written outside, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchors {
    /// A file it is appended to.
    pub file: Option<PathBuf>,
    /// A Git work tree it is committed to.
    pub git: Option<PathBuf>,
    /// Whether it is posted to the webhook.
    pub webhook: bool,
    /// Hours between two.
    pub hours: i64,
}

impl Default for Anchors {
    fn default() -> Self {
        Self {
            file: None,
            git: None,
            webhook: false,
            hours: 24,
        }
    }
}

/// Where messages go. Addresses may hold passwords: they are never shown.
#[derive(Clone, Default)]
pub struct Outlets {
    /// `smtp://` or `smtps://` address of the mail server.
    pub smtp_url: Option<String>,
    /// Who mail is from: `Rollcall <rollcall@example.com>`.
    pub from: String,
    /// Address of the webhook.
    pub webhook_url: Option<String>,
    /// Secret its calls are signed with.
    pub webhook_secret: String,
}

impl std::fmt::Debug for Outlets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outlets")
            .field("smtp", &self.smtp_url.is_some())
            .field("webhook", &self.webhook_url.is_some())
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// Whether messages also go to a webhook.
    pub const fn has_webhook(&self) -> bool {
        self.outlets.webhook_url.is_some()
    }

    /// Settings for tests: a demo at `http://127.0.0.1` with keys under the given folder.
    pub fn for_tests(key_dir: PathBuf) -> Self {
        Self {
            organisation: "Acme".to_owned(),
            public_url: "http://127.0.0.1:3000".to_owned(),
            key_dir,
            sources_key: None,
            destinations_key: None,
            demo: true,
            provider: None,
            role_groups: Role::ALL
                .iter()
                .map(|role| (*role, role.to_string()))
                .collect(),
            team_groups: Vec::new(),
            import_bytes: 64 * 1024 * 1024,
            outbound: Vec::new(),
            authorities: Vec::new(),
            openapi: "{}".to_owned().into(),
            outlets: Outlets::default(),
            keep_months: None,
            anchors: Anchors::default(),
            feed_places: crate::feed::PLACES,
            detection: crate::detect::Pace::default(),
        }
    }
}
