//! Parameters of routes, and the small schemas they are made of.

use std::collections::BTreeSet;

use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{
    AnyOfBuilder, ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type,
};
use utoipa::openapi::{RefOr, Required};

use super::super::inventory::MOST_UNUSED;
use super::super::wire::words;
use super::Route;

/// Letters of a name of a consumer, as `service::feed::consumers` takes them.
const CONSUMER: &str = "^[A-Za-z0-9_.-]{1,64}$";
/// What every text may hold: PostgreSQL has no NUL character.
const TEXT: &str = "^[^\\u0000]*$";

/// Parameters of every feed.
pub(super) fn feed_parameters() -> [(&'static str, Schema, &'static str); 7] {
    // Machines that were made for others write 1.
    let yes = || words::one_of(["true", "false", "1", "0", "yes", "no"]);
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
            patterned(CONSUMER),
            "A place Rollcall keeps and moves on at once: at most once. Goes without `after` and `since`",
        ),
    ]
}

fn day() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
        .into()
}

fn time() -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        .into()
}

/// What a part of a path in braces may be.
pub(super) fn place(route: &Route, name: &str) -> Schema {
    match (route.path, name) {
        ("/tokens/{id}" | "/tokens/{id}/rotation", "id") if route.method != "DELETE" => {
            AnyOfBuilder::new()
                .item(id())
                .item(words::one_of(["self"]))
                .into()
        }
        (_, "id" | "item") => id(),
        ("/stories/{name}", "name") => patterned("^[^\\u0000]+$"),
        (_, "name") => patterned(CONSUMER),
        _ => patterned("^[^\\u0000/]+$"),
    }
}

/// Values of a parameter that may be repeated.
fn repeated(route: &Route, name: &str) -> Option<Schema> {
    Some(match (route.path, name) {
        (_, "kind") => words::kind(),
        ("/findings", "state") => words::finding_state(),
        ("/tasks", "state") => words::task_state(),
        (_, "state") => words::state(),
        (_, "platform") => words::platform(),
        (_, "environment") => words::environment(),
        (_, "credential") => words::credential(),
        (_, "rotation") => words::rotation(),
        (_, "review") => words::review(),
        (_, "tier") => words::tier(),
        (_, "severity") => words::severity(),
        (_, "class") => words::class(),
        (_, "age") => words::age(),
        (_, "advice") => words::advice(),
        (_, "outcome") => words::item_outcome(),
        (_, "identity" | "campaign" | "reviewer") => id(),
        (_, "team" | "rule" | "object" | "action" | "source") => text(),
        _ => return None,
    })
}

/// A filter of the event feed: words with commas, or repeated.
fn narrowing(name: &str) -> Option<Schema> {
    Some(match name {
        "filter[type]" => words::event_kind(),
        "filter[outcome]" => words::event_outcome(),
        "filter[identity]" => id(),
        "filter[source]" => text(),
        _ => return None,
    })
}

/// A parameter of a filter. Those with words may be repeated; any of the values matches. Forms of pages send what nobody
/// chose as an empty value, and it means nothing.
pub(super) fn filter(route: &Route, name: &str) -> ParameterBuilder {
    let list = |values: Schema| {
        ArrayBuilder::new()
            .items(RefOr::T(values))
            .unique_items(true)
    };
    if route.path == "/imports" {
        return of_file(name);
    }
    if (route.path, name) == ("/runners", "kind") {
        let about = "What sort of machine";
        return query(name, Some(or_empty(words::runner_kind())), about);
    }
    if let Some(values) = repeated(route, name) {
        let about = "May be repeated; any of the values matches";
        return query(name, Some(list(or_empty(values)).into()), about);
    }
    if let Some(values) = narrowing(name) {
        let about = "May be repeated, or hold several with commas; any of them matches";
        return query(name, Some(list(or_empty(values)).into()), about);
    }
    match name {
        "q" => query(name, Some(text()), "Words searched for"),
        "sort" => query(name, Some(or_empty(words::sort())), "Order"),
        "privileged" | "overdue" => {
            let yes = words::one_of(["true", "false", ""]);
            query(name, Some(yes), "Only those that are, or are not")
        }
        "owner" => query(
            name,
            Some(or_empty(id())),
            "Only what this person answers for",
        ),
        "repository" => {
            let about = "Only what is of this repository, as `owner/name`";
            query(name, Some(text()), about)
        }
        "stream" => {
            let about = "Which feed; events when absent";
            query(name, Some(words::stream()), about)
        }
        "format" => {
            let about = "In whose words; what is answered is described for `native`";
            query(name, Some(words::format()), about)
        }
        "lease" => query(
            name,
            Some(number(1, 3600)),
            "Seconds until the rows are handed out again, 1 to 3600; 60 when absent",
        ),
        "day" => {
            let about = "The day, UTC, of the years 1 to 9999; today when absent";
            query(name, Some(or_empty(day())), about)
        }
        "unused_days" => {
            let days = or_empty(number(1, MOST_UNUSED));
            query(name, Some(days), "Not used for this many days")
        }
        _ => query(name, Some(text()), "See README, Read the feed"),
    }
}

/// What is said of a file that is sent.
fn of_file(name: &str) -> ParameterBuilder {
    let (schema, about) = match name {
        "file" => (text(), "The file's name"),
        "format" => (
            or_empty(words::import_format()),
            "Its format; told from the content when absent",
        ),
        "kind" => (
            or_empty(words::import_kind()),
            "What its rows are about; told from the headers when absent",
        ),
        _ => (
            text(),
            "The identity or repository a vendor's list belongs to, where the vendor does not print it",
        ),
    };
    query(name, Some(schema), about)
}

/// The same, or nothing between `=` and `&`.
fn or_empty(schema: Schema) -> Schema {
    AnyOfBuilder::new()
        .item(schema)
        .item(words::one_of([""]))
        .into()
}

/// Fields of what is answered, by name, with commas.
pub(super) fn fields(names: &BTreeSet<String>) -> Schema {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let one = names.join("|");
    patterned(&format!("^({one})(,({one}))*$"))
}

/// A cursor: what it holds is nobody's business.
pub(super) fn cursor() -> Schema {
    patterned("^[A-Za-z0-9_=-]+$")
}

/// The name of a request that shall be done once.
pub(super) fn request_key() -> Schema {
    patterned("^[!-~]{1,255}$")
}

fn patterned(pattern: &str) -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(pattern))
        .into()
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
pub(super) fn header_parameter(name: &str, schema: Schema, about: &str) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
}

/// Any text.
pub(super) fn text() -> Schema {
    patterned(TEXT)
}

/// A body that is no JSON.
pub(super) fn plain() -> Schema {
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
