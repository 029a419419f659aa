//! From settings to [`Config`]: what is readable, what fits together.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use contract::access::Role;
use domain::event::retention::MONTHS;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use service::settings::Key;

use crate::cluster::default_data_dir;

use super::reader::Reader;
use super::types::{
    Certificates, Config, Limits, LogFormat, OidcConfig, PublicUrl, Secret, SessionConfig,
};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// Builds the configuration; `None` where a problem left nothing to build from.
pub(super) fn build(reader: &mut Reader<'_>) -> Option<Config> {
    let host: IpAddr = reader.parsed("server.host", "an IP address");
    let port: u16 = reader.parsed("server.port", "a port (0 to 65535)");
    let listen = SocketAddr::new(host, port);
    let public_url = public_url(reader, listen);
    Some(Config {
        database_url: database_url(reader),
        database_connections: reader.number("database.connections", 2..=500),
        data_dir: data_dir(reader),
        organisation: reader.text("organisation"),
        listen,
        oidc: oidc(reader),
        site_dir: PathBuf::from(reader.text("server.site_dir")),
        session: session(reader),
        limits: limits(reader),
        outbound: networks(reader, "outbound.allow"),
        sources_key: key(reader, "ingest.sources_key", "ingest.sources_key_file"),
        destinations_key: key(
            reader,
            "outbound.destinations_key",
            "outbound.destinations_key_file",
        ),
        certificates: certificates(reader),
        outlets: outlets(reader),
        anchors: anchors(reader),
        keep_months: keep_months(reader),
        authorities: authorities(reader),
        log_format: log_format(reader),
        log_filter: log_filter(reader),
        public_url: public_url?,
    })
}

/// The key that is given, or of the file that is named: one of both, or neither.
fn key(reader: &mut Reader<'_>, given: &'static str, named: &'static str) -> Option<Key> {
    let (setting, text) = match (reader.given(given), reader.given(named)) {
        (None, None) => return None,
        (Some(_), Some(_)) => {
            reader.wrong(named, "is one too many beside the key itself");
            return None;
        }
        (Some(text), None) => (given, text),
        (None, Some(path)) => match std::fs::read_to_string(&path) {
            Ok(text) => (named, text),
            Err(error) => {
                reader.wrong(named, format_args!("{path:?} cannot be read: {error}"));
                return None;
            }
        },
    };
    let key = Key::read(&text);
    if key.is_none() {
        reader.wrong(setting, "is not 64 hexadecimal digits");
    }
    key
}

fn certificates(reader: &mut Reader<'_>) -> Certificates {
    let header = reader
        .given("ingest.certificate_header")
        .map(|name| name.trim().to_ascii_lowercase());
    if header
        .as_ref()
        .is_some_and(|name| axum::http::HeaderName::from_bytes(name.as_bytes()).is_err())
    {
        reader.wrong("ingest.certificate_header", "is no name of a header");
    }
    let proxies = networks(reader, "ingest.trusted_proxies");
    if header.is_some() && proxies.is_empty() {
        reader.wrong(
            "ingest.trusted_proxies",
            "is needed: anybody could send the header",
        );
    }
    Certificates { header, proxies }
}

fn networks(reader: &mut Reader<'_>, key: &'static str) -> Vec<String> {
    let mut networks = Vec::new();
    for text in reader.list(key) {
        match domain::network::read(&text) {
            Some(network) => networks.push(network),
            None => reader.wrong(
                key,
                format_args!("{text:?} is no network such as 10.0.0.0/8"),
            ),
        }
    }
    networks
}

fn outlets(reader: &mut Reader<'_>) -> service::settings::Outlets {
    let smtp_url = reader.given("mail.smtp_url");
    if smtp_url
        .as_ref()
        .is_some_and(|url| !(url.starts_with("smtp://") || url.starts_with("smtps://")))
    {
        reader.wrong("mail.smtp_url", "must begin with smtp:// or smtps://");
    }
    let from = reader.given("mail.from").unwrap_or_default();
    if smtp_url.is_some() && from.is_empty() {
        reader.wrong("mail.from", "is needed beside a mail server");
    }
    let webhook_url = reader.given("webhook.url");
    let webhook_secret = reader.given("webhook.secret").unwrap_or_default();
    if webhook_url.is_some() && webhook_secret.is_empty() {
        reader.wrong("webhook.secret", "is needed: each call is signed with it");
    }
    service::settings::Outlets {
        smtp_url,
        from,
        webhook_url,
        webhook_secret,
    }
}

fn anchors(reader: &mut Reader<'_>) -> service::settings::Anchors {
    let webhook = reader.text("anchor.webhook") == "yes";
    if webhook && reader.given("webhook.url").is_none() {
        reader.wrong("anchor.webhook", "needs webhook.url");
    }
    service::settings::Anchors {
        file: reader.given("anchor.file").map(PathBuf::from),
        git: reader.given("anchor.git").map(PathBuf::from),
        webhook,
        hours: reader.number("anchor.hours", 1..=720),
    }
}

fn keep_months(reader: &mut Reader<'_>) -> Option<u32> {
    let text = reader.given("events.keep_months")?;
    let months = text.trim().parse().ok();
    let months = months.filter(|months| MONTHS.contains(months));
    if months.is_none() {
        let (least, most) = (MONTHS.start(), MONTHS.end());
        reader.wrong(
            "events.keep_months",
            format_args!("{text:?} is no number of months between {least} and {most}"),
        );
    }
    months
}

fn authorities(reader: &mut Reader<'_>) -> Vec<Vec<u8>> {
    let Some(path) = reader.given("outbound.authorities") else {
        return Vec::new();
    };
    let read: Result<Vec<_>, _> = CertificateDer::pem_file_iter(&path).and_then(Iterator::collect);
    match read {
        Ok(found) if !found.is_empty() => found.iter().map(|one| one.to_vec()).collect(),
        Ok(_) => {
            reader.wrong("outbound.authorities", "holds no certificate");
            Vec::new()
        }
        Err(error) => {
            reader.wrong(
                "outbound.authorities",
                format_args!("cannot be read: {error}"),
            );
            Vec::new()
        }
    }
}

fn data_dir(reader: &mut Reader<'_>) -> PathBuf {
    let folder = |name| reader.environment(name).map(PathBuf::from);
    let default = default_data_dir(
        folder("XDG_DATA_HOME").as_deref(),
        folder("HOME").as_deref(),
    );
    reader.given("data_dir").map_or(default, PathBuf::from)
}

fn database_url(reader: &mut Reader<'_>) -> Option<Secret> {
    let url = reader.given("database.url")?;
    if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
        reader.wrong("database.url", "must begin with postgres://");
    }
    Some(Secret::new(url))
}

fn public_url(reader: &mut Reader<'_>, listen: SocketAddr) -> Option<PublicUrl> {
    let Some(text) = reader.given("server.public_url") else {
        return Some(PublicUrl {
            tls: false,
            authority: listen.to_string(),
        });
    };
    let parsed = parse_public_url(&text);
    if parsed.is_none() {
        reader.wrong(
            "server.public_url",
            format_args!(
                "{text:?} is not of the form https://host or http://host:port, without a path"
            ),
        );
    }
    parsed
}

fn parse_public_url(text: &str) -> Option<PublicUrl> {
    let uri: http::Uri = text.trim_end_matches('/').parse().ok()?;
    let tls = match uri.scheme_str()? {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let authority = uri.authority()?;
    if uri.path() != "/" || uri.query().is_some() || authority.as_str().contains('@') {
        return None;
    }
    let own_port = if tls { 443 } else { 80 };
    let authority = match authority.port_u16() {
        Some(port) if port != own_port => authority.as_str().to_ascii_lowercase(),
        _ => authority.host().to_ascii_lowercase(),
    };
    Some(PublicUrl { tls, authority })
}

fn oidc(reader: &mut Reader<'_>) -> Option<OidcConfig> {
    let issuer = reader.given("oidc.issuer");
    let client_id = reader.given("oidc.client_id");
    let role_groups = role_groups(reader);
    let (issuer, client_id) = match (issuer, client_id) {
        (Some(issuer), Some(client_id)) => (issuer, client_id),
        (None, None) => return None,
        (Some(_), None) => {
            reader.wrong("oidc.client_id", "is needed beside an issuer");
            return None;
        }
        (None, Some(_)) => {
            reader.wrong("oidc.issuer", "is needed beside a client id");
            return None;
        }
    };
    check_issuer(reader, &issuer);
    if role_groups.is_empty() {
        reader.wrong(
            "oidc.role_groups",
            "name at least one group that gives a role, or nobody can sign in",
        );
    }
    let scopes = reader.list("oidc.scopes");
    if !scopes.iter().any(|scope| scope == "openid") {
        reader.wrong("oidc.scopes", "must include openid");
    }
    Some(OidcConfig {
        issuer,
        client_id,
        client_secret: reader.given("oidc.client_secret").map(Secret::new),
        name: reader.text("oidc.name"),
        scopes,
        groups_claim: reader.text("oidc.groups_claim"),
        role_groups,
        team_groups: reader.pairs("oidc.team_groups"),
    })
}

/// The provider's tokens say who somebody is: they may not travel in the clear beyond this machine.
fn check_issuer(reader: &mut Reader<'_>, issuer: &str) {
    let readable = issuer.parse::<http::Uri>().ok();
    let host = readable
        .as_ref()
        .and_then(http::Uri::host)
        .unwrap_or_default();
    let loopback = host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    match readable.as_ref().and_then(http::Uri::scheme_str) {
        Some("https") => {}
        Some("http") if loopback => {}
        Some("http") => reader.wrong(
            "oidc.issuer",
            "must be https:// unless it is on this machine",
        ),
        _ => reader.wrong("oidc.issuer", format_args!("{issuer:?} is not an address")),
    }
}

fn role_groups(reader: &mut Reader<'_>) -> Vec<(Role, String)> {
    let mut groups = Vec::new();
    for (word, group) in reader.pairs("oidc.role_groups") {
        match word.parse() {
            Ok(role) => groups.push((role, group)),
            Err(_) => reader.wrong(
                "oidc.role_groups",
                format_args!("{word:?} is not a role (admin, security, owner, auditor)"),
            ),
        }
    }
    groups
}

fn session(reader: &mut Reader<'_>) -> SessionConfig {
    let session = SessionConfig {
        idle: Duration::from_secs(reader.number("session.idle_minutes", 5..=1440) * MINUTE),
        absolute: Duration::from_secs(reader.number("session.absolute_hours", 1..=168) * HOUR),
    };
    if session.idle > session.absolute {
        reader.wrong("session.idle_minutes", "is longer than the session itself");
    }
    session
}

fn limits(reader: &mut Reader<'_>) -> Limits {
    let limits = Limits {
        request: Duration::from_secs(reader.number("limits.request_seconds", 1..=600)),
        form_bytes: reader.number("limits.form_kib", 16..=65536) * KIB,
        ingest_bytes: reader.number("limits.ingest_mib", 1..=256) * MIB,
        ingest_unpacked_bytes: reader.number("limits.ingest_unpacked_mib", 1..=2048) * MIB,
        import_bytes: reader.number("limits.import_mib", 1..=256) * MIB,
        api_per_minute: reader.number("limits.api_per_minute", 1..=1_000_000),
    };
    if limits.ingest_unpacked_bytes < limits.ingest_bytes {
        reader.wrong(
            "limits.ingest_unpacked_mib",
            "is smaller than the body as sent",
        );
    }
    limits
}

fn log_format(reader: &mut Reader<'_>) -> LogFormat {
    match reader.text("log.format").as_str() {
        "text" => LogFormat::Text,
        "json" => LogFormat::Json,
        other => {
            reader.wrong(
                "log.format",
                format_args!("{other:?} is neither text nor json"),
            );
            LogFormat::Text
        }
    }
}

fn log_filter(reader: &mut Reader<'_>) -> String {
    let filter = reader.text("log.filter");
    if let Err(error) = filter.parse::<tracing_subscriber::filter::Targets>() {
        reader.wrong(
            "log.filter",
            format_args!("{filter:?} cannot be read: {error}"),
        );
    }
    filter
}
