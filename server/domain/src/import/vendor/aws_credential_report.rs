//! AWS IAM credential report (`aws iam get-credential-report`): the CSV, or the JSON around its base64 as the
//! command prints it. Columns: AWS IAM User Guide, “Getting credential reports”.
//!
//! People's console users are left out: what acts without a person has access keys or certificates.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::identities::{CredentialType, IdentityKind, Platform, SelectorKind};
use contract::imports::{ImportFormat, ImportProblem};
use serde::Deserialize;

use super::super::fields::{environment_in, moment};
use super::super::record::{Credential, ExternalId, Identity, Record};
use super::super::{Found, Hint, Place, Reading};
use super::{name, selector};

/// The JSON around the report.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    content: String,
}

pub(super) fn open<'a>(bytes: &'a [u8], _hint: &Hint) -> Result<Reading<'a>, Vec<ImportProblem>> {
    let whole = |message: &str| vec![Place::whole().problem("", message)];
    let table = if bytes.trim_ascii_start().starts_with(b"{") {
        let envelope: Envelope = serde_json::from_slice(bytes)
            .map_err(|_| whole("The report's JSON has no “Content”."))?;
        STANDARD
            .decode(envelope.content.trim())
            .map_err(|_| whole("The report's “Content” is not base64."))?
    } else {
        bytes.to_vec()
    };
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(std::io::Cursor::new(table));
    let headers = reader
        .byte_headers()
        .map_err(|_| whole("The report's header cannot be read."))?
        .clone();
    if headers.get(0) != Some(b"user") || headers.get(1) != Some(b"arn") {
        return Err(whole(
            "This is no AWS credential report: its header begins with user,arn.",
        ));
    }
    let found = reader
        .into_byte_records()
        .enumerate()
        .flat_map(move |(i, record)| {
            let place = Place::row(i as u64 + 2);
            let Ok(record) = record else {
                return vec![Found::Problem(place.problem("", "cannot be read"))];
            };
            if record.len() != headers.len() {
                return vec![Found::Problem(place.problem(
                    "",
                    format!(
                        "has {} cells, the header has {}",
                        record.len(),
                        headers.len()
                    ),
                ))];
            }
            match record.deserialize::<Row>(Some(&headers)) {
                Ok(row) => user(&place, &row),
                Err(_) => vec![Found::Problem(
                    place.problem("", "is not UTF-8 text, or lacks a column of the report"),
                )],
            }
        });
    Ok(Reading {
        format: ImportFormat::AwsCredentialReport,
        mapping: Vec::new(),
        found: Box::new(found),
    })
}

/// One user. `N/A`, `no_information` and `not_supported` stand for nothing.
#[derive(Deserialize)]
struct Row {
    user: String,
    arn: String,
    #[serde(default)]
    password_enabled: String,
    access_key_1_active: String,
    access_key_1_last_rotated: String,
    #[serde(default)]
    access_key_1_last_used_date: String,
    access_key_2_active: String,
    access_key_2_last_rotated: String,
    #[serde(default)]
    access_key_2_last_used_date: String,
    #[serde(default)]
    cert_1_active: String,
    #[serde(default)]
    cert_1_last_rotated: String,
    #[serde(default)]
    cert_2_active: String,
    #[serde(default)]
    cert_2_last_rotated: String,
}

fn user(place: &Place, row: &Row) -> Vec<Found> {
    let parts: Vec<&str> = row.arn.splitn(6, ':').collect();
    let [_, _, "iam", _, account, resource] = parts.as_slice() else {
        return vec![Found::Problem(
            place.problem("arn", "is no ARN of an IAM user"),
        )];
    };
    let credentials = credentials(row);
    let times = [
        ("access_key_1_last_rotated", &row.access_key_1_last_rotated),
        ("access_key_2_last_rotated", &row.access_key_2_last_rotated),
        (
            "access_key_1_last_used_date",
            &row.access_key_1_last_used_date,
        ),
        (
            "access_key_2_last_used_date",
            &row.access_key_2_last_used_date,
        ),
    ];
    for (field, text) in times {
        if !is_nothing(text) && moment(text).is_none() {
            return vec![Found::Problem(place.problem(
                field,
                "is no time as AWS prints it, such as 2026-11-21T10:00:00+00:00",
            ))];
        }
    }
    let root = *resource == "root";
    if credentials.is_empty() && (root || row.password_enabled == "true") {
        let who = if root {
            "the root account"
        } else {
            "a console user of a person"
        };
        return vec![Found::Note(format!(
            "{} left out: {who} without access keys",
            row.arn
        ))];
    }
    let last_used_at = credentials.iter().filter_map(|one| one.last_used_at).max();
    let shown = if root {
        "root account"
    } else {
        row.user.as_str()
    };
    let identity = Identity {
        external_id: Some(ExternalId {
            space: "aws",
            value: row.arn.clone(),
        }),
        name: name(&format!("{account}/{shown}")),
        guessed: true,
        kind: Some(IdentityKind::ServiceAccount),
        platform: Some(Platform::Aws),
        environments: environment_in(&row.user).map(|found| vec![found]),
        selectors: if root {
            Vec::new()
        } else {
            vec![selector(SelectorKind::AwsUser, &row.arn)]
        },
        last_used_at,
        evidence: format!(
            "IAM user of the credential report with {} long-lived credentials",
            credentials.len()
        ),
        ..Identity::default()
    };
    let mut found = vec![Found::Record(
        place.clone(),
        Record::Identity(Box::new(identity)),
    )];
    found.extend(
        credentials
            .into_iter()
            .map(|one| Found::Record(place.clone(), Record::Credential(one))),
    );
    found
}

fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "N/A" | "no_information" | "not_supported")
}

fn credentials(row: &Row) -> Vec<Credential> {
    let key = CredentialType::CloudAccessKey;
    let certificate = CredentialType::Certificate;
    [
        (
            "access_key_1",
            "Access key 1",
            key,
            &row.access_key_1_active,
            &row.access_key_1_last_rotated,
            row.access_key_1_last_used_date.as_str(),
        ),
        (
            "access_key_2",
            "Access key 2",
            key,
            &row.access_key_2_active,
            &row.access_key_2_last_rotated,
            row.access_key_2_last_used_date.as_str(),
        ),
        (
            "cert_1",
            "Signing certificate 1",
            certificate,
            &row.cert_1_active,
            &row.cert_1_last_rotated,
            "",
        ),
        (
            "cert_2",
            "Signing certificate 2",
            certificate,
            &row.cert_2_active,
            &row.cert_2_last_rotated,
            "",
        ),
    ]
    .into_iter()
    .filter(|(_, _, _, active, _, _)| active.as_str() == "true")
    .map(|(slot, label, kind, _, rotated, used)| Credential {
        identity: row.arn.clone(),
        external_id: Some(format!("{}#{slot}", row.arn)),
        credential_type: kind,
        label: Some(label.to_owned()),
        reference: None,
        issued_at: None,
        expires_at: None,
        rotated_at: moment(rotated),
        last_used_at: moment(used),
    })
    .collect()
}
