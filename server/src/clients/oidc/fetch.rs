//! Requests to the provider: bounded in time and size, and never sent on to an address somebody else chose.

use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};

use super::Failure;

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(10);
const MOST_BYTES: usize = 1024 * 1024;

/// Why an answer could not be had.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No connection, no TLS, or no answer in time.
    #[error("no answer")]
    Transport(#[from] reqwest::Error),
    /// An answer too large to be a provider's.
    #[error("the answer is larger than one mebibyte")]
    TooLarge,
    /// An answer that is no answer.
    #[error("unreadable answer")]
    Unreadable(#[from] http::Error),
}

/// The HTTP client.
#[derive(Debug, Clone)]
pub struct Fetch(reqwest::Client);

impl Fetch {
    /// Prepares. Only a provider on this machine may speak plain http.
    ///
    /// # Errors
    /// When no client can be made of this machine's TLS settings.
    pub fn new(plain: bool) -> Result<Self, Failure> {
        let mut builder = reqwest::Client::builder()
            // A redirect could lead anywhere, with our code or secret in the body.
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .https_only(!plain)
            .user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION")));
        if plain {
            builder = builder.no_proxy();
        }
        builder
            .build()
            .map(Self)
            .map_err(|error| Failure::Unavailable(super::chain(&error)))
    }

    /// The form the library calls.
    pub fn client(
        &self,
    ) -> impl Fn(HttpRequest) -> futures::future::BoxFuture<'static, Result<HttpResponse, FetchError>>
    {
        let client = self.0.clone();
        move |request| Box::pin(send(client.clone(), request))
    }
}

async fn send(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, FetchError> {
    let mut answer = client.execute(request.try_into()?).await?;
    let mut builder = http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        builder = builder.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > MOST_BYTES {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(builder.body(body)?)
}
