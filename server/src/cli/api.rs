//! `rollcall api`: any route of the JSON API from the shell, as a client of a server elsewhere.

use std::io::Read as _;
use std::process::ExitCode;

use reqwest::Method;
use serde_json::{Map, Value};

use super::remote::{Remote, Target};
use super::{Ended, Failure, out, table};

/// Asks the JSON API of a Rollcall server, e.g. `rollcall api identities team=payments overdue=true`.
///
/// The address and the token come from `rollcall login`, or from ROLLCALL_URL and ROLLCALL_TOKEN.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Path below /api/v1, e.g. identities or findings/actions.
    path: String,
    /// Parameters as name=value: of the address when reading, fields of the body when writing (name:=value takes the
    /// value as JSON).
    #[arg(value_name = "NAME=VALUE")]
    fields: Vec<String>,
    /// Method; GET, or POST where a body is given.
    #[arg(short = 'X', long)]
    method: Option<Method>,
    /// Body as JSON; @FILE reads it from a file, - from standard input.
    #[arg(long, value_name = "JSON", conflicts_with = "fields")]
    body: Option<String>,
    /// Follow every next page.
    #[arg(long)]
    all: bool,
    /// How the answer is printed.
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    output: Output,
    /// Columns of the table, with commas.
    #[arg(long, value_delimiter = ',', value_name = "FIELD")]
    columns: Vec<String>,
    /// Sent as If-Match: the change is refused when the thing has changed since.
    #[arg(long, value_name = "ETAG")]
    if_match: Option<String>,
    #[command(flatten)]
    target: Target,
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Output {
    /// A table of the rows; one object as a list of its fields.
    Table,
    /// As it came, indented.
    Json,
    /// A line for each row.
    Ndjson,
}

/// Runs it.
///
/// # Errors
/// When nothing says where the server is, it cannot be reached, or it refuses.
pub async fn run(args: Args) -> Ended {
    let remote = Remote::open(&args.target)?;
    let asked = Asked::read(&args)?;
    let mut url = remote.address(&args.path, &asked.query)?;
    let mut rows = Vec::new();
    loop {
        let answer = remote
            .send(
                asked.method.clone(),
                url,
                asked.body.as_ref(),
                args.if_match.as_deref(),
            )
            .await?;
        match answer.body {
            Value::Array(page) => rows.extend(page),
            Value::Null => return Ok(ExitCode::SUCCESS),
            one => {
                print(&args, &one);
                return Ok(ExitCode::SUCCESS);
            }
        }
        let Some(next) = answer.next.filter(|_| args.all) else {
            if answer.more && !args.all {
                out::complain("There is more: --all follows every page.");
            }
            break;
        };
        url = remote.own(&next)?;
    }
    print(&args, &Value::Array(rows));
    Ok(ExitCode::SUCCESS)
}

fn print(args: &Args, answer: &Value) {
    match (args.output, answer) {
        (Output::Json, _) => out::say(&serde_json::to_string_pretty(answer).unwrap_or_default()),
        (Output::Ndjson, Value::Array(rows)) => {
            for row in rows {
                out::say(&row.to_string());
            }
        }
        (Output::Ndjson, one) => out::say(&one.to_string()),
        (Output::Table, _) => {
            for line in table::lines(answer, &args.columns) {
                out::say(&line);
            }
        }
    }
}

/// What is asked, as understood.
#[derive(Debug, PartialEq)]
struct Asked {
    method: Method,
    query: Vec<(String, String)>,
    body: Option<Value>,
}

impl Asked {
    fn read(args: &Args) -> Result<Self, Failure> {
        let body = args.body.as_deref().map(body).transpose()?;
        let writes = args
            .method
            .as_ref()
            .is_some_and(|method| *method != Method::GET);
        let mut asked = Self {
            method: args.method.clone().unwrap_or(if body.is_some() {
                Method::POST
            } else {
                Method::GET
            }),
            query: Vec::new(),
            body,
        };
        let mut object = Map::new();
        for field in &args.fields {
            let (name, value) = field
                .split_once('=')
                .ok_or_else(|| Failure(format!("{field:?} is not name=value")))?;
            match (writes, name.strip_suffix(':')) {
                (true, Some(name)) => {
                    let value = serde_json::from_str(value)
                        .map_err(|error| Failure(format!("{field:?} is no JSON: {error}")))?;
                    object.insert(name.to_owned(), value);
                }
                (true, None) => {
                    object.insert(name.to_owned(), value.into());
                }
                (false, _) => asked.query.push((name.to_owned(), value.to_owned())),
            }
        }
        if !object.is_empty() {
            asked.body = Some(Value::Object(object));
        }
        Ok(asked)
    }
}

fn body(given: &str) -> Result<Value, Failure> {
    let text = match given.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path)?,
        None if given == "-" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            text
        }
        None => given.to_owned(),
    };
    serde_json::from_str(&text).map_err(|error| Failure(format!("the body is no JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use serde_json::json;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn asked(line: &[&str]) -> Result<Asked, Failure> {
        let line = ["api"].iter().chain(line);
        Asked::read(&Line::try_parse_from(line).expect("a command line").args)
    }

    #[test]
    fn fields_are_parameters_when_reading_and_a_body_when_writing() {
        let read = asked(&["identities", "team=a", "q=x=y"]).expect("asked");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            (read.method, read.query),
            (Method::GET, vec![pair("team", "a"), pair("q", "x=y")])
        );
        let written = asked(&["sources", "-X", "POST", "name=Okta", "days:=3"]).expect("asked");
        assert_eq!(written.body, Some(json!({ "name": "Okta", "days": 3 })));
        let given = asked(&["findings/actions", "--body", "[]"]).expect("asked");
        assert_eq!((given.method, given.body), (Method::POST, Some(json!([]))));
        assert!(asked(&["identities", "team"]).is_err());
        assert!(asked(&["x", "-X", "POST", "a:=b"]).is_err());
    }
}
