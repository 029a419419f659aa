//! The OpenAPI 3.1 document: one line per route, schemas from the wire structs, words of filters from the enums.

use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{
    AdditionalProperties, AnyOfBuilder, ArrayBuilder, ComponentsBuilder, ObjectBuilder, Schema,
};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Ref,
    RefOr, Required, ResponseBuilder,
};

use super::parameters::{
    cursor, feed_parameters, fields, filter, header_parameter, number, place, plain, query,
    request_key,
};
use super::{Answer, ROUTES, Route, sign_in, thing};
use crate::http::api::idempotency;
use crate::http::api::v1::list::names_in;

const ABOUT: &str = "Lists answer a bare array; the next page is in `Link` and `X-Next-Cursor`. `fields` leaves out what is \
    not named. Errors are `application/problem+json` (RFC 9457) and name the field. `If-Match` with an `ETag` refuses a \
    change of what has changed since (412), `Idempotency-Key` does a POST once. How often a token may ask stands in \
    `X-RateLimit-*`.";

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
    for (path, item) in sign_in::paths() {
        paths = paths.path(path, item);
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
                .description(Some(ABOUT)),
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
    let id = route.path.replace(['/', '{', '}', '.', '-'], " ");
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
    let scope = route.access.scope();
    let mut operation = OperationBuilder::new()
        .operation_id(Some(format!("{verb}{}", id.join("_"))))
        .tag(route.path.split('/').nth(1).unwrap_or_default())
        .summary(Some(route.about))
        .description(scope.map(|scope| format!("Needs the scope `{scope}`.")))
        .security(SecurityRequirement::new("token", Vec::<String>::new()))
        .response(good, answered(route));
    for (status, why) in refusals(route) {
        operation = operation.response(status, refused(why));
    }
    if route.answer == Answer::Feed || is_both(route) || tagged(route) {
        let same = ResponseBuilder::new().description("It is as `If-None-Match` says");
        operation = operation.response("304", same);
    }
    for name in ["id", "item", "slug", "name"] {
        if route.path.contains(&format!("{{{name}}}")) {
            operation = operation.parameter(
                ParameterBuilder::new()
                    .name(name)
                    .parameter_in(ParameterIn::Path)
                    .required(Required::True)
                    .schema(Some(place(route, name))),
            );
        }
    }
    for parameter in parameters(route) {
        operation = operation.parameter(parameter);
    }
    if takes_file(route) {
        // Whatever it is: a schema would say of which JSON.
        let file = RequestBodyBuilder::new()
            .content("application/octet-stream", ContentBuilder::new().build())
            .required(Some(Required::True));
        return operation.request_body(Some(file.build()));
    }
    operation.request_body(route.body.map(|body| {
        let one = RefOr::from(Ref::from_schema_name(body().0));
        let schema: RefOr<Schema> = if route.answer == Answer::Bulk {
            let rows = ArrayBuilder::new().items(one);
            Schema::from(rows.min_items(Some(1)).max_items(Some(500)).build()).into()
        } else {
            one
        };
        let content = ContentBuilder::new().schema(Some(schema));
        RequestBodyBuilder::new()
            .content("application/json", content.build())
            .required(Some(if route.path == "/tokens/{id}/rotation" {
                Required::False
            } else {
                Required::True
            }))
            .build()
    }))
}

/// What a reader whose place is kept does not say.
const PLACES: [&str; 4] = ["after", "since", "consumer", "wait"];

/// Whether the reader's place is kept for it.
fn keeps_place(route: &Route) -> bool {
    route.path == "/consumers/{name}/next"
}

/// A list that is also a feed.
fn is_both(route: &Route) -> bool {
    matches!(route.path, "/findings" | "/activity")
}

/// Whether the body is a file as it is.
fn takes_file(route: &Route) -> bool {
    route.method == "POST" && route.path == "/imports"
}

/// Whether one thing is answered, with its tag.
fn tagged(route: &Route) -> bool {
    route.method == "GET" && route.answer == Answer::One
}

/// What else a route may answer.
fn refusals(route: &Route) -> Vec<(&'static str, &'static str)> {
    let feed = route.answer == Answer::Feed || is_both(route);
    let mut refusals = vec![
        ("400", "Something that cannot be read; `errors` names it"),
        ("401", "No token, or one that opens nothing"),
        (
            "403",
            "The token's scopes do not include this, or it may not do it to this row",
        ),
        (
            "429",
            "The token asks too often; `Retry-After` says when to ask again",
        ),
    ];
    // What is joined stands in the body.
    if route.path.contains('{') || route.path == "/discovered/merges" {
        refusals.push(("404", "There is nothing with this id"));
    }
    if route.method == "GET" && route.answer == Answer::Zip {
        refusals.push(("409", "It is not sealed yet"));
    }
    if route.path == "/stories/{name}" {
        refusals.push(("409", "Several repositories have a run of this id"));
    }
    if route.method == "GET" && feed {
        let why = "The consumer belongs to another feed or filter, or has rows that wait to be acknowledged";
        refusals.push(("409", why));
    }
    if route.method != "GET" {
        refusals.push(("409", "It cannot be done now"));
        refusals.push(("413", "The body is larger than this address takes"));
        refusals.push(("422", "A field that needs another look; `errors` names it"));
    }
    if feed {
        refusals.push((
            "410",
            "What the cursor points at is gone; `earliest_cursor` starts again",
        ));
    }
    if thing_is_read(route) {
        refusals.push(("412", "It is not as `If-Match` says any more"));
    }
    refusals
}

fn thing_is_read(route: &Route) -> bool {
    route.method != "GET" && thing(route, route.path).is_some()
}

fn parameters(route: &Route) -> Vec<ParameterBuilder> {
    let mut parameters = Vec::new();
    if matches!(route.answer, Answer::List | Answer::Feed) {
        let about = "Rows of a page, 1 to 1000; 100 when absent";
        parameters.push(query("limit", Some(number(1, 1000)), about));
        if !keeps_place(route) {
            let about = "Cursor of the page, from `X-Next-Cursor`";
            parameters.push(query("after", Some(cursor()), about));
        }
    }
    if let Some((name, schemas)) = route.schema.map(|of| of())
        && (route.answer == Answer::List || tagged(route))
    {
        let about =
            "Only these fields, by name, with commas; what is answered then lacks the others";
        let names = fields(&names_in(&name, schemas));
        parameters.push(query("fields", Some(names), about));
    }
    if is_both(route) || route.answer == Answer::Feed {
        let all = feed_parameters().into_iter();
        let taken = |name: &str| !(keeps_place(route) && PLACES.contains(&name));
        let all = all.filter(|(name, ..)| taken(name));
        parameters.extend(all.map(|(name, schema, about)| query(name, Some(schema), about)));
    }
    parameters.extend(route.filter.iter().map(|name| filter(route, name)));
    if thing_is_read(route) {
        let about = "The `ETag` you read: refused with 412 when it has changed since";
        parameters.push(header_parameter("If-Match", plain(), about));
    }
    if route.method == "POST" && !idempotency::shows_secrets(route.path) {
        let about =
            "Names this request: sent again with the same name it is not done again, for a day";
        parameters.push(header_parameter("Idempotency-Key", request_key(), about));
    }
    parameters
}

fn answered(route: &Route) -> ResponseBuilder {
    if route.answer == Answer::Nothing {
        return ResponseBuilder::new().description(route.about);
    }
    let schema: Option<RefOr<Schema>> = route.schema.map(|schema| {
        let one = Ref::from_schema_name(schema().0);
        if matches!(
            route.answer,
            Answer::List | Answer::Bulk | Answer::Judgements
        ) {
            Schema::from(ArrayBuilder::new().items(one).build()).into()
        } else if route.answer == Answer::Changed {
            let whole_or_named = AnyOfBuilder::new().item(one).item(named_alone());
            Schema::from(whole_or_named.build()).into()
        } else {
            one.into()
        }
    });
    let kind = match route.answer {
        Answer::Zip => "application/zip",
        Answer::Json => "application/vnd.oai.openapi+json",
        _ => "application/json",
    };
    let mut response = ResponseBuilder::new().description(route.about);
    // Fields may be left out, and a list that is also a feed answers the feed's rows.
    let schema = schema.filter(|_| !is_both(route));
    response = response.content(kind, ContentBuilder::new().schema(schema).build());
    if route.answer == Answer::Feed || is_both(route) {
        let lines = || ContentBuilder::new().schema(Some(plain())).build();
        response = response
            .content("application/x-ndjson", lines())
            .content("text/plain", lines());
    }
    response
}

/// What a token is told of a thing it may change and not read.
fn named_alone() -> Schema {
    let mut named = ObjectBuilder::new().description(Some(
        "For a token that may not read it: what state it is in, or what names it",
    ));
    for name in ["state", "slug", "id"] {
        named = named.property(name, plain());
    }
    named
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        .into()
}

fn refused(why: &str) -> ResponseBuilder {
    let problem = Ref::from_schema_name("Problem");
    ResponseBuilder::new().description(why).content(
        "application/problem+json",
        ContentBuilder::new().schema(Some(problem)).build(),
    )
}

/// RFC 9457, with the request id and the wrong fields.
fn problem() -> Schema {
    let wrong = ObjectBuilder::new()
        .property("field", plain())
        .property("detail", plain())
        .required("field")
        .required("detail");
    let mut object = ObjectBuilder::new()
        .property("status", number(400, 599))
        .property("errors", ArrayBuilder::new().items(wrong));
    for name in ["type", "title", "detail", "request_id"] {
        object = object.property(name, plain()).required(name);
    }
    object.required("status").into()
}
