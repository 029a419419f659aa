//! A letter through a real SMTP server (Python's own, where there is one), and a signed webhook through a real socket.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use hmac::Mac as _;
use server::clients::anchor::places;
use server::clients::post::Outgoing;
use service::ports::{Letter, Post as _, Posted};
use service::settings::{Anchors, Outlets};

/// Takes one letter and prints it, then its port is closed with the process.
const SERVER: &str = r"
import asyncore, smtpd, sys, warnings
warnings.simplefilter('ignore')
class Sink(smtpd.SMTPServer):
    def process_message(self, peer, mailfrom, rcpttos, data, **kwargs):
        if rcpttos == ['nobody@acme.test']:
            return '550 no such user'
        sys.stdout.write(mailfrom + '|' + ','.join(rcpttos) + '|' + data.decode().replace('\n', '\\n') + '\n')
        sys.stdout.flush()
sink = Sink(('127.0.0.1', 0), None)
print(sink.socket.getsockname()[1])
sys.stdout.flush()
asyncore.loop(timeout=0.1)
";

struct Mailbox {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    port: u16,
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn mailbox() -> Option<Mailbox> {
    let started = Command::new("python3")
        .args(["-W", "ignore", "-c", SERVER])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let skipped = || {
        let _ = writeln!(std::io::stderr(), "skipped: python3 with smtpd absent");
    };
    let Ok(mut child) = started else {
        skipped();
        return None;
    };
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let Ok(port) = line.trim().parse() else {
        skipped();
        return None;
    };
    Some(Mailbox { child, out, port })
}

fn letter(to: &str) -> Letter {
    Letter {
        id: uuid::Uuid::from_u128(7),
        to_name: "Mira Kestrel".into(),
        address: to.into(),
        subject: "Q4 review is due within two days, 3 items open".into(),
        body: "Hello Mira,\n\n- https://rollcall.test/reviews/1 · prüfen\n".into(),
        at: chrono::DateTime::from_timestamp(1_795_251_600, 0).unwrap(),
    }
}

fn outlets(smtp: Option<String>, webhook: Option<String>) -> Outlets {
    Outlets {
        smtp_url: smtp,
        from: "Rollcall <rollcall@acme.test>".into(),
        webhook_url: webhook,
        webhook_secret: "a-secret-of-the-receiver".into(),
    }
}

#[tokio::test]
async fn a_letter_reaches_a_real_mail_server_and_a_refusal_is_final() {
    let Some(mut mailbox) = mailbox() else { return };
    let out = Outgoing::new(&outlets(
        Some(format!("smtp://127.0.0.1:{}", mailbox.port)),
        None,
    ))
    .unwrap();
    assert_eq!(out.mail(letter("mira@acme.test")).await, Posted::Taken);
    let mut line = String::new();
    mailbox.out.read_line(&mut line).unwrap();
    assert!(
        line.starts_with("rollcall@acme.test|mira@acme.test|"),
        "{line}"
    );
    for part in [
        "Subject: Q4 review is due",
        "Mira Kestrel",
        "Message-ID: <00000000-0000-0000-0000-000000000007@rollcall>",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
    let refused = out.mail(letter("nobody@acme.test")).await;
    assert!(
        matches!(&refused, Posted::Refused(why) if why.contains("no such user")),
        "{refused:?}"
    );
    drop(mailbox);
    let down = out.mail(letter("mira@acme.test")).await;
    assert!(
        matches!(down, Posted::Later(_)),
        "a server that is down is tried again: {down:?}"
    );
}

/// A receiver of one delivery: its port, and, once it came, the request's head and body. It answers with a status.
fn receiver(status: &'static str) -> (u16, std::thread::JoinHandle<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let receives = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut taken = Vec::new();
        let mut chunk = [0; 4096];
        loop {
            let n = stream.read(&mut chunk).unwrap();
            taken.extend_from_slice(&chunk[..n]);
            let text = String::from_utf8_lossy(&taken);
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && body.len().to_string() == header(head, "content-length")
            {
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
                return (head.to_owned(), body.to_owned());
            }
            assert!(n > 0, "the sender hung up: {text}");
        }
    });
    (port, receives)
}

fn header(head: &str, name: &str) -> String {
    let line = head
        .lines()
        .find(|line| line.to_lowercase().starts_with(name));
    let value = line.and_then(|line| line.split_once(": "));
    value.map(|(_, value)| value.to_owned()).unwrap_or_default()
}

/// Whether a request is signed over its id, its time and its body, as Standard Webhooks says.
fn assert_signed(head: &str, body: &str) {
    let (id, at) = (
        header(head, "webhook-id"),
        header(head, "webhook-timestamp"),
    );
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(b"a-secret-of-the-receiver").unwrap();
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    let expected = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    assert_eq!(header(head, "webhook-signature"), format!("v1,{expected}"));
}

#[tokio::test]
async fn a_webhook_is_signed_over_id_time_and_body() {
    let (port, receives) = receiver("204 No Content");
    let address = format!("http://127.0.0.1:{port}/hook");
    let out = Outgoing::new(&outlets(None, Some(address))).unwrap();
    assert_eq!(out.webhook(letter("")).await, Posted::Taken);
    let (head, body) = receives.join().unwrap();
    assert_signed(&head, &body);
    let json: serde_json::Value = serde_json::from_str(&body).unwrap();
    let text = json["text"].as_str().unwrap();
    assert!(
        text.starts_with("*Q4 review") && text.contains("prüfen"),
        "{text}"
    );
}

#[tokio::test]
async fn an_anchor_goes_to_the_webhook_signed_and_a_refusal_is_told() {
    let anchors = Anchors {
        webhook: true,
        ..Anchors::default()
    };
    let line = r#"{"position":7,"hash":"ab","at":"2026-11-21T09:00:00Z"}"#;
    let put = async |outlets: &Outlets| {
        let places = places(&anchors, outlets).unwrap();
        assert_eq!((places.len(), places[0].name()), (1, "webhook"));
        let at = chrono::DateTime::from_timestamp(1_795_251_600, 0).unwrap();
        places[0]
            .put(line.to_owned(), uuid::Uuid::from_u128(9), at)
            .await
    };
    let (port, receives) = receiver("200 OK");
    let address = format!("http://127.0.0.1:{port}/hook");
    put(&outlets(None, Some(address))).await.unwrap();
    let (head, body) = receives.join().unwrap();
    assert_signed(&head, &body);
    assert_eq!(header(&head, "webhook-timestamp"), "1795251600");
    let json: serde_json::Value = serde_json::from_str(&body).unwrap();
    let text = json["text"].as_str().unwrap();
    assert!(text.ends_with(line), "the line is whole: {text}");

    let (port, receives) = receiver("410 Gone");
    let address = format!("http://127.0.0.1:{port}/hook");
    let refused = put(&outlets(None, Some(address))).await.unwrap_err();
    assert!(refused.contains("410"), "{refused}");
    receives.join().unwrap();
    let nowhere = put(&outlets(None, None)).await.unwrap_err();
    assert!(nowhere.contains("webhook.url"), "{nowhere}");
}
