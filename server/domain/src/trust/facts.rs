//! What lies outside a trust document: the provider's settings, the request, the repository, the role's purpose.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value};

/// What is known around a trust. Everything may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Client ids (audiences) registered with the AWS OIDC provider.
    pub client_ids: Option<Vec<String>>,
    /// Full name of the Google provider, without scheme: `projects/N/locations/global/workloadIdentityPools/P/providers/Q`.
    pub provider_name: Option<String>,
    /// Issuer the Vault mount accepts; empty means it does not check.
    pub bound_issuer: Option<String>,
    /// Keys of the request by their lower-case AWS names, e.g. `aws:sourceip`, `sts:rolesessionname`.
    pub request: BTreeMap<String, Vec<String>>,
    /// What is known of repositories, by lower-case full name; empty name when only one is told.
    pub repositories: BTreeMap<String, Repository>,
    /// Workflow files by path.
    pub workflows: BTreeMap<String, String>,
    /// What the role is for, as told: `deploy`, `plan`, `read` …
    pub purpose: Option<String>,
    /// What it may do, as told: `admin`, `write`, `read-only` …
    pub access: Option<String>,
    /// Day of judgement.
    pub date: Option<NaiveDate>,
    /// Domain of the octo-sts service.
    pub domain: Option<String>,
    /// Other providers of the same Google pool are known to exist.
    pub pool_providers: usize,
}

/// What is known of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Repository {
    /// Full name, as written.
    pub name: Option<String>,
    /// Its default subject carries ids.
    pub immutable: Option<bool>,
    /// Latest of creation, rename and transfer.
    pub since: Option<NaiveDate>,
    /// Numeric id.
    pub id: Option<String>,
    /// Numeric id of the owner.
    pub owner_id: Option<String>,
    /// Anybody may read it.
    pub public: Option<bool>,
    /// Branch that events of others run on.
    pub default_branch: Option<String>,
    /// The name has been given up and may be taken by somebody else.
    pub gone: bool,
}

impl Facts {
    /// Reads the JSON of `--context`. Keys may be nested (`{"provider":{"client_ids":[…]}}`) or dotted
    /// (`{"provider.client_ids":[…]}`); what is not known is left alone.
    ///
    /// # Errors
    /// When it is not a JSON object, or a date is none.
    pub fn read(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|why| why.to_string())?;
        let Value::Object(map) = value else {
            return Err("the context is not a JSON object".to_owned());
        };
        let at = |paths: &[&str]| paths.iter().find_map(|path| lookup(&map, path));
        let date = match at(&["date", "today", "now"]) {
            Some(Value::String(text)) => Some(day(text).ok_or_else(|| {
                format!("date: \u{201c}{text}\u{201d} is not a date like 2026-11-21")
            })?),
            _ => None,
        };
        Ok(Self {
            client_ids: at(&[
                "provider.client_ids",
                "provider.clientIds",
                "provider.ClientIDList",
                "client_ids",
                "client_id_list",
            ])
            .map(strings),
            provider_name: at(&["provider_name", "provider.name"])
                .and_then(Value::as_str)
                .map(|name| bare(name).to_owned()),
            bound_issuer: at(&["mount.bound_issuer", "bound_issuer"])
                .and_then(Value::as_str)
                .map(str::to_owned),
            request: at(&["request"])
                .and_then(Value::as_object)
                .map(request)
                .unwrap_or_default(),
            repositories: repositories(at(&["repository", "repositories"])),
            workflows: at(&["workflows"]).map(workflows).unwrap_or_default(),
            purpose: at(&["role.purpose", "purpose"])
                .and_then(Value::as_str)
                .map(str::to_lowercase),
            access: at(&["role.access", "access"])
                .map(|access| strings(access).join(" ").to_lowercase()),
            date,
            domain: at(&["octo_sts.domain", "domain"])
                .and_then(Value::as_str)
                .map(str::to_owned),
            pool_providers: at(&["pool.providers", "providers"])
                .and_then(Value::as_array)
                .map_or(0, Vec::len),
        })
    }

    /// The role can do harm: administration, or deployment to production.
    pub fn privileged(&self) -> bool {
        let told = [self.purpose.as_deref(), self.access.as_deref()];
        told.into_iter().flatten().any(|words| {
            [
                "admin",
                "iam",
                "poweruser",
                "privileged",
                "deploy",
                "prod",
                "write",
                "apply",
                "release",
            ]
            .iter()
            .any(|word| words.contains(word))
        }) && !self.read_only()
    }

    /// The role only reads.
    pub fn read_only(&self) -> bool {
        let told = [self.access.as_deref(), self.purpose.as_deref()];
        told.into_iter().flatten().next().is_some_and(|words| {
            words.contains("read") && !words.contains("write")
                || words.contains("plan") && !words.contains("apply")
        })
    }

    /// What is known of a repository.
    pub(super) fn repository(&self, name: &str) -> Option<&Repository> {
        self.repositories
            .get(&name.to_lowercase())
            .or_else(|| self.repositories.get(""))
    }
}

fn lookup<'a>(map: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = map.get(path) {
        return Some(value).filter(|value| !value.is_null());
    }
    let (first, rest) = path.split_once('.')?;
    lookup(map.get(first)?.as_object()?, rest)
}

/// A Google name without scheme and host.
pub(super) fn bare(name: &str) -> &str {
    let name = name.strip_prefix("https:").unwrap_or(name);
    name.strip_prefix("//iam.googleapis.com/").unwrap_or(name)
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null | Value::Object(_) => Vec::new(),
        other => vec![other.to_string()],
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    text.get(..10).unwrap_or(text).parse().ok()
}

fn request(map: &Map<String, Value>) -> BTreeMap<String, Vec<String>> {
    let mut keys = BTreeMap::new();
    for (key, value) in map {
        let lower = key.to_lowercase();
        let squeezed = lower.replace(['_', '-', ' '], "");
        let name = match squeezed.as_str() {
            "sourceip" | "sourceaddress" | "ip" | "address" | "remoteaddr" => {
                "aws:sourceip".to_owned()
            }
            "sessionname" | "rolesessionname" => "sts:rolesessionname".to_owned(),
            "tags" | "requesttags" => {
                for (tag, value) in value.as_object().into_iter().flatten() {
                    keys.insert(
                        format!("aws:requesttag/{}", tag.to_lowercase()),
                        strings(value),
                    );
                }
                continue;
            }
            _ => lower,
        };
        keys.insert(name, strings(value));
    }
    keys
}

fn workflows(value: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(path, value)| (path.clone(), text(value)))
            .collect(),
        Value::Array(items) => items
            .iter()
            .filter_map(|item| {
                Some((
                    item.get("path")?.as_str()?.to_owned(),
                    text(item.get("content")?),
                ))
            })
            .collect(),
        _ => BTreeMap::new(),
    }
}

fn repositories(value: Option<&Value>) -> BTreeMap<String, Repository> {
    let mut known = BTreeMap::new();
    match value {
        Some(Value::Array(items)) => {
            for item in items.iter().filter_map(Value::as_object) {
                let repository = repository(item);
                let name = repository
                    .name
                    .as_deref()
                    .unwrap_or_default()
                    .to_lowercase();
                known.insert(name, repository);
            }
        }
        Some(Value::Object(map))
            if map
                .iter()
                .any(|(name, value)| name.contains('/') && value.is_object()) =>
        {
            for (name, item) in map {
                let Some(item) = item.as_object() else {
                    continue;
                };
                let mut repository = repository(item);
                repository.name.get_or_insert_with(|| name.clone());
                known.insert(name.to_lowercase(), repository);
            }
        }
        Some(Value::Object(map)) => {
            known.insert(String::new(), repository(map));
        }
        Some(Value::String(name)) => {
            let repository = Repository {
                name: Some(name.clone()),
                ..Repository::default()
            };
            known.insert(String::new(), repository);
        }
        _ => {}
    }
    known
}

fn repository(map: &Map<String, Value>) -> Repository {
    let at = |keys: &[&str]| keys.iter().find_map(|key| lookup(map, key));
    let text = |keys: &[&str]| at(keys).map(|value| strings(value).concat());
    let format = text(&["subject_format", "sub_format", "subject"]).unwrap_or_default();
    let immutable = at(&[
        "immutable",
        "immutable_subject",
        "immutable_subjects",
        "use_immutable_subject",
        "opted_in",
    ])
    .and_then(Value::as_bool)
    .or(match format.as_str() {
        "immutable" | "id" | "ids" | "new" => Some(true),
        "name" | "names" | "legacy" | "mutable" | "old" => Some(false),
        _ => None,
    });
    let since = [
        "created_at",
        "created",
        "renamed_at",
        "renamed",
        "transferred_at",
        "transferred",
    ]
    .iter()
    .filter_map(|key| day(map.get(*key)?.as_str()?))
    .max();
    let public = text(&["visibility"])
        .map(|word| word == "public")
        .or_else(|| {
            at(&["private"])
                .and_then(Value::as_bool)
                .map(|private| !private)
        })
        .or_else(|| at(&["public"]).and_then(Value::as_bool));
    Repository {
        name: text(&["full_name", "name_with_owner", "name", "repository"])
            .filter(|name| name.contains('/')),
        immutable,
        since,
        id: text(&["id", "repository_id"]).filter(|id| !id.is_empty()),
        owner_id: text(&["owner_id", "repository_owner_id", "owner.id"])
            .filter(|id| !id.is_empty()),
        public,
        default_branch: text(&["default_branch"]),
        gone: at(&["gone", "deleted", "name_free", "owner_deleted"]).and_then(Value::as_bool)
            == Some(true),
    }
}
