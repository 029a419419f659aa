//! The way out: letters by SMTP, and a signed webhook whose body Slack understands.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use serde_json::json;
use service::ports::{Letter, Post, Posted, Posting};
use service::settings::Outlets;
use sha2::Sha256;

const WHOLE: Duration = Duration::from_secs(20);

/// Where messages go, as configured.
pub struct Outgoing {
    smtp: Option<(AsyncSmtpTransport<Tokio1Executor>, Mailbox)>,
    webhook: Option<(reqwest::Client, String, Vec<u8>)>,
}

impl Outgoing {
    /// Prepares; nobody is connected to before the first message.
    ///
    /// # Errors
    /// When an address cannot be read or TLS cannot be set up on this machine.
    pub fn new(outlets: &Outlets) -> Result<Self, String> {
        let smtp = match &outlets.smtp_url {
            None => None,
            Some(url) => {
                let from = outlets
                    .from
                    .parse::<Mailbox>()
                    .map_err(|error| format!("mail.from: {error}"))?;
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                    // The address holds a password: it is not repeated.
                    .map_err(|_| "mail.smtp_url cannot be read".to_owned())?
                    .timeout(Some(WHOLE))
                    .build();
                Some((transport, from))
            }
        };
        let webhook = match &outlets.webhook_url {
            None => None,
            Some(url) => {
                let client = reqwest::Client::builder()
                    // A redirect could lead anywhere, with our signature on it.
                    .redirect(reqwest::redirect::Policy::none())
                    .timeout(WHOLE)
                    .user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION")))
                    .build()
                    .map_err(|error| error.to_string())?;
                Some((
                    client,
                    url.clone(),
                    outlets.webhook_secret.clone().into_bytes(),
                ))
            }
        };
        Ok(Self { smtp, webhook })
    }

    async fn send_mail(&self, letter: Letter) -> Posted {
        let Some((transport, from)) = &self.smtp else {
            return Posted::NoChannel;
        };
        let to = match letter.address.parse::<lettre::Address>() {
            Ok(address) => Mailbox::new(Some(letter.to_name), address),
            Err(error) => return Posted::Refused(format!("the address cannot be used: {error}")),
        };
        let message = Message::builder()
            .from(from.clone())
            .to(to)
            .subject(letter.subject)
            .message_id(Some(format!("<{}@rollcall>", letter.id)))
            .header(lettre::message::header::ContentType::TEXT_PLAIN)
            .body(letter.body);
        let message = match message {
            Ok(message) => message,
            Err(error) => return Posted::Refused(error.to_string()),
        };
        match transport.send(message).await {
            Ok(_) => Posted::Taken,
            Err(error) if error.is_permanent() => Posted::Refused(error.to_string()),
            Err(error) => Posted::Later(error.to_string()),
        }
    }

    async fn send_webhook(&self, letter: Letter) -> Posted {
        let Some((client, url, secret)) = &self.webhook else {
            return Posted::NoChannel;
        };
        let text = format!("*{}*\n{}", letter.subject, letter.body);
        let body = json!({"text": text}).to_string();
        let (id, at) = (letter.id.to_string(), letter.at.timestamp().to_string());
        let request = client
            .post(url)
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", &at)
            .header("webhook-signature", signature(secret, &id, &at, &body))
            .body(body);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Posted::Taken,
            Ok(answer) if answer.status().is_client_error() && answer.status() != 429 => {
                Posted::Refused(format!("the webhook answers {}", answer.status()))
            }
            Ok(answer) => Posted::Later(format!("the webhook answers {}", answer.status())),
            // The address may hold a token: only the kind of error is told.
            Err(error) => Posted::Later(error.without_url().to_string()),
        }
    }
}

/// Signed as Standard Webhooks says: over id, time and body, so that nothing can be replayed or changed.
/// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
fn signature(secret: &[u8], id: &str, at: &str, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return String::new();
    };
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

impl Post for Outgoing {
    fn mail(&self, letter: Letter) -> Posting<'_> {
        Box::pin(self.send_mail(letter))
    }

    fn webhook(&self, letter: Letter) -> Posting<'_> {
        Box::pin(self.send_webhook(letter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_covers_id_time_and_body() {
        let one = signature(b"secret", "msg_1", "1700000000", "{}");
        assert!(one.starts_with("v1,"));
        for (id, at, body) in [
            ("msg_2", "1700000000", "{}"),
            ("msg_1", "1700000001", "{}"),
            ("msg_1", "1700000000", "[]"),
        ] {
            assert_ne!(signature(b"secret", id, at, body), one);
        }
        assert_ne!(signature(b"other", "msg_1", "1700000000", "{}"), one);
    }

    #[tokio::test]
    async fn without_an_outlet_nothing_is_lost_and_nothing_sent() {
        let out = Outgoing::new(&Outlets::default()).expect("none configured");
        let letter = Letter {
            id: uuid::Uuid::nil(),
            to_name: "Mira".into(),
            address: "mira@acme.test".into(),
            subject: "s".into(),
            body: "b".into(),
            at: chrono::DateTime::UNIX_EPOCH,
        };
        assert_eq!(out.mail(letter.clone()).await, Posted::NoChannel);
        assert_eq!(out.webhook(letter).await, Posted::NoChannel);
    }
}
