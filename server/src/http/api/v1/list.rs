//! What every list of the API has in common: parameters read strictly, one page as a bare array, and where the next
//! one is (`Link`, RFC 8288, and `X-Next-Cursor`).
//!
//! Filters have the names the pages use, and are read by the pages' own reader, which leaves out what it cannot read.
//! A machine must not get everything because of a typing error: whatever the reader left out is refused here.

mod fields;

use app::query::{Address, ParamsMap};
use axum::Json;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use contract::Page;
use contract::ids::IdentityId;
use domain::access::Access;
use serde::Serialize;
use serde_json::Value;
use service::{Error, Op};
use utoipa::ToSchema;

use crate::http::Problem;

pub use fields::{Fields, names_in};

/// Rows of a page when nobody says otherwise.
pub const USUAL: i64 = 100;
/// Rows of a page at most.
pub const MOST: i64 = 1000;
const TWICE: &str = "is given twice";
const NO_CURSOR: &str = "is no cursor of this list; take it from X-Next-Cursor";

/// Parameters as they came: names may repeat.
pub type Pairs = Query<Vec<(String, String)>>;

/// What was asked of a list.
pub struct Asked {
    /// Rows wanted.
    pub limit: i64,
    /// Cursor of the page.
    pub after: Option<String>,
    /// Everything else: the filter.
    pub filter: ParamsMap,
    pairs: Vec<(String, String)>,
    /// Fields wanted; all when absent.
    fields: Fields,
}

impl Asked {
    /// Reads paging; the rest is the list's filter.
    pub fn read(Query(pairs): Pairs) -> Result<Self, Problem> {
        let (mut limit, mut after, mut rest) = (USUAL, None, Vec::new());
        let mut fields = Fields::default();
        for place in ["limit", "after", "fields"] {
            if pairs.iter().filter(|(name, _)| name == place).count() > 1 {
                return Err(wrong(place, TWICE));
            }
        }
        for (name, value) in pairs {
            match name.as_str() {
                "limit" => {
                    limit = value
                        .parse()
                        .ok()
                        .filter(|limit| (1..=MOST).contains(limit))
                        .ok_or_else(|| {
                            wrong(&name, format!("must be a number between 1 and {MOST}"))
                        })?;
                }
                "after" if value.is_empty() => {
                    let why = "is empty; leave it out to start at the beginning";
                    return Err(wrong(&name, why));
                }
                "after" => {
                    let cursor = hex::decode(&value)
                        .ok()
                        .and_then(|raw| String::from_utf8(raw).ok());
                    after = Some(cursor.ok_or_else(|| wrong(&name, NO_CURSOR))?);
                }
                "fields" => fields = Fields::read(&value)?,
                _ => rest.push((name, value)),
            }
        }
        Ok(Self {
            fields,
            limit,
            after,
            filter: rest.iter().cloned().collect(),
            pairs: rest,
        })
    }

    /// Every value of a parameter.
    pub fn words(&self, name: &str) -> Vec<String> {
        let given = self.pairs.iter().filter(|(given, _)| given == name);
        given
            .map(|(_, value)| value.clone())
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// Takes a parameter that is none of the filter's out of what was asked.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.pairs.iter().position(|(given, _)| given == name)?;
        let (_, value) = self.pairs.remove(at);
        self.filter = self.pairs.iter().cloned().collect();
        Some(value)
    }

    /// Puts such a parameter back into the links.
    pub fn keeping(mut self, name: &str, value: &str) -> Self {
        self.pairs.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Refuses what the filter's reader left out: `understood` is the filter written again, `names` are all there are.
    pub fn strictly(self, understood: &Address, names: &[&str]) -> Result<Self, Problem> {
        let written: Uri = understood
            .to_string()
            .parse()
            .map_err(|_| Problem::from(Error::Internal("a filter cannot be written".to_owned())))?;
        let understood: Pairs = Query::try_from_uri(&written).unwrap_or_default();
        for (place, pair) in self.pairs.iter().enumerate() {
            let (name, value) = pair;
            if !names.contains(&name.as_str()) {
                let known = match names {
                    [] => "this list has none".to_owned(),
                    names => format!("there are {}", names.join(", ")),
                };
                return Err(wrong(
                    name,
                    format!("is no parameter here; {known}, fields, after and limit"),
                ));
            }
            if !value.is_empty() && !understood.0.contains(pair) {
                return Err(wrong(name, format!("has no value {value:?}")));
            }
            if self.pairs[..place].contains(pair) {
                return Err(wrong(name, TWICE));
            }
        }
        Ok(self)
    }

    /// Refuses a cursor the list cannot read; it would begin anew without a word.
    pub fn cursor(&self, reads: impl Fn(&str) -> bool) -> Result<Option<&str>, Problem> {
        match self.after.as_deref() {
            Some(after) if !reads(after) => Err(wrong("after", NO_CURSOR)),
            after => Ok(after),
        }
    }

    /// Reads what is asked of a list that has no filter and is answered whole: no page of it follows another.
    pub fn whole(pairs: Pairs) -> Result<Self, Problem> {
        let asked = Self::read(pairs)?.strictly(&Address::new("/"), &[])?;
        asked.cursor(|_| false)?;
        Ok(asked)
    }

    /// Every row of such a list.
    ///
    /// # Errors
    /// When fields are asked for that there are not.
    pub fn all<R, W: From<R> + Serialize + ToSchema>(
        &self,
        rows: Vec<R>,
    ) -> Result<Response, Problem> {
        let rows: Vec<W> = rows.into_iter().map(W::from).collect();
        Ok((private(), Json(self.fields.pick_all(rows)?)).into_response())
    }

    /// One page, and where the next one is. `path` is relative to `/api/v1`.
    ///
    /// # Errors
    /// When fields are asked for that there are not.
    pub fn answer<R, W: From<R> + Serialize + ToSchema>(
        &self,
        base: &str,
        path: &str,
        page: Page<R>,
    ) -> Result<Response, Problem> {
        let rows: Vec<W> = page.rows.into_iter().map(W::from).collect();
        let rows = self.fields.pick_all(rows)?;
        Ok((self.headers(base, path, page.next), Json(rows)).into_response())
    }

    /// A page of documents in the words of others.
    pub fn documents(
        &self,
        base: &str,
        path: &str,
        rows: Vec<Value>,
        next: Option<String>,
    ) -> Result<Response, Problem> {
        if self.fields.0.is_some() {
            return Err(wrong("fields", "goes with the native format only"));
        }
        Ok((self.headers(base, path, next), Json(rows)).into_response())
    }

    fn headers(&self, base: &str, path: &str, next: Option<String>) -> HeaderMap {
        let mut headers = private();
        let Some(cursor) = next else {
            return headers;
        };
        let mut next = Address::new(format!("{base}/api/v1{path}"));
        for (name, value) in &self.pairs {
            next = next.with(name, value);
        }
        if let Some(fields) = &self.fields.0 {
            next = next.with("fields", fields.join(","));
        }
        // Cursors may hold names; headers hold ASCII.
        let cursor = hex::encode(cursor);
        let next = next.with("limit", self.limit).with("after", &cursor);
        if let Ok(link) = HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")) {
            headers.insert(header::LINK, link);
        }
        if let Ok(cursor) = HeaderValue::from_str(&cursor) {
            headers.insert(HeaderName::from_static("x-next-cursor"), cursor);
        }
        headers
    }
}

/// One object, as an answer to a change.
pub fn one<W: Serialize>(object: &W) -> Response {
    (private(), Json(object)).into_response()
}

/// A thing of which nothing but its state is told.
#[derive(Serialize)]
struct State<S> {
    state: S,
}

/// The answer to a change for who may not read what they changed: the state it is in now, and nothing more. None for
/// who may: they are answered the whole of it.
pub fn unread<S: Serialize>(op: &Op, reads: Access, state: S) -> Option<Response> {
    untold(op, reads, &State { state })
}

/// The same of what has no state: only what names it in addresses.
pub fn untold<W: Serialize>(op: &Op, reads: Access, named: &W) -> Option<Response> {
    op.require(reads).is_err().then(|| one(named))
}

/// Something that was made: 201.
pub fn made<W: Serialize>(object: W) -> Response {
    (StatusCode::CREATED, private(), Json(object)).into_response()
}

fn private() -> HeaderMap {
    let value = HeaderValue::from_static("private, no-store");
    HeaderMap::from_iter([(header::CACHE_CONTROL, value)])
}

/// A parameter that cannot be read: 400, with its name.
pub fn wrong(field: &str, message: impl Into<String>) -> Problem {
    bad_request(Error::field(field, message))
}

/// The id of an identity in an address.
///
/// # Errors
/// 400 when it is none.
pub fn identity(id: &str) -> Result<IdentityId, Problem> {
    id.parse()
        .map_err(|_| wrong("id", "is no id of an identity"))
}

/// Parameters are the caller's: 400, not 422.
pub fn bad_request(error: Error) -> Problem {
    let invalid = matches!(error, Error::Invalid(_));
    let mut problem = Problem::from(error);
    if invalid {
        problem.status = StatusCode::BAD_REQUEST;
        problem.title = "Bad Request";
    }
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Result<Asked, Problem> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Asked::read(Query(pairs))
    }

    fn field(result: Result<Asked, Problem>) -> Option<String> {
        let problem = result.err()?;
        assert_eq!(problem.status, StatusCode::BAD_REQUEST);
        Some(problem.fields.first()?.field.clone())
    }

    #[test]
    fn paging_is_read_and_its_mistakes_are_refused() {
        let read = asked(&[("limit", "7"), ("after", "78"), ("kind", "bot")]).ok();
        let read = read.map(|read| (read.limit, read.after, read.pairs.len()));
        assert_eq!(read, Some((7, Some("x".to_owned()), 1)));
        for (name, value) in [
            ("limit", "0"),
            ("limit", "1001"),
            ("limit", "x"),
            ("after", ""),
            ("after", "x"),
        ] {
            assert_eq!(
                field(asked(&[(name, value)])).as_deref(),
                Some(name),
                "{value}"
            );
        }
        let twice = field(asked(&[("limit", "7"), ("limit", "7")]));
        assert_eq!(twice.as_deref(), Some("limit"));
    }

    #[test]
    fn what_the_reader_of_the_filter_left_out_is_refused() {
        let names = ["kind", "q"];
        let understood = Address::new("/x").with("kind", "bot").with("q", "a b");
        let strictly = |pairs: &[(&str, &str)]| {
            asked(pairs).and_then(|asked| asked.strictly(&understood, &names))
        };
        assert!(strictly(&[("kind", "bot"), ("q", "a b")]).is_ok());
        assert!(strictly(&[("kind", "")]).is_ok());
        assert_eq!(
            field(strictly(&[("kind", "robot")])).as_deref(),
            Some("kind")
        );
        assert_eq!(field(strictly(&[("king", "bot")])).as_deref(), Some("king"));
        let twice = strictly(&[("kind", "bot"), ("kind", "bot")]);
        assert_eq!(field(twice).as_deref(), Some("kind"));
    }
}
