//! The identity provider by OpenID Connect: authorization code with PKCE, state and nonce.
//!
//! OpenID Connect Core 1.0, RFC 7636 (PKCE), RFC 9207 (issuer in the answer). Requests to the provider follow
//! no redirects, take ten seconds and one mebibyte at most, and go over TLS unless it is on this machine.

mod fetch;
mod groups;

use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenClaims,
    IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
    UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use service::session::Claims;
use tokio::sync::Mutex;

use crate::config::OidcConfig;
pub use fetch::Fetch;
use groups::Extra;

type IdFields = IdTokenFields<
    Extra,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<IdFields, CoreTokenType>;
type OidcClient = Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// How long the provider's addresses and keys are believed without asking again.
const BELIEVED: Duration = Duration::from_hours(1);
/// How old they must be before a signature that does not fit makes us ask again.
const AGAIN: Duration = Duration::from_secs(30);

/// Why a sign-in did not come to its end. The texts are for the log.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The provider does not answer, or not as a provider does.
    #[error("the identity provider is not available: {0}")]
    Unavailable(String),
    /// The provider did not accept the code.
    #[error("the identity provider refused the code: {0}")]
    Refused(String),
    /// What it said cannot be believed: signature, issuer, audience, nonce or time do not fit.
    #[error("the identity token cannot be believed: {0}")]
    Untrusted(String),
}

/// What must be remembered between going to the provider and coming back.
#[derive(Clone, Serialize, Deserialize)]
pub struct Pending {
    /// Binds the answer to this browser.
    pub state: String,
    nonce: String,
    verifier: String,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pending")
    }
}

/// The configured provider.
pub struct Provider {
    config: OidcConfig,
    redirect: String,
    fetch: Fetch,
    known: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

impl Provider {
    /// Prepares; the provider is first asked when somebody signs in. `origin` is our public address.
    ///
    /// # Errors
    /// When TLS cannot be set up on this machine.
    pub fn new(config: OidcConfig, origin: &str) -> Result<Self, Failure> {
        let fetch = Fetch::new(config.issuer.starts_with("http://"))?;
        Ok(Self {
            config,
            redirect: format!("{origin}/auth/oidc/callback"),
            fetch,
            known: Mutex::new(None),
        })
    }

    /// The address to send the browser to, and what to remember until it comes back.
    ///
    /// # Errors
    /// When the provider does not answer its discovery address.
    pub async fn begin(&self) -> Result<(String, Pending), Failure> {
        let client = self.client(&self.metadata(BELIEVED).await?)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let request = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .set_pkce_challenge(challenge);
        // `openid` is always asked for by the library.
        let scopes = self.config.scopes.iter().filter(|scope| *scope != "openid");
        let (address, state, nonce) = request.add_scopes(scopes.cloned().map(Scope::new)).url();
        let pending = Pending {
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        };
        Ok((address.into(), pending))
    }

    /// Redeems the code and says who came, once everything about the answer fits.
    ///
    /// # Errors
    /// [`Failure`] says whose fault it was.
    pub async fn finish(
        &self,
        code: String,
        issuer: Option<&str>,
        pending: Pending,
    ) -> Result<Claims, Failure> {
        // A second provider's answer given to us (mix-up attack).
        if issuer.is_some_and(|issuer| issuer != self.config.issuer) {
            return Err(Failure::Untrusted(
                "the answer names another issuer".to_owned(),
            ));
        }
        let metadata = self.metadata(BELIEVED).await?;
        let client = self.client(&metadata)?;
        let tokens: Tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(unavailable)?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier))
            .request_async(&self.fetch.client())
            .await
            .map_err(refused)?;
        let nonce = Nonce::new(pending.nonce);
        let claims = match Self::believe(&client, &tokens, &nonce) {
            Ok(claims) => claims,
            // The provider may have changed its keys since we asked.
            Err(_) => Self::believe(&self.client(&self.metadata(AGAIN).await?)?, &tokens, &nonce)?,
        };
        let info = self.user_info(&client, &tokens, &claims).await?;
        Ok(self.claims(&claims, info.as_ref()))
    }

    /// Checks signature, issuer, audience, times, nonce and the access token's hash.
    fn believe(
        client: &OidcClient,
        tokens: &Tokens,
        nonce: &Nonce,
    ) -> Result<IdTokenClaims<Extra, CoreGenderClaim>, Failure> {
        use CoreJwsSigningAlgorithm as Alg;
        let token = tokens
            .id_token()
            .ok_or_else(|| untrusted("there is no ID token"))?;
        // Never a shared secret or `none`: only who holds the provider's private key may speak for it.
        let verifier = client.id_token_verifier().set_allowed_algs([
            Alg::RsaSsaPkcs1V15Sha256,
            Alg::RsaSsaPkcs1V15Sha384,
            Alg::RsaSsaPkcs1V15Sha512,
            Alg::RsaSsaPssSha256,
            Alg::RsaSsaPssSha384,
            Alg::RsaSsaPssSha512,
            Alg::EcdsaP256Sha256,
            Alg::EcdsaP384Sha384,
            Alg::EdDsa,
        ]);
        let claims = token.claims(&verifier, nonce).map_err(untrusted)?;
        if let Some(expected) = claims.access_token_hash() {
            let key = token.signing_key(&verifier).map_err(untrusted)?;
            let alg = token.signing_alg().map_err(untrusted)?;
            let found = openidconnect::AccessTokenHash::from_token(tokens.access_token(), alg, key)
                .map_err(untrusted)?;
            if found != *expected {
                return Err(untrusted("the access token is not the ID token's"));
            }
        }
        Ok(claims.clone())
    }

    /// Many providers keep e-mail and groups out of the ID token: then the user info has them.
    async fn user_info(
        &self,
        client: &OidcClient,
        tokens: &Tokens,
        claims: &IdTokenClaims<Extra, CoreGenderClaim>,
    ) -> Result<Option<UserInfoClaims<Extra, CoreGenderClaim>>, Failure> {
        let complete = claims.email().is_some()
            && claims
                .additional_claims()
                .groups(&self.config.groups_claim)
                .is_some();
        let Ok(request) = client.user_info(
            tokens.access_token().clone(),
            Some(claims.subject().clone()),
        ) else {
            return Ok(None);
        };
        if complete {
            return Ok(None);
        }
        request
            .request_async(&self.fetch.client())
            .await
            .map(Some)
            .map_err(unavailable)
    }

    fn claims(
        &self,
        id: &IdTokenClaims<Extra, CoreGenderClaim>,
        info: Option<&UserInfoClaims<Extra, CoreGenderClaim>>,
    ) -> Claims {
        let email = id
            .email()
            .or_else(|| info?.email())
            .map(|email| email.to_string());
        let verified = id.email_verified().or_else(|| info?.email_verified());
        let name = id
            .name()
            .or_else(|| info?.name())
            .and_then(|names| names.get(None))
            .map(|name| name.to_string());
        let claim = &self.config.groups_claim;
        let groups = id
            .additional_claims()
            .groups(claim)
            .or_else(|| info?.additional_claims().groups(claim));
        Claims {
            issuer: self.config.issuer.clone(),
            subject: id.subject().to_string(),
            email,
            email_verified: verified.unwrap_or(false),
            name,
            groups: groups.unwrap_or_default(),
        }
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> Result<OidcClient, Failure> {
        let secret = self
            .config
            .client_secret
            .as_ref()
            .map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(unavailable)?;
        let id = ClientId::new(self.config.client_id.clone());
        Ok(Client::from_provider_metadata(metadata.clone(), id, secret).set_redirect_uri(redirect))
    }

    /// The provider's addresses and keys, asked again when they are older than `most`.
    async fn metadata(&self, most: Duration) -> Result<CoreProviderMetadata, Failure> {
        let mut known = self.known.lock().await;
        if let Some((since, metadata)) = known.as_ref()
            && since.elapsed() < most
        {
            return Ok(metadata.clone());
        }
        let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(unavailable)?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.fetch.client())
            .await
            .map_err(unavailable)?;
        *known = Some((Instant::now(), metadata.clone()));
        Ok(metadata)
    }
}

fn unavailable(error: impl std::error::Error) -> Failure {
    Failure::Unavailable(chain(&error))
}

fn refused(error: impl std::error::Error) -> Failure {
    Failure::Refused(chain(&error))
}

fn untrusted(error: impl std::fmt::Display) -> Failure {
    Failure::Untrusted(error.to_string())
}

/// The error with its causes: the outermost alone says "request failed".
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
