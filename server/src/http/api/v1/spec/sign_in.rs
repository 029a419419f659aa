//! The two doors that are open to anybody, who then has to prove something. They take forms, and their errors are OAuth's
//! (RFC 6749 5.2), which clients of such addresses read.

use utoipa::openapi::path::OperationBuilder;
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Schema};
use utoipa::openapi::{ContentBuilder, HttpMethod, PathItem, Required, ResponseBuilder};

use super::super::sign_in::{DEVICE, EXCHANGE, TAKEN};
use super::super::wire::words;
use super::parameters::{number, plain};

/// Their paths, whole.
pub(super) fn paths() -> [(&'static str, PathItem); 2] {
    [
        ("/api/v1/token", PathItem::new(HttpMethod::Post, token())),
        ("/api/v1/device", PathItem::new(HttpMethod::Post, device())),
    ]
}

fn token() -> OperationBuilder {
    let form = ObjectBuilder::new()
        .property("grant_type", words::one_of([EXCHANGE, DEVICE]))
        .property("subject_token", plain())
        .property("subject_token_type", words::one_of(TAKEN.iter().copied()))
        .property("device_code", plain())
        .property("scope", plain())
        .required("grant_type");
    let given = ObjectBuilder::new()
        .property("access_token", plain())
        .property("issued_token_type", plain())
        .property("token_type", words::one_of(["Bearer"]))
        .property("expires_in", number(0, i64::from(u32::MAX)))
        .property("scope", plain());
    let given = ["access_token", "token_type", "expires_in", "scope"]
        .into_iter()
        .fold(given, ObjectBuilder::required);
    let about = "Exchanges a pipeline's own OIDC token for one of Rollcall's (RFC 8693), or the code of a shell's login (RFC 8628)";
    door("token", about, form, given)
}

fn device() -> OperationBuilder {
    let form = ObjectBuilder::new()
        .property("name", plain())
        .property("scope", plain())
        .required("name");
    let words = [
        "device_code",
        "user_code",
        "verification_uri",
        "verification_uri_complete",
    ];
    let begun = words.into_iter().fold(ObjectBuilder::new(), |begun, name| {
        begun.property(name, plain()).required(name)
    });
    let begun = ["expires_in", "interval"]
        .into_iter()
        .fold(begun, |begun, name| {
            let seconds = number(0, i64::from(u32::MAX));
            begun.property(name, seconds).required(name)
        });
    let about = "Begins a shell's login, which a person approves in a browser (RFC 8628)";
    door("device", about, form, begun)
}

fn door(name: &str, about: &str, form: ObjectBuilder, good: ObjectBuilder) -> OperationBuilder {
    let refused = ObjectBuilder::new()
        .property("error", plain())
        .property("error_description", plain())
        .required("error");
    let content = |schema: ObjectBuilder| {
        ContentBuilder::new()
            .schema(Some(Schema::from(schema)))
            .build()
    };
    let said = |about: &str, schema| {
        ResponseBuilder::new()
            .description(about)
            .content("application/json", content(schema))
    };
    OperationBuilder::new()
        .operation_id(Some(format!("post_{name}")))
        .tag(name)
        .summary(Some(about))
        .description(Some("Open to anybody, who then has to prove something."))
        .request_body(Some(
            RequestBodyBuilder::new()
                .content("application/x-www-form-urlencoded", content(form))
                .required(Some(Required::True))
                .build(),
        ))
        .response("200", said(about, good))
        .response("400", said("Refused; `error` says why", refused))
        .response(
            "429",
            ResponseBuilder::new()
                .description("Asked too often; `Retry-After` says when to ask again"),
        )
}
