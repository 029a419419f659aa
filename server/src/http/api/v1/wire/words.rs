//! Schemas of enums: their words, from the enums themselves.

use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};

/// A string that is one of these words.
pub fn one_of(words: impl IntoIterator<Item = &'static str>) -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .into()
}

macro_rules! words {
    ($($name:ident: $type:ty;)+) => {$(
        /// A string that is one of the enum's words.
        pub fn $name() -> Schema {
            one_of(<$type>::ALL.iter().map(|word| word.as_str()))
        }
    )+};
}

words! {
    kind: contract::identities::IdentityKind;
    platform: contract::identities::Platform;
    state: contract::identities::IdentityState;
    environment: contract::identities::Environment;
    credential: contract::identities::CredentialClass;
    rotation: contract::identities::RotationState;
    review: contract::identities::ReviewState;
    tier: contract::identities::RiskTier;
    selector: contract::identities::SelectorKind;
    credential_type: contract::identities::CredentialType;
    permission_source: contract::identities::PermissionSource;
    usage: contract::identities::Usage;
    language: contract::identities::TrustLanguage;
    sort: contract::identities::IdentitySort;
    severity: contract::findings::Severity;
    confidence: contract::findings::Confidence;
    class: contract::findings::FindingClass;
    finding_state: contract::findings::FindingState;
    age: contract::findings::FindingAge;
    item_outcome: contract::campaigns::ItemOutcome;
    event_kind: contract::events::EventKind;
    event_outcome: contract::events::Outcome;
    task_state: contract::campaigns::TaskState;
    task_step: contract::campaigns::TaskStep;
    campaign_state: contract::campaigns::CampaignState;
    decision: contract::campaigns::DecisionKind;
    advice: contract::campaigns::Advice;
    silence: contract::campaigns::Silence;
    quorum: contract::campaigns::Quorum;
    stage_rule: contract::campaigns::StageRule;
    item_state: contract::campaigns::ItemState;
    actor: contract::activity::ActorKind;
    role: contract::access::Role;
    transition: contract::identities::Transition;
    action: contract::findings::FindingAction;
    exception_scope: contract::findings::ExceptionScope;
    scope: contract::tokens::Scope;
    destination: contract::destinations::DestinationKind;
    destination_state: contract::destinations::DestinationState;
    stream: contract::feed::FeedStream;
    format: contract::feed::FeedFormat;
    import_format: contract::imports::ImportFormat;
    import_kind: contract::imports::ImportKind;
    import_outcome: contract::imports::ImportOutcome;
    import_state: contract::imports::ImportState;
    event_format: contract::events::EventFormat;
    hop: contract::campaigns::ReviewerHop;
    chain_step: contract::stories::ChainStep;
    link_standing: contract::stories::LinkStanding;
    runner_kind: contract::runners::RunnerKind;
    channel: contract::messages::Channel;
    message_state: contract::messages::MessageState;
}

/// One of these words, or null.
fn or_none(words: impl IntoIterator<Item = &'static str>) -> Schema {
    let words = words.into_iter().map(Value::from).chain([Value::Null]);
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some(words))
        .into()
}

/// A tier, or null.
pub fn tier_or_none() -> Schema {
    or_none(
        contract::identities::RiskTier::ALL
            .iter()
            .map(|word| word.as_str()),
    )
}

/// A type of credential, or null.
pub fn credential_type_or_none() -> Schema {
    or_none(
        contract::identities::CredentialType::ALL
            .iter()
            .map(|word| word.as_str()),
    )
}

/// An environment, or null.
pub fn environment_or_none() -> Schema {
    or_none(
        contract::identities::Environment::ALL
            .iter()
            .map(|word| word.as_str()),
    )
}

/// A decision, or null.
pub fn decision_or_none() -> Schema {
    or_none(
        contract::campaigns::DecisionKind::ALL
            .iter()
            .map(|word| word.as_str()),
    )
}

/// A format of a file, or null.
pub fn import_format_or_none() -> Schema {
    or_none(
        contract::imports::ImportFormat::ALL
            .iter()
            .map(|word| word.as_str()),
    )
}

/// What rows of a file are about, or null.
pub fn import_kind_or_none() -> Schema {
    or_none(
        contract::imports::ImportKind::ALL
            .iter()
            .map(|word| word.as_str()),
    )
}

/// A list of environments.
pub fn environments() -> Schema {
    list(environment())
}

/// A list of kinds.
pub fn kinds() -> Schema {
    list(kind())
}

/// A list of tiers.
pub fn tiers() -> Schema {
    list(tier())
}

/// A list of states.
pub fn states() -> Schema {
    list(state())
}

/// A list of platforms.
pub fn platforms() -> Schema {
    list(platform())
}

/// A list of classes of credentials.
pub fn credentials() -> Schema {
    list(credential())
}

/// A list of states of rotation.
pub fn rotations() -> Schema {
    list(rotation())
}

/// A list of states of review.
pub fn reviews() -> Schema {
    list(review())
}

/// A list of scopes.
pub fn scopes() -> Schema {
    list(scope())
}

/// A list of roles.
pub fn roles() -> Schema {
    list(role())
}

fn list(of: Schema) -> Schema {
    utoipa::openapi::schema::ArrayBuilder::new()
        .items(RefOr::T(of))
        .into()
}
