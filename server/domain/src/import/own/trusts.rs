//! A row about a trust document.

use contract::identities::TrustLanguage;
use contract::imports::ImportProblem;

use super::{Column, column};
use crate::import::fields::{Fields, words};
use crate::import::record::Trust;

pub(super) const COLUMNS: &[Column] = &[
    column(
        "identity",
        &[
            "identity_name",
            "identity_id",
            "identity_external_id",
            "name",
        ],
    ),
    column("language", &["type", "kind", "platform"]),
    column("target", &["guards", "role", "arn"]),
    column("document", &["policy", "trust_policy"]),
];

pub(super) fn read(mut fields: Fields) -> Result<Trust, Vec<ImportProblem>> {
    let identity = fields.needed("identity", "whose trust it is, by name or external id");
    fields.needed("language", "in which language it is written, such as aws");
    let document = fields.needed("document", "the document as the vendor prints it");
    let language: Option<TrustLanguage> = fields.word(
        "language",
        &words(TrustLanguage::ALL, TrustLanguage::as_str),
    );
    let target = fields.line("target", 600).unwrap_or_default();
    // Google's conditions are expressions; every other language is JSON.
    if let (Some(language), Some(document)) = (language, &document)
        && language != TrustLanguage::Gcp
        && let Err(why) = serde_json::from_str::<serde::de::IgnoredAny>(document)
    {
        fields.wrong(
            "document",
            format!(
                "is not valid JSON (line {}, column {})",
                why.line(),
                why.column()
            ),
        );
    }
    let one = identity
        .zip(language)
        .zip(document)
        .map(|((identity, language), document)| Trust {
            identity,
            language,
            target,
            document,
        });
    fields.finish(one)
}
