//! What a sender wants to hear.

use axum::Json;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use contract::events::IngestReceipt;
use serde_json::{Value, json};

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The receipt; Firehose takes a delivery for lost unless its own request id comes back.
/// <https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html>
pub(super) fn receipt(
    headers: &HeaderMap,
    receipt: &IngestReceipt,
    now: DateTime<Utc>,
) -> Response {
    match text(headers, "x-amz-firehose-request-id") {
        Some(id) => {
            Json(json!({"requestId": id, "timestamp": now.timestamp_millis()})).into_response()
        }
        None => Json(receipt).into_response(),
    }
}

/// Okta's one-time question.
/// <https://developer.okta.com/docs/concepts/event-hooks/#one-time-verification-request>
pub(super) fn challenge(headers: &HeaderMap) -> Option<Response> {
    let asked = text(headers, "x-okta-verification-challenge")?;
    Some(Json(json!({"verification": asked})).into_response())
}

/// Azure Event Grid's question, which comes as a delivery.
/// <https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema>
pub(super) fn handshake(headers: &HeaderMap, body: &[u8]) -> Option<Response> {
    if text(headers, "aeg-event-type")? != "SubscriptionValidation" {
        return None;
    }
    let events: Value = serde_json::from_slice(body).ok()?;
    let code = events.get(0)?.get("data")?.get("validationCode")?;
    Some(Json(json!({"validationResponse": code})).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn said(response: Response) -> Value {
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 16)
            .await
            .expect("a body");
        serde_json::from_slice(&bytes).expect("JSON")
    }

    #[tokio::test]
    async fn each_vendor_hears_its_own_answer() {
        let now = DateTime::from_timestamp_millis(1_578_090_903_599).expect("valid time");
        let mut headers = HeaderMap::new();
        let plain = receipt(&headers, &IngestReceipt::default(), now);
        assert_eq!(
            said(plain).await,
            json!({"accepted": 0, "duplicates": 0, "rejected": []})
        );
        headers.insert(
            "x-amz-firehose-request-id",
            "ed4acda5".parse().expect("header"),
        );
        assert_eq!(
            said(receipt(&headers, &IngestReceipt::default(), now)).await,
            json!({"requestId": "ed4acda5", "timestamp": 1_578_090_903_599_i64})
        );
        headers.insert(
            "x-okta-verification-challenge",
            "once".parse().expect("header"),
        );
        assert_eq!(
            said(challenge(&headers).expect("asked")).await,
            json!({"verification": "once"})
        );
        headers.insert(
            "aeg-event-type",
            "SubscriptionValidation".parse().expect("header"),
        );
        let body = br#"[{"data": {"validationCode": "512d38b6"}}]"#;
        assert_eq!(
            said(handshake(&headers, body).expect("asked")).await,
            json!({"validationResponse": "512d38b6"})
        );
        assert!(handshake(&headers, b"[]").is_none());
    }
}
