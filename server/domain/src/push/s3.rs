//! Object stores that speak S3: where an object is put, and the signature that lets it in (Signature Version 4).
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>

use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// Region of stores that know none.
const REGION: &str = "us-east-1";

/// Who signs, and where.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// Access key id.
    pub key: &'a str,
    /// Secret access key.
    pub secret: &'a str,
    /// Region; `us-east-1` when empty.
    pub region: &'a str,
}

impl<'a> Signer<'a> {
    /// Reads `ACCESS-KEY-ID=SECRET`; `None` when it is not written so.
    pub fn read(secret: &'a str, region: &'a str) -> Option<Self> {
        let (key, secret) = secret.trim().split_once('=')?;
        let region = if region.is_empty() { REGION } else { region };
        (!key.is_empty() && !secret.is_empty()).then_some(Self {
            key,
            secret,
            region,
        })
    }

    /// The headers of a PUT of `body` to `https://{host}{path}` at a moment, `authorization` among them. `path` is
    /// written as it goes out (percent-encoded); `more` are further headers to sign, in small letters.
    pub fn put(
        &self,
        host: &str,
        path: &str,
        body: &[u8],
        more: &[(&'static str, String)],
        at: DateTime<Utc>,
    ) -> Vec<(&'static str, String)> {
        let (day, time) = (
            at.format("%Y%m%d").to_string(),
            at.format("%Y%m%dT%H%M%SZ").to_string(),
        );
        let digest = hex::encode(Sha256::digest(body));
        let mut signed = vec![
            ("host", host.to_owned()),
            ("x-amz-content-sha256", digest.clone()),
            ("x-amz-date", time.clone()),
        ];
        signed.extend(more.iter().cloned());
        signed.sort();
        let names: Vec<&str> = signed.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let mut lines = String::new();
        for (name, value) in &signed {
            lines.extend([name, ":", value.trim(), "\n"]);
        }
        let request = format!("PUT\n{path}\n\n{lines}\n{names}\n{digest}");
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let request = hex::encode(Sha256::digest(request));
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{request}");
        let mut key = format!("AWS4{}", self.secret).into_bytes();
        for part in [day.as_str(), self.region, "s3", "aws4_request"] {
            key = keyed(&key, part);
        }
        let signature = hex::encode(keyed(&key, &text));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope},SignedHeaders={names},Signature={signature}",
            self.key
        );
        signed.retain(|(name, _)| *name != "host");
        signed.push(("authorization", authorization));
        signed
    }
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(key)
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// An object's name: by the hour in which its first row was published, so that a reader lists one hour at a time.
pub fn name(stream: &str, hour: DateTime<Utc>, first: i64, last: i64) -> String {
    format!(
        "{}/{stream}-{first:020}-{last:020}.ndjson.gz",
        hour.format("%Y/%m/%d/%H")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "Example: PUT Object" of the page above.
    #[test]
    fn the_signature_is_that_of_the_example() {
        let signer = Signer {
            key: "AKIAIOSFODNN7EXAMPLE",
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            region: "us-east-1",
        };
        let more = [
            ("date", "Fri, 24 May 2013 00:00:00 GMT".to_owned()),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY".to_owned()),
        ];
        let at = DateTime::from_timestamp(1_369_353_600, 0).unwrap_or_default();
        let headers = signer.put(
            "examplebucket.s3.amazonaws.com",
            "/test%24file.text",
            b"Welcome to Amazon S3.",
            &more,
            at,
        );
        let authorization = headers.iter().find(|(name, _)| *name == "authorization");
        assert!(
            authorization.is_some_and(|(_, value)| value.ends_with(
                "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
            )),
            "{authorization:?}"
        );
        assert!(headers.iter().all(|(name, _)| *name != "host"));
    }

    #[test]
    fn keys_are_read_and_names_are_by_hour() {
        let read =
            |text| Signer::read(text, "").map(|signer| (signer.key, signer.secret, signer.region));
        assert_eq!(read("AKIA=a=b"), Some(("AKIA", "a=b", "us-east-1")));
        assert_eq!((read("AKIA"), read("=x"), read("x=")), (None, None, None));
        let hour = DateTime::from_timestamp(1_793_491_259, 0).unwrap_or_default();
        assert_eq!(
            name("events", hour, 1, 500),
            "2026/11/01/00/events-00000000000000000001-00000000000000000500.ndjson.gz"
        );
    }
}
