//! A Rollcall server elsewhere: where it is, and the token that opens it.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use reqwest::{Client, Method, Url};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Failure;

/// Which server, with which token.
#[derive(Debug, Clone, clap::Args)]
pub struct Target {
    /// Address of the server; the one of `rollcall login` when absent.
    #[arg(long, env = "ROLLCALL_URL")]
    pub url: Option<String>,
    /// API token; the one of `rollcall login` when absent.
    #[arg(long, env = "ROLLCALL_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
}

/// What `rollcall login` keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The server.
    pub url: String,
    /// The token.
    pub token: String,
}

impl Kept {
    /// Where it is kept: `rollcall/login.toml` in the folder of configurations.
    fn path() -> Result<PathBuf, Failure> {
        let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let base = folder("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .or_else(|| folder("HOME").map(|home| PathBuf::from(home).join(".config")));
        let base =
            base.ok_or_else(|| Failure("neither HOME nor XDG_CONFIG_HOME is set".to_owned()))?;
        Ok(base.join("rollcall").join("login.toml"))
    }

    /// What was kept before; absent when nobody signed in.
    fn read() -> Option<Self> {
        let text = std::fs::read_to_string(Self::path().ok()?).ok()?;
        toml::from_str(&text).ok()
    }

    /// Keeps it, readable by its owner only; where.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self) -> Result<PathBuf, Failure> {
        let path = Self::path()?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let text = toml::to_string(self).map_err(|error| Failure(error.to_string()))?;
        let begun = path.with_extension("begun");
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&begun)?;
        file.write_all(text.as_bytes())?;
        std::fs::rename(begun, &path)?;
        Ok(path)
    }

    /// Forgets it; whether there was anything.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn forget() -> Result<bool, Failure> {
        match std::fs::remove_file(Self::path()?) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// The body; null when there is none.
    pub body: Value,
    /// Address of the next page.
    pub next: Option<String>,
    /// Whether there is one.
    pub more: bool,
}

/// The server, opened.
pub struct Remote {
    client: Client,
    base: Url,
    token: Option<String>,
}

impl Remote {
    /// The server named on the command line, in the environment, or by `rollcall login`.
    ///
    /// # Errors
    /// When nothing says where it is, or with what to open it.
    pub fn open(target: &Target) -> Result<Self, Failure> {
        let kept = Kept::read();
        let url = target
            .url
            .clone()
            .or_else(|| kept.as_ref().map(|kept| kept.url.clone()));
        let url = url.ok_or_else(|| {
            Failure(
                "no server is known: `rollcall login --url https://…`, or set ROLLCALL_URL"
                    .to_owned(),
            )
        })?;
        // A token goes to the server it is of, and nowhere else.
        let own = kept.filter(|kept| kept.url == url).map(|kept| kept.token);
        let token = target.token.clone().or(own).ok_or_else(|| {
            Failure(format!(
                "no token for {url}: `rollcall login --url {url}`, or set ROLLCALL_TOKEN"
            ))
        })?;
        let mut remote = Self::anonymous(&url)?;
        remote.token = Some(token);
        Ok(remote)
    }

    /// A server nobody has signed in to yet.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn anonymous(url: &str) -> Result<Self, Failure> {
        let base: Url = url
            .parse()
            .map_err(|_| Failure(format!("{url:?} is no address")))?;
        let inside = base
            .host_str()
            .is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
        if base.scheme() != "https" && !inside {
            let words = "a token goes over https only, or to this machine";
            return Err(Failure(words.to_owned()));
        }
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| Failure(error.to_string()))?;
        Ok(Self {
            client,
            base,
            token: None,
        })
    }

    /// The address of a route.
    ///
    /// # Errors
    /// When it makes none.
    pub fn address(&self, path: &str, query: &[(String, String)]) -> Result<Url, Failure> {
        let path = path.trim_start_matches('/').trim_start_matches("api/v1/");
        let base = self.base.as_str().trim_end_matches('/');
        let mut url: Url = format!("{base}/api/v1/{path}")
            .parse()
            .map_err(|_| Failure(format!("{path:?} makes no address")))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// A next page: at this server, whatever it calls itself.
    ///
    /// # Errors
    /// When it is no address.
    pub fn own(&self, next: &str) -> Result<Url, Failure> {
        let next: Url = next
            .parse()
            .map_err(|_| Failure("the server names a next page that is no address".to_owned()))?;
        let path = next.path().split("/api/v1/").nth(1).unwrap_or_default();
        let mut url = self.address(path, &[])?;
        url.set_query(next.query());
        Ok(url)
    }

    /// Sends a request.
    ///
    /// # Errors
    /// When the server cannot be reached, or refuses: what it says.
    pub async fn send(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
        if_match: Option<&str>,
    ) -> Result<Answer, Failure> {
        let mut request = self.client.request(method, url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(tag) = if_match {
            request = request.header("if-match", tag);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|error| unreachable(&error))?;
        let status = answer.status();
        let next = answer
            .headers()
            .get("link")
            .and_then(|link| next(link.to_str().ok()?));
        let warning = answer.headers().get("x-rollcall-token").cloned();
        if let Some(warning) = warning.as_ref().and_then(|warning| warning.to_str().ok()) {
            super::out::complain(&format!("this token {warning}"));
        }
        let text = answer.text().await.map_err(|error| unreachable(&error))?;
        let body: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        if !status.is_success() {
            return Err(Failure(refusal(status.as_u16(), &body, &text)));
        }
        Ok(Answer {
            body,
            more: next.is_some(),
            next,
        })
    }

    /// Posts a form to a route, and gives status and body back whatever they are.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn form(&self, path: &str, form: &[(&str, &str)]) -> Result<(u16, Value), Failure> {
        let url = self.address(path, &[])?;
        let answer = self.client.post(url).form(form).send().await;
        let answer = answer.map_err(|error| unreachable(&error))?;
        let status = answer.status().as_u16();
        let text = answer.text().await.map_err(|error| unreachable(&error))?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }
}

fn unreachable(error: &dyn std::error::Error) -> Failure {
    let mut reason = error;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    Failure(format!("the server cannot be reached: {reason}"))
}

/// What a refusal says: its sentence, and each field.
fn refusal(status: u16, body: &Value, text: &str) -> String {
    let Some(detail) = body["detail"].as_str() else {
        let text: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
        return format!("{status} {text}");
    };
    let mut words = format!("{status} {detail}");
    for wrong in body["errors"].as_array().into_iter().flatten() {
        let part = |name: &str| wrong[name].as_str().unwrap_or_default();
        words.extend(["\n  ", part("field"), ": ", part("detail")]);
    }
    if let Some(id) = body["request_id"].as_str().filter(|_| status >= 500) {
        words.extend(["\n  request ", id]);
    }
    words
}

/// The next page of a `Link` header.
fn next(link: &str) -> Option<String> {
    link.split(',').find_map(|part| {
        let (address, relation) = part.split_once(';')?;
        let next = relation.contains("rel=\"next\"");
        next.then(|| address.trim().trim_matches(['<', '>']).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tokens_go_over_https_or_stay_on_this_machine() {
        assert!(Remote::anonymous("http://rollcall.example.com").is_err());
        assert!(Remote::anonymous("https://rollcall.example.com").is_ok());
        assert!(Remote::anonymous("http://127.0.0.1:3000").is_ok());
        assert!(Remote::anonymous("rollcall").is_err());
    }

    #[test]
    fn pages_are_followed_at_the_same_server() {
        let remote =
            Remote::anonymous("https://a.example/").unwrap_or_else(|failure| panic!("{failure}"));
        let next =
            next("<https://b.example/api/v1/identities?after=7>; rel=\"next\"").unwrap_or_default();
        let own = remote.own(&next).map(|url| url.to_string()).ok();
        assert_eq!(
            own.as_deref(),
            Some("https://a.example/api/v1/identities?after=7")
        );
        let url = remote.address("/api/v1/teams", &[("q".to_owned(), "a b".to_owned())]);
        assert_eq!(
            url.ok().map(|url| url.to_string()).as_deref(),
            Some("https://a.example/api/v1/teams?q=a+b")
        );
    }

    #[test]
    fn a_refusal_names_its_fields() {
        let body =
            json!({ "detail": "No.", "errors": [{ "field": "name", "detail": "is taken" }] });
        assert_eq!(refusal(422, &body, ""), "422 No.\n  name: is taken");
        assert_eq!(refusal(502, &Value::Null, "bad\ngateway"), "502 badgateway");
    }
}
