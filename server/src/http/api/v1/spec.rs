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
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ArrayBuilder, ComponentsBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::schema::{KnownFormat, SchemaFormat};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Ref,
    RefOr, Required, ResponseBuilder,
};

use super::wire::{self, words};
use super::{
    activity, campaigns, changes, destinations, feed, findings, inventory, sources, tokens,
};
use crate::http::{AppState, Operation, Problem};

type Schemas = Vec<(String, RefOr<Schema>)>;

/// What a route answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// A page of a list, as a bare array.
    List,
    /// A page of a feed.
    Feed,
    /// Judgements of what was posted, as a bare array.
    Judgements,
    /// One object.
    One,
    /// Something that was made: 201.
    Made,
    /// A result for each row that was sent.
    Bulk,
    /// A zip file.
    Zip,
    /// JSON without a schema of ours.
    Json,
    /// Nothing: 204.
    Nothing,
}

/// One route.
pub struct Route {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: &'static str,
    /// Path relative to `/api/v1`.
    pub path: &'static str,
    /// What a token needs.
    pub access: Access,
    about: &'static str,
    answer: Answer,
    filter: &'static [&'static str],
    /// Name of the wire struct that is answered, and all schemas it needs.
    schema: Option<Struct>,
    /// The same of the body that is sent.
    body: Option<Struct>,
}

type Struct = fn() -> (String, Schemas);

fn of<T: ToSchema>() -> (String, Schemas) {
    let name = T::name().into_owned();
    let mut schemas = vec![(name.clone(), T::schema())];
    T::schemas(&mut schemas);
    (name, schemas)
}

macro_rules! routes {
    ($($method:ident $path:literal $access:ident $answer:ident $filter:expr, $schema:expr, $body:expr, $about:literal;)+) => {
        /// Every route of version 1.
        pub const ROUTES: &[Route] = &[$(Route {
            method: stringify!($method), path: $path, access: Access::$access, about: $about, answer: Answer::$answer,
            filter: $filter, schema: $schema, body: $body,
        },)+];
    };
}

routes! {
    GET "/identities" ViewIdentities List inventory::FILTER, Some(of::<wire::Identity>), None, "The inventory, highest risk first unless sorted otherwise";
    GET "/identities/{id}" ViewIdentities One &[], Some(of::<wire::IdentityDetail>), None, "One identity with what it goes by, holds and may do";
    GET "/teams" ViewPeople List &[], Some(of::<wire::Team>), None, "Every team with its figures";
    GET "/teams/{slug}" ViewPeople One &[], Some(of::<wire::Team>), None, "One team";
    GET "/people" ViewPeople List &[], Some(of::<wire::Person>), None, "People, in order of name";
    GET "/people/{id}" ViewPeople One &[], Some(of::<wire::Person>), None, "One person";
    GET "/findings" ViewFindings List findings::FILTER, Some(of::<wire::Finding>), None, "Findings, most severe first; open and acknowledged ones unless `state` says otherwise. With `order=published`, or any other parameter of a feed: what became of them, oldest first, as a feed";
    GET "/findings/{id}" ViewFindings One &[], Some(of::<wire::Finding>), None, "One finding, whatever its state";
    GET "/campaigns" ViewCampaigns List &[], Some(of::<wire::Campaign>), None, "Campaigns, newest first";
    GET "/campaigns/{id}" ViewCampaigns One &[], Some(of::<wire::Campaign>), None, "One campaign with its progress";
    GET "/campaigns/{id}/items" ViewCampaigns List campaigns::FILTER, Some(of::<wire::CampaignItem>), None, "Items of a campaign, those that changed first, then by risk";
    GET "/campaigns/{id}/evidence" ReadEvidence Zip &[], None, None, "The evidence pack of a sealed campaign; `rollcall verify` checks it";
    GET "/activity" ViewActivity List activity::FILTER, Some(of::<wire::Activity>), None, "Rollcall's own record, newest first. With `order=published`, or any other parameter of a feed: oldest first, as a feed";
    GET "/events" ReadFeed Feed feed::FILTERS, None, None, "The event feed in order of position, in drain mode: the last page has no next link";
    GET "/logs" ReadFeed Feed feed::FILTERS, None, None, "The same events for pollers: always with a next link, in the words of Okta's system log unless `format` says otherwise";
    GET "/consumers" ReadFeed List &[], Some(of::<feed::ConsumerRow>), None, "Readers whose place Rollcall keeps, in order of name";
    DELETE "/consumers/{name}" ReadFeed Nothing &[], None, None, "Removes a consumer; one of the same name begins anew";
    POST "/consumers/{name}/next" ReadFeed Feed &["stream", "lease"], None, None, "Hands out the next rows under a lease, in an envelope with `ack`. They come again until they are acknowledged";
    POST "/consumers/{name}/ack" ReadFeed Nothing &[], None, Some(of::<feed::Acknowledgement>), "Acknowledges what was handed out";
    POST "/trust/lint" JudgeTrust Judgements &[], Some(of::<wire::TrustFinding>), Some(of::<wire::TrustQuestion>), "What is wrong with a trust document";
    POST "/trust/simulate" JudgeTrust One &[], Some(of::<wire::TrustVerdict>), Some(of::<wire::TrustQuestion>), "Whether a token is let in, with a reason for every condition";
    POST "/trust/admits" JudgeTrust One &[], Some(of::<wire::TrustAdmits>), Some(of::<wire::TrustQuestion>), "Whom a trust document lets in";
    POST "/trust/tighten" JudgeTrust One &[], Some(of::<wire::TrustTightened>), Some(of::<wire::TrustQuestion>), "The tightest trust that still lets in the tokens given";
    POST "/identities" RequestIdentity Made &[], Some(of::<changes::Made>), Some(of::<changes::NewIdentity>), "Asks for a new identity; somebody else approves it on its page";
    PATCH "/identities/{id}" ChangeIdentity One &[], Some(of::<wire::IdentityDetail>), Some(of::<changes::IdentityChange>), "Changes an identity; what is left out stays. The answer needs `inventory:read` to show it whole";
    POST "/identities/{id}/transitions" ChangeIdentity One &[], Some(of::<changes::Stands>), Some(of::<changes::Step>), "Takes a step of an identity's life: adopt, suspend, reactivate, decommission, remove, dismiss";
    POST "/identities/transitions" ChangeIdentity Bulk &[], Some(of::<changes::RowResult>), Some(of::<changes::Step>), "The same for up to 500 identities, each by itself";
    POST "/findings/{id}/actions" ChangeFinding One &[], Some(of::<changes::FindingStands>), Some(of::<changes::Act>), "Acknowledges, gives away, excepts, resolves or reopens a finding";
    POST "/findings/actions" ChangeFinding Bulk &[], Some(of::<changes::RowResult>), Some(of::<changes::Act>), "The same for up to 500 findings, each by itself";
    POST "/credentials/{id}/rotations" ChangeIdentity Made &[], Some(of::<changes::Made>), Some(of::<changes::Rotated>), "Records that a credential was rotated";
    POST "/credentials/{id}/revocation" ChangeIdentity Nothing &[], None, Some(of::<changes::Reason>), "Records that a credential was revoked";
    POST "/people/{id}/departure" ManagePeople Nothing &[], None, Some(of::<changes::Departure>), "Says that somebody has left, or is back";
    GET "/sources" ViewSources List &[], Some(of::<sources::Source>), None, "Connections that send events, with what they cover";
    GET "/sources/{slug}" ViewSources One &[], Some(of::<sources::Source>), None, "One source";
    POST "/sources" ManageSources Made &[], Some(of::<sources::SourceToken>), Some(of::<sources::NewSource>), "Makes a source; its token is shown this once";
    POST "/sources/{slug}/token" ManageSources Made &[], Some(of::<sources::SourceToken>), None, "Makes a source's token anew; the old one stops at once";
    GET "/tokens" ViewTokens List &[], Some(of::<tokens::TokenFacts>), None, "Tokens, newest first";
    POST "/tokens" ManageTokens Made &[], Some(of::<tokens::NewToken>), Some(of::<tokens::TokenWish>), "Makes a token that may do no more than the one that asks; shown this once";
    DELETE "/tokens/{id}" ManageTokens Nothing &[], None, None, "Revokes a token for good";
    POST "/tokens/{id}/rotation" ManageTokens Made &[], Some(of::<tokens::NewToken>), Some(of::<tokens::Overlap>), "Makes a token's successor; `self` is the one that asks, and needs no scope";
    GET "/workload-rules" ViewTokens List &[], Some(of::<tokens::Rule>), None, "Rules by which pipelines sign in with their own tokens";
    POST "/workload-rules" ManageTokens Made &[], Some(of::<tokens::Rule>), Some(of::<tokens::RuleWish>), "Makes such a rule; what lets outsiders in is refused";
    DELETE "/workload-rules/{id}" ManageTokens Nothing &[], None, None, "Removes a rule; what was given by it stops working at once";
    GET "/destinations" ViewDestinations List &[], Some(of::<destinations::Destination>), None, "Where rows of the feeds are pushed to, with place, lag and trouble";
    GET "/destinations/{id}" ViewDestinations One &[], Some(of::<destinations::Destination>), None, "One destination";
    POST "/destinations" ManageDestinations Made &[], Some(of::<destinations::Destination>), Some(of::<destinations::NewDestination>), "Makes a destination; it is sent to from then on";
    DELETE "/destinations/{id}" ManageDestinations Nothing &[], None, None, "Removes a destination with what it would not take";
    POST "/destinations/{id}/pause" ManageDestinations Nothing &[], None, None, "Sends nothing more until it is resumed";
    POST "/destinations/{id}/resume" ManageDestinations Nothing &[], None, None, "Goes on where it was, at once";
    POST "/destinations/{id}/rewind" ManageDestinations Nothing &[], None, Some(of::<destinations::Rewind>), "Puts its place back or on; its name confirms";
    GET "/destinations/{id}/dead-letters" ViewDestinations List &[], Some(of::<destinations::Letter>), None, "Rows it would not take, each with the reason";
    POST "/destinations/{id}/redrive" ManageDestinations One &[], Some(of::<destinations::Redriven>), None, "Sends up to 500 of these rows again";
    GET "/openapi.json" ViewIdentities Json &[], None, None, "This document";
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
        let method = match route.method {
            "POST" => HttpMethod::Post,
            "PUT" => HttpMethod::Put,
            "PATCH" => HttpMethod::Patch,
            "DELETE" => HttpMethod::Delete,
            _ => HttpMethod::Get,
        };
        paths = paths.path(
            format!("/api/v1{}", route.path),
            PathItem::new(method, operation(route)),
        );
        for of in [route.schema, route.body].into_iter().flatten() {
            schemas.extend(of().1);
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
    let verb = match route.method {
        "GET" => String::new(),
        method => format!("{}_", method.to_lowercase()),
    };
    let good = match route.answer {
        Answer::Nothing => "204",
        Answer::Made => "201",
        _ => "200",
    };
    let mut operation = OperationBuilder::new()
        .operation_id(Some(format!("{verb}{}", id.join("_"))))
        .tag(id.first().copied().unwrap_or_default())
        .summary(Some(route.about))
        .description(
            route
                .access
                .scope()
                .map(|scope| format!("Needs the scope `{scope}`.")),
        )
        .security(SecurityRequirement::new("token", Vec::<String>::new()))
        .response(good, answered(route))
        .response("401", refused("No token, or one that opens nothing"))
        .response("403", refused("The token's scopes do not include this"));
    for name in ["id", "slug", "name"] {
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
    let tagged = ["/{id}/transitions", "/{id}/actions"];
    if route.method == "PATCH" || tagged.iter().any(|end| route.path.ends_with(end)) {
        operation = operation.response("412", refused("It is not as `If-Match` says any more"));
    }
    operation = taking(route, operation);
    if matches!(route.answer, Answer::List | Answer::Feed) {
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
    let both = matches!(route.path, "/findings" | "/activity");
    if both || route.answer == Answer::Feed {
        for (name, schema, about) in feed_parameters() {
            operation = operation.parameter(query(name, Some(schema), about));
        }
        operation = operation
            .response(
                "304",
                ResponseBuilder::new().description("The page is the one of `If-None-Match`"),
            )
            .response(
                "410",
                refused("What the cursor points at is gone; `earliest_cursor` starts again"),
            );
    }
    if route.method == "POST" && route.answer == Answer::Feed {
        operation = operation.response(
            "409",
            refused("What was handed out is not acknowledged yet"),
        );
    }
    for name in route.filter {
        operation = operation.parameter(filter(route, name));
    }
    operation
}

/// With the body a route takes.
fn taking(route: &Route, operation: OperationBuilder) -> OperationBuilder {
    let Some(body) = route.body else {
        return operation;
    };
    let one = RefOr::from(Ref::from_schema_name(body().0));
    let schema: RefOr<Schema> = if route.answer == Answer::Bulk {
        Schema::from(ArrayBuilder::new().items(one).build()).into()
    } else {
        one
    };
    let content = ContentBuilder::new().schema(Some(schema));
    operation
        .request_body(Some(
            RequestBodyBuilder::new()
                .content("application/json", content.build())
                .required(Some(Required::True))
                .build(),
        ))
        .response(
            "400",
            refused("A body that cannot be read; `errors` names the field"),
        )
        .response("409", refused("It cannot be done now"))
        .response(
            "422",
            refused("A field that needs another look; `errors` names it"),
        )
}

/// Parameters of every feed.
fn feed_parameters() -> [(&'static str, Schema, &'static str); 7] {
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
            number(),
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
        "lease" => query(
            name,
            Some(number()),
            "Seconds until the rows are handed out again, 1 to 3600; 60 when absent",
        ),
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
    if route.answer == Answer::Nothing {
        return ResponseBuilder::new().description(route.about);
    }
    let schema: Option<RefOr<Schema>> = route.schema.map(|schema| {
        let one = Ref::from_schema_name(schema().0);
        if matches!(route.answer, Answer::List | Answer::Bulk) {
            Schema::from(ArrayBuilder::new().items(one).build()).into()
        } else {
            one.into()
        }
    });
    let kind = match route.answer {
        Answer::Zip => "application/zip",
        _ => "application/json",
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
