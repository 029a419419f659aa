//! The schema of a campaign's policy, whose struct is `contract`'s own.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, Schema,
    SchemaFormat, Type,
};

use super::words;

/// A policy, or null for the usual one.
pub fn policy_or_none() -> Schema {
    let policy = ObjectBuilder::new()
        .description(Some("What is left out is as usual"))
        .property("stages", stages())
        .property("panel", per_tier(&panel()))
        .property("silence", per_tier(&words::silence()))
        .property("grace_days", whole())
        .property("suspend_cap", whole())
        .property("remediation_days", per_tier(&whole()))
        .property("silence_proves_days", whole())
        .property("reminders", ObjectBuilder::new().schema_type(Type::Boolean))
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    OneOfBuilder::new()
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .item(policy)
        .into()
}

fn stages() -> ArrayBuilder {
    let advance = ArrayBuilder::new().items(RefOr::T(words::item_outcome()));
    let stage = ObjectBuilder::new()
        .property("reviewers", words::stage_rule())
        .property("advance", advance)
        .required("reviewers")
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    ArrayBuilder::new().items(RefOr::T(stage.into()))
}

fn panel() -> Schema {
    let reviewers = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .maximum(Some(i64::from(u8::MAX)));
    ObjectBuilder::new()
        .property("reviewers", reviewers)
        .property("quorum", words::quorum())
        .required("reviewers")
        .required("quorum")
        .into()
}

/// One value for each tier.
fn per_tier(of: &Schema) -> ObjectBuilder {
    let tiers = contract::identities::RiskTier::ALL.iter();
    tiers.fold(ObjectBuilder::new(), |object, tier| {
        object
            .property(tier.as_str(), of.clone())
            .required(tier.as_str())
    })
}

fn whole() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .into()
}
