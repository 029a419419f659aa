//! Parameters of routes, and the small schemas they are made of.

use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type,
};
use utoipa::openapi::{RefOr, Required};

use super::super::wire::words;
use super::Route;

/// Parameters of every feed.
pub(super) fn feed_parameters() -> [(&'static str, Schema, &'static str); 7] {
    let yes = || ObjectBuilder::new().schema_type(Type::Boolean).into();
    [
        ("since", time(), "Published at or after; `after` wins"),
        ("until", time(), "Published before"),
        ("format", words::format(), "In whose words"),
        (
            "envelope",
            yes(),
            "An object with the rows, `next_cursor` and `has_more` instead of a bare array",
        ),
        ("raw", yes(), "With each event as received, redacted"),
        (
            "wait",
            number(0, 60),
            "Seconds to wait for a row when there is none, 0 to 60",
        ),
        (
            "consumer",
            text(),
            "A place Rollcall keeps and moves on at once: at most once",
        ),
    ]
}

fn time() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .into()
}

/// A parameter of a filter. Those with words may be repeated; any of the values matches.
pub(super) fn filter(route: &Route, name: &str) -> ParameterBuilder {
    let values: Option<Schema> = match (route.path, name) {
        (_, "kind") => Some(words::kind()),
        ("/findings", "state") => Some(words::finding_state()),
        ("/tasks", "state") => Some(words::task_state()),
        (_, "state") => Some(words::state()),
        (_, "platform") => Some(words::platform()),
        (_, "environment") => Some(words::environment()),
        (_, "credential") => Some(words::credential()),
        (_, "rotation") => Some(words::rotation()),
        (_, "review") => Some(words::review()),
        (_, "tier") => Some(words::tier()),
        (_, "severity") => Some(words::severity()),
        (_, "class") => Some(words::class()),
        (_, "age") => Some(words::one_of(
            contract::findings::FindingAge::ALL
                .iter()
                .map(|word| word.as_str()),
        )),
        (_, "advice") => Some(words::advice()),
        (_, "stream") => {
            return query(
                name,
                Some(words::stream()),
                "Which feed; events when absent",
            );
        }
        (_, "format") => Some(words::format()),
        (_, "outcome") => Some(words::one_of(
            contract::campaigns::ItemOutcome::ALL
                .iter()
                .map(|word| word.as_str()),
        )),
        (_, "identity" | "campaign") => Some(id()),
        (_, "team" | "rule" | "reviewer" | "object" | "action" | "source") => Some(text()),
        _ => None,
    };
    if let Some(values) = values {
        let list = ArrayBuilder::new().items(RefOr::T(values)).build();
        return query(
            name,
            Some(list.into()),
            "May be repeated; any of the values matches",
        );
    }
    match name {
        "q" => query(name, Some(text()), "Words searched for"),
        "sort" => query(name, Some(words::sort()), "Order"),
        "privileged" | "overdue" => {
            let yes = ObjectBuilder::new().schema_type(Type::Boolean);
            query(name, Some(yes.into()), "Only those that are, or are not")
        }
        "lease" => query(
            name,
            Some(number(1, 3600)),
            "Seconds until the rows are handed out again, 1 to 3600; 60 when absent",
        ),
        "unused_days" => query(name, Some(number(1, 3650)), "Not used for this many days"),
        _ => query(name, Some(text()), "See README, Read the feed"),
    }
}

pub(super) fn query(name: &str, schema: Option<Schema>, about: &str) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(about))
        .schema(schema)
}

/// A header.
pub(super) fn header_parameter(name: &str, about: &str) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(text()))
}

/// Any text.
pub(super) fn text() -> Schema {
    ObjectBuilder::new().schema_type(Type::String).into()
}

/// An id.
fn id() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        .into()
}

/// A whole number, both ends included.
pub(super) fn number(least: i64, most: i64) -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(least))
        .maximum(Some(most))
        .into()
}
