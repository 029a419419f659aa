//! Every setting on one screen. The README's reference is generated from here.

use std::fmt::Write as _;

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Where it stands in the TOML file, e.g. `oidc.issuer`.
    pub key: &'static str,
    /// Environment variable.
    pub env: &'static str,
    /// Default as a person reads it; empty when there is none.
    pub default: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// Whether it is a secret: never shown.
    pub secret: bool,
}

const fn setting(
    key: &'static str,
    env: &'static str,
    default: &'static str,
    doc: &'static str,
) -> Setting {
    Setting {
        key,
        env,
        default,
        doc,
        secret: false,
    }
}

const fn secret(key: &'static str, env: &'static str, doc: &'static str) -> Setting {
    Setting {
        key,
        env,
        default: "",
        doc,
        secret: true,
    }
}

/// The organisation's name where none is configured.
pub const UNNAMED: &str = "Your organisation";

/// Every setting, in the order of the reference.
pub const SETTINGS: &[Setting] = &[
    secret(
        "database.url",
        "DATABASE_URL",
        "PostgreSQL 15 or later, as `postgres://user:password@host/name`. Unset: Rollcall runs a private cluster under the data directory.",
    ),
    setting(
        "database.connections",
        "ROLLCALL_DATABASE_CONNECTIONS",
        "20",
        "Most connections one process opens (2 to 500).",
    ),
    setting(
        "data_dir",
        "ROLLCALL_DATA_DIR",
        "",
        "Folder of the private cluster and the signing keys. Back it up; keep it private. Unset: `rollcall` in the user's data folder (`~/.local/share`), as root `/var/lib/rollcall`.",
    ),
    setting(
        "organisation",
        "ROLLCALL_ORGANISATION",
        UNNAMED,
        "Name shown beside the brand and in evidence packs.",
    ),
    setting(
        "server.host",
        "ROLLCALL_HOST",
        "127.0.0.1",
        "Address to listen on.",
    ),
    setting("server.port", "PORT", "3000", "Port to listen on."),
    setting(
        "server.public_url",
        "ROLLCALL_PUBLIC_URL",
        "http://{host}:{port}",
        "Address people type. With `https://` cookies are bound to TLS and HSTS is sent; TLS itself ends at the proxy in front.",
    ),
    setting(
        "server.site_dir",
        "ROLLCALL_SITE_DIR",
        "target/site",
        "Folder of the built browser files.",
    ),
    setting(
        "oidc.issuer",
        "ROLLCALL_OIDC_ISSUER",
        "",
        "OpenID Connect issuer, e.g. `https://login.example.com`. Must answer `/.well-known/openid-configuration`.",
    ),
    setting(
        "oidc.client_id",
        "ROLLCALL_OIDC_CLIENT_ID",
        "",
        "Client id registered there, with redirect address `{public_url}/auth/oidc/callback`.",
    ),
    secret(
        "oidc.client_secret",
        "ROLLCALL_OIDC_CLIENT_SECRET",
        "Client secret; unset for a public client (PKCE is always used).",
    ),
    setting(
        "oidc.name",
        "ROLLCALL_OIDC_NAME",
        "your organisation",
        "Name of the provider on the sign-in button.",
    ),
    setting(
        "oidc.scopes",
        "ROLLCALL_OIDC_SCOPES",
        "openid,profile,email",
        "Scopes asked for; add what your provider needs to send groups.",
    ),
    setting(
        "oidc.groups_claim",
        "ROLLCALL_OIDC_GROUPS_CLAIM",
        "groups",
        "Claim of the ID token (or user info) that lists groups.",
    ),
    setting(
        "oidc.role_groups",
        "ROLLCALL_OIDC_ROLE_GROUPS",
        "",
        "Which group gives which role, e.g. `admin=rollcall-admins,security=secops,owner=engineering,auditor=audit`. A role may be named several times.",
    ),
    setting(
        "oidc.team_groups",
        "ROLLCALL_OIDC_TEAM_GROUPS",
        "",
        "Which group makes somebody a member of which team, e.g. `payments=team-payments`; teams by slug.",
    ),
    setting(
        "session.idle_minutes",
        "ROLLCALL_SESSION_IDLE_MINUTES",
        "60",
        "Minutes without a request after which a session ends (5 to 1440).",
    ),
    setting(
        "session.absolute_hours",
        "ROLLCALL_SESSION_ABSOLUTE_HOURS",
        "12",
        "Hours after sign-in at which a session ends in any case (1 to 168).",
    ),
    setting(
        "limits.request_seconds",
        "ROLLCALL_REQUEST_SECONDS",
        "30",
        "Seconds after which a request is given up (1 to 600).",
    ),
    setting(
        "limits.form_kib",
        "ROLLCALL_FORM_KIB",
        "512",
        "Largest form or JSON body, in KiB (16 to 65536). Ingest has its own.",
    ),
    setting(
        "limits.ingest_mib",
        "ROLLCALL_INGEST_MIB",
        "16",
        "Largest ingest body as sent, in MiB (1 to 256).",
    ),
    setting(
        "limits.ingest_unpacked_mib",
        "ROLLCALL_INGEST_UNPACKED_MIB",
        "128",
        "Largest ingest body after decompression, in MiB (1 to 2048).",
    ),
    setting(
        "limits.import_mib",
        "ROLLCALL_IMPORT_MIB",
        "64",
        "Largest file taken for import by page, in MiB (1 to 256). The shell takes up to 256.",
    ),
    secret(
        "mail.smtp_url",
        "ROLLCALL_SMTP_URL",
        "Mail server for reminders: `smtps://user:password@host:465`, or `smtp://host:587?tls=required`.",
    ),
    setting(
        "mail.from",
        "ROLLCALL_MAIL_FROM",
        "",
        "Who mail is from, e.g. `Rollcall <rollcall@example.com>`.",
    ),
    secret(
        "webhook.url",
        "ROLLCALL_WEBHOOK_URL",
        "Where each reminder goes too, and each finding that people are told of once, as `{\"text\": …}` (Slack and its kin understand it).",
    ),
    secret(
        "webhook.secret",
        "ROLLCALL_WEBHOOK_SECRET",
        "Secret the webhook's calls are signed with, as Standard Webhooks says (`webhook-signature`).",
    ),
    setting(
        "anchor.file",
        "ROLLCALL_ANCHOR_FILE",
        "",
        "File the head of the record is appended to, where nobody who can change the database can change it.",
    ),
    setting(
        "anchor.git",
        "ROLLCALL_ANCHOR_GIT",
        "",
        "Git work tree it is committed to (`rollcall-anchors.jsonl`); a hook there may push.",
    ),
    setting(
        "anchor.webhook",
        "ROLLCALL_ANCHOR_WEBHOOK",
        "no",
        "`yes`: it is also posted to the webhook, signed.",
    ),
    setting(
        "anchor.hours",
        "ROLLCALL_ANCHOR_HOURS",
        "24",
        "Hours between two anchors (1 to 720).",
    ),
    secret(
        "ingest.sources_key",
        "ROLLCALL_SOURCES_KEY",
        "Key of sources' secrets: 64 hexadecimal digits, the same for every process on the database. Unset: the file `keys/sources.key` under the data directory, made when first needed.",
    ),
    setting(
        "ingest.sources_key_file",
        "ROLLCALL_SOURCES_KEY_FILE",
        "",
        "File that holds it instead.",
    ),
    setting(
        "ingest.certificate_header",
        "ROLLCALL_INGEST_CERTIFICATE_HEADER",
        "",
        "Header in which a proxy passes on a client certificate's subject or fingerprint, e.g. `x-client-cert-subject`.",
    ),
    setting(
        "ingest.trusted_proxies",
        "ROLLCALL_TRUSTED_PROXIES",
        "",
        "Networks of the proxies whose word on that header is taken, e.g. `10.0.0.0/8`. They must drop a sender's own.",
    ),
    setting(
        "events.keep_months",
        "ROLLCALL_KEEP_MONTHS",
        "",
        "Whole months events are kept before the present one, where their source has no setting of its own (4 to 240). Unset: for good.",
    ),
    secret(
        "outbound.destinations_key",
        "ROLLCALL_DESTINATIONS_KEY",
        "Key of destinations' secrets: 64 hexadecimal digits, the same for every process on the database. Unset: the file `keys/destinations.key` under the data directory, made when first needed.",
    ),
    setting(
        "outbound.destinations_key_file",
        "ROLLCALL_DESTINATIONS_KEY_FILE",
        "",
        "File that holds it instead.",
    ),
    setting(
        "outbound.allow",
        "ROLLCALL_OUTBOUND_ALLOW",
        "",
        "Networks inside that destinations and webhooks of notice rules may be in, e.g. `10.0.0.0/8,192.0.2.7`; everything else that is not of the wide internet is refused.",
    ),
    setting(
        "outbound.authorities",
        "ROLLCALL_OUTBOUND_AUTHORITIES",
        "",
        "PEM file of certificate authorities that destinations may show beside the wide internet's.",
    ),
    setting(
        "limits.api_per_minute",
        "ROLLCALL_API_PER_MINUTE",
        "3000",
        "Requests a token may make in a minute (1 to 1000000).",
    ),
    setting(
        "log.format",
        "ROLLCALL_LOG_FORMAT",
        "text",
        "`text` or `json`, one line an event, on standard error.",
    ),
    setting(
        "log.filter",
        "ROLLCALL_LOG",
        "info",
        "What is logged, e.g. `info` or `info,store=debug`.",
    ),
];

/// The setting of a TOML key.
pub fn by_key(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// The reference as a Markdown table.
pub fn reference() -> String {
    let mut out =
        String::from("| Environment | `rollcall.toml` | Default | Meaning |\n|---|---|---|---|\n");
    for setting in SETTINGS {
        let default = match (setting.default, setting.secret) {
            ("", _) => "unset".to_owned(),
            (default, _) => format!("`{default}`"),
        };
        let secret = if setting.secret { " *Secret.*" } else { "" };
        let _ = writeln!(
            out,
            "| `{}` | `{}` | {default} | {}{secret} |",
            setting.env, setting.key, setting.doc
        );
    }
    out
}
