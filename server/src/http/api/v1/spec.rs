//! The OpenAPI 3.1 document: one line per route, schemas from the wire structs, words of filters from the enums.
//!
//! `GET /api/v1/openapi.json` answers it; `server/openapi.json` is the same, checked in, so that a change of what
//! clients see shows in a diff (`rollcall config openapi` writes it, a test compares).

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use domain::access::Access;
use utoipa::ToSchema;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ArrayBuilder, ComponentsBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Ref,
    RefOr, Required, ResponseBuilder,
};

use super::wire::{self, words};
use super::{activity, campaigns, findings, inventory};
use crate::http::{AppState, Operation, Problem};

type Schemas = Vec<(String, RefOr<Schema>)>;

/// What a route answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// A page of a list, as a bare array.
    List,
    /// One object.
    One,
    /// A zip file.
    Zip,
    /// JSON without a schema of ours.
    Json,
}

/// One route.
pub struct Route {
    /// Path relative to `/api/v1`.
    pub path: &'static str,
    /// What a token needs.
    pub access: Access,
    about: &'static str,
    answer: Answer,
    filter: &'static [&'static str],
    /// Name of the wire struct, and all schemas it needs.
    schema: Option<fn() -> (String, Schemas)>,
}

fn of<T: ToSchema>() -> (String, Schemas) {
    let name = T::name().into_owned();
    let mut schemas = vec![(name.clone(), T::schema())];
    T::schemas(&mut schemas);
    (name, schemas)
}

macro_rules! routes {
    ($($path:literal $access:ident $answer:ident $filter:expr, $schema:expr, $about:literal;)+) => {
        /// Every route of version 1; all are `GET`.
        pub const ROUTES: &[Route] = &[$(Route {
            path: $path, access: Access::$access, about: $about, answer: Answer::$answer, filter: $filter, schema: $schema,
        },)+];
    };
}

routes! {
    "/identities" ViewIdentities List inventory::FILTER, Some(of::<wire::Identity>), "The inventory, highest risk first unless sorted otherwise";
    "/identities/{id}" ViewIdentities One &[], Some(of::<wire::IdentityDetail>), "One identity with what it goes by, holds and may do";
    "/teams" ViewPeople List &[], Some(of::<wire::Team>), "Every team with its figures";
    "/teams/{slug}" ViewPeople One &[], Some(of::<wire::Team>), "One team";
    "/people" ViewPeople List &[], Some(of::<wire::Person>), "People, in order of name";
    "/people/{id}" ViewPeople One &[], Some(of::<wire::Person>), "One person";
    "/findings" ViewFindings List findings::FILTER, Some(of::<wire::Finding>), "Findings, most severe first; open and acknowledged ones unless `state` says otherwise";
    "/findings/{id}" ViewFindings One &[], Some(of::<wire::Finding>), "One finding, whatever its state";
    "/campaigns" ViewCampaigns List &[], Some(of::<wire::Campaign>), "Campaigns, newest first";
    "/campaigns/{id}" ViewCampaigns One &[], Some(of::<wire::Campaign>), "One campaign with its progress";
    "/campaigns/{id}/items" ViewCampaigns List campaigns::FILTER, Some(of::<wire::CampaignItem>), "Items of a campaign, those that changed first, then by risk";
    "/campaigns/{id}/evidence" ReadEvidence Zip &[], None, "The evidence pack of a sealed campaign; `rollcall verify` checks it";
    "/activity" ViewActivity List activity::FILTER, Some(of::<wire::Activity>), "Rollcall's own record, newest first";
    "/events" ReadFeed Json &["since", "until", "filter[source]", "filter[kind]", "filter[outcome]", "filter[identity]"], None, "The event feed in order of position, in drain mode: the last page has no next link";
    "/openapi.json" ViewIdentities Json &[], None, "This document";
}

/// The route of the document itself, relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/openapi.json", get(answer))
}

async fn answer(Operation(op): Operation) -> Result<Response, Problem> {
    op.require(Access::ViewIdentities)?;
    let mut response = Json(document()).into_response();
    let kind = HeaderValue::from_static("application/vnd.oai.openapi+json;version=3.1");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

/// The document.
pub fn document() -> OpenApi {
    let mut paths = PathsBuilder::new();
    let mut schemas = vec![("Problem".to_owned(), RefOr::T(problem()))];
    for route in ROUTES {
        paths = paths.path(
            format!("/api/v1{}", route.path),
            PathItem::new(HttpMethod::Get, operation(route)),
        );
        if let Some(schema) = route.schema {
            schemas.extend(schema().1);
        }
    }
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some(
            "An API token, made on the tokens page or with `rollcall token create`.",
        ))
        .build();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Rollcall")
                .version("1")
                .description(Some(
                    "Read the roll. Lists answer a bare array; the next page is in `Link` and `X-Next-Cursor`. \
                     Errors are `application/problem+json` (RFC 9457) and name the parameter.",
                )),
        )
        .paths(paths)
        .components(Some(
            ComponentsBuilder::new()
                .schemas_from_iter(schemas)
                .security_scheme("token", SecurityScheme::Http(token))
                .build(),
        ))
        .build()
}

/// The document as it is checked in: indented JSON.
pub fn written() -> String {
    document().to_pretty_json().unwrap_or_default()
}

fn operation(route: &Route) -> OperationBuilder {
    let id = route.path.replace(['/', '{', '}', '.'], " ");
    let id: Vec<&str> = id.split_whitespace().collect();
    let mut operation = OperationBuilder::new()
        .operation_id(Some(id.join("_")))
        .tag(id.first().copied().unwrap_or_default())
        .summary(Some(route.about))
        .description(
            route
                .access
                .scope()
                .map(|scope| format!("Needs the scope `{scope}`.")),
        )
        .security(SecurityRequirement::new("token", Vec::<String>::new()))
        .response("200", answered(route))
        .response("401", refused("No token, or one that opens nothing"))
        .response("403", refused("The token's scopes do not include this"));
    for name in ["id", "slug"] {
        if route.path.contains(&format!("{{{name}}}")) {
            operation = operation
                .parameter(
                    ParameterBuilder::new()
                        .name(name)
                        .parameter_in(ParameterIn::Path)
                        .required(Required::True)
                        .schema(Some(text())),
                )
                .response("404", refused("There is nothing with this id"));
        }
    }
    if route.answer == Answer::List || route.path == "/events" {
        operation = operation
            .parameter(query(
                "limit",
                Some(number()),
                "Rows of a page, 1 to 1000; 100 when absent",
            ))
            .parameter(query(
                "after",
                Some(text()),
                "Cursor of the page, from `X-Next-Cursor`",
            ))
            .response(
                "400",
                refused("A parameter that cannot be read; `errors` names it"),
            );
    }
    for name in route.filter {
        operation = operation.parameter(filter(route, name));
    }
    operation
}

/// A parameter of a filter. Those with words may be repeated; any of the values matches.
fn filter(route: &Route, name: &str) -> ParameterBuilder {
    let values: Option<Schema> = match (route.path, name) {
        (_, "kind") => Some(words::kind()),
        ("/findings", "state") => Some(words::finding_state()),
        (_, "state") => Some(words::state()),
        (_, "platform") => Some(words::platform()),
        (_, "environment") => Some(words::environment()),
        (_, "credential") => Some(words::credential()),
        (_, "rotation") => Some(words::rotation()),
        (_, "review") => Some(words::review()),
        (_, "tier") => Some(words::tier()),
        (_, "severity") => Some(words::severity()),
        (_, "class") => Some(words::class()),
        (_, "advice") => Some(words::advice()),
        (_, "outcome") if route.path != "/events" => Some(words::one_of(
            contract::campaigns::ItemOutcome::ALL
                .iter()
                .map(|word| word.as_str()),
        )),
        (_, "team" | "rule" | "reviewer" | "object" | "action") => Some(text()),
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
        "unused_days" => query(name, Some(number()), "Not used for this many days"),
        _ => query(name, Some(text()), "See README, Read the feed"),
    }
}

fn query(name: &str, schema: Option<Schema>, about: &str) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(about))
        .schema(schema)
}

fn answered(route: &Route) -> ResponseBuilder {
    let schema: Option<RefOr<Schema>> = route.schema.map(|schema| {
        let one = Ref::from_schema_name(schema().0);
        if route.answer == Answer::List {
            Schema::from(ArrayBuilder::new().items(one).build()).into()
        } else {
            one.into()
        }
    });
    let kind = match route.answer {
        Answer::Zip => "application/zip",
        Answer::List | Answer::One | Answer::Json => "application/json",
    };
    ResponseBuilder::new()
        .description(route.about)
        .content(kind, ContentBuilder::new().schema(schema).build())
}

fn refused(why: &str) -> ResponseBuilder {
    let problem = Ref::from_schema_name("Problem");
    ResponseBuilder::new().description(why).content(
        "application/problem+json",
        ContentBuilder::new().schema(Some(problem)).build(),
    )
}

/// RFC 9457, with the request id and the wrong parameters.
fn problem() -> Schema {
    let wrong = ObjectBuilder::new()
        .property("field", text())
        .property("detail", text())
        .required("field")
        .required("detail");
    let mut object = ObjectBuilder::new()
        .property("status", number())
        .property("errors", ArrayBuilder::new().items(wrong));
    for name in ["type", "title", "detail", "request_id"] {
        object = object.property(name, text()).required(name);
    }
    object.required("status").into()
}

fn text() -> Schema {
    ObjectBuilder::new().schema_type(Type::String).into()
}

fn number() -> Schema {
    ObjectBuilder::new().schema_type(Type::Integer).into()
}
