//! What protects branches and environments, as the platforms' own APIs print it.
//!
//! GitHub: <https://docs.github.com/rest/branches/branches>, `…/branches/branch-protection`, `…/repos/rules`,
//! `…/deployments/environments`, `…/repos/repos#get-a-repository`; GitLab:
//! <https://docs.gitlab.com/api/protected_branches/>, <https://docs.gitlab.com/api/protected_environments/>,
//! <https://docs.gitlab.com/api/projects/#retrieve-a-project>.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::glob::{matches, stars};
use super::jobs::ANY_BRANCH;

/// GitHub's word for the default branch in a ruleset.
const DEFAULT: &str = "~DEFAULT_BRANCH";
/// Rules of a ruleset that keep strangers' commits out of a branch.
/// <https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets>
const KEEPING: [&str; 5] = [
    "pull_request",
    "update",
    "merge_queue",
    "required_status_checks",
    "required_deployments",
];

/// What is known of a repository's protections; nothing where nothing was told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Governance {
    /// Patterns of branches with whether they are protected.
    branches: Vec<Branch>,
    /// All branches were listed: one that is not named is not protected.
    whole: bool,
    environments: BTreeMap<String, Gate>,
    /// Who starts a deployment may approve it (GitLab: a project's setting).
    self_approval: bool,
    /// The default branch, where the repository itself was told.
    default_branch: Option<String>,
    /// Ids of owner and repository, where the repository itself was told.
    ids: Option<(String, String)>,
}

/// A pattern of branches.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Branch {
    pattern: String,
    except: Vec<String>,
    protected: bool,
}

/// What stands before a deployment to an environment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Gate {
    /// Somebody has to approve.
    pub reviewed: bool,
    /// Who asked may be the one who approves.
    pub self_review: bool,
    /// Who may approve, by name or level; empty when it is not told.
    pub reviewers: Vec<String>,
}

impl Governance {
    /// Reads what APIs print, one text each: an answer, or a list of answers.
    ///
    /// # Errors
    /// When one is no JSON, or none of the known answers; which, counted from 1.
    pub fn read(texts: &[&str]) -> Result<Self, String> {
        let mut all = Self::default();
        for (at, text) in texts.iter().enumerate() {
            all.add(text)
                .map_err(|why| format!("answer {}: {why}", at + 1))?;
        }
        Ok(all)
    }

    /// Takes one more text in; what it tells of a branch or environment stands beside what was told before.
    ///
    /// # Errors
    /// When it is no JSON, or none of the known answers.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let value: Value = serde_json::from_str(text).map_err(|why| why.to_string())?;
        let mut next = self.clone();
        if next.take(&value) {
            *self = next;
            return Ok(());
        }
        // Several answers in one list.
        let several = value.as_array().filter(|all| !all.is_empty());
        let mut next = self.clone();
        if several.is_some_and(|all| all.iter().all(|it| next.take(it))) {
            *self = next;
            return Ok(());
        }
        Err(
            "neither a repository, branches, a branch's protection, rulesets nor environments"
                .to_owned(),
        )
    }

    /// Nothing was told.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The default branch, where it was told.
    pub fn default_branch(&self) -> Option<&str> {
        self.default_branch.as_deref()
    }

    /// Ids of owner and repository, where they were told.
    pub fn ids(&self) -> Option<(String, String)> {
        self.ids.clone()
    }

    /// Whether a branch is protected; nothing when it is not known.
    pub fn branch(&self, name: &str) -> Option<bool> {
        let told = self
            .branches
            .iter()
            .filter(|it| {
                self.covers(&it.pattern, name)
                    && !it.except.iter().any(|but| self.covers(but, name))
            })
            .map(|it| it.protected)
            .max();
        // A branch nobody has made yet is protected by a pattern or not at all.
        let fresh = name == ANY_BRANCH && !self.branches.is_empty();
        told.or((self.whole || fresh).then_some(false))
    }

    fn covers(&self, pattern: &str, name: &str) -> bool {
        if pattern == DEFAULT {
            return name == self.default_branch().unwrap_or("main");
        }
        matches(&stars(pattern, false), name)
    }

    /// What stands before an environment; nothing when it is not known.
    pub fn environment(&self, name: &str) -> Option<Gate> {
        // GitLab protects by pattern too (`review/*`).
        let gate = self.environments.get(name).or_else(|| {
            self.environments
                .iter()
                .find(|(pattern, _)| pattern.contains('*') && matches(&stars(pattern, false), name))
                .map(|(_, gate)| gate)
        })?;
        let mut gate = gate.clone();
        gate.self_review |= gate.reviewed && self.self_approval;
        Some(gate)
    }

    fn take(&mut self, value: &Value) -> bool {
        if let Some(environments) = value.get("environments").and_then(Value::as_array) {
            for it in environments {
                self.environment_of_github(it);
            }
            return true;
        }
        if value.get("protection_rules").is_some() {
            self.environment_of_github(value);
            return true;
        }
        match value {
            Value::Array(items) => {
                let known = items.iter().filter(|it| self.item(it)).count();
                // GitLab lists protected branches only: an empty list protects none.
                self.whole |= items.is_empty()
                    || items
                        .iter()
                        .all(|it| it.get("push_access_levels").is_some());
                known == items.len()
            }
            item => self.item(item),
        }
    }

    fn protect(&mut self, pattern: &str, protected: bool) {
        self.branches.push(Branch {
            pattern: pattern.to_owned(),
            except: Vec::new(),
            protected,
        });
    }

    /// One repository, branch, protection, ruleset or environment.
    fn item(&mut self, item: &Value) -> bool {
        let name = item.get("name").and_then(Value::as_str).unwrap_or_default();
        if item.get("default_branch").is_some() {
            self.repository(item);
        } else if let Some(protected) = item.get("protected").and_then(Value::as_bool) {
            self.protect(name, protected);
        } else if item.get("push_access_levels").is_some() {
            self.protect(name, true);
        } else if item.get("required_pull_request_reviews").is_some()
            || item.get("enforce_admins").is_some()
        {
            let url = item.get("url").and_then(Value::as_str).unwrap_or_default();
            let branch = url
                .split("/branches/")
                .nth(1)
                .and_then(|rest| rest.split("/protection").next())
                .unwrap_or(DEFAULT);
            self.protect(branch, true);
        } else if item.get("enforcement").is_some() {
            self.ruleset(item);
        } else if item.get("deploy_access_levels").is_some() {
            self.environment_of_gitlab(name, item);
        } else {
            return false;
        }
        true
    }

    /// A repository or project as the API prints it.
    fn repository(&mut self, item: &Value) {
        self.default_branch = item["default_branch"].as_str().map(str::to_owned);
        let id = |value: &Value| value.as_i64().map(|id| id.to_string());
        let owner = id(&item["owner"]["id"]).or_else(|| id(&item["namespace"]["id"]));
        self.ids = owner.zip(id(&item["id"])).or(self.ids.take());
        self.self_approval |= item["allow_pipeline_trigger_approve_deployment"] == true;
    }

    fn ruleset(&mut self, item: &Value) {
        // The list of rulesets does not print their rules; then an active one counts.
        let keeps = item["rules"].as_array().is_none_or(|rules| {
            rules
                .iter()
                .filter_map(|rule| rule["type"].as_str())
                .any(|kind| KEEPING.contains(&kind))
        });
        if item["enforcement"] != "active" || item["target"] == "tag" || !keeps {
            return;
        }
        let names = |key: &str| -> Vec<String> {
            let listed = item["conditions"]["ref_name"][key].as_array();
            listed
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(|pattern| match pattern {
                    "~ALL" => "*".to_owned(),
                    other => other.trim_start_matches("refs/heads/").to_owned(),
                })
                .collect()
        };
        let except = names("exclude");
        let found = names("include").into_iter().map(|pattern| Branch {
            pattern,
            except: except.clone(),
            protected: true,
        });
        self.branches.extend(found);
    }

    fn environment_of_github(&mut self, item: &Value) {
        let Some(name) = item.get("name").and_then(Value::as_str) else {
            return;
        };
        let rules = item.get("protection_rules").and_then(Value::as_array);
        let required = rules
            .into_iter()
            .flatten()
            .find(|rule| rule["type"] == "required_reviewers");
        let listed = required.and_then(|rule| rule["reviewers"].as_array());
        let reviewers: Vec<String> = listed
            .into_iter()
            .flatten()
            .filter_map(|it| {
                let who = &it["reviewer"];
                who["login"].as_str().or_else(|| who["slug"].as_str())
            })
            .map(str::to_owned)
            .collect();
        let gate = Gate {
            reviewed: required.is_some() && listed.is_none_or(|all| !all.is_empty()),
            self_review: required.is_some_and(|rule| rule["prevent_self_review"] != true),
            reviewers,
        };
        self.environments.insert(name.to_owned(), gate);
    }

    fn environment_of_gitlab(&mut self, name: &str, item: &Value) {
        let rules = item.get("approval_rules").and_then(Value::as_array);
        let count = item["required_approval_count"].as_i64().unwrap_or_default();
        let reviewers = rules
            .into_iter()
            .flatten()
            .filter_map(|rule| rule["access_level_description"].as_str())
            .map(str::to_owned)
            .collect();
        let gate = Gate {
            reviewed: count > 0 || rules.is_some_and(|rules| !rules.is_empty()),
            self_review: false,
            reviewers,
        };
        self.environments.insert(name.to_owned(), gate);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn answers_of_github() {
        let github = Governance::read(&[
            r#"[{"name":"main","protected":true},{"name":"dev","protected":false}]"#,
            r#"{"total_count":1,"environments":[{"name":"production","protection_rules":[{"type":"required_reviewers","prevent_self_review":true,"reviewers":[{"type":"Team","reviewer":{"slug":"ops"}}]}]},{"name":"staging","protection_rules":[{"type":"wait_timer"}]}]}"#,
            r#"[{"name":"r","target":"branch","enforcement":"active","conditions":{"ref_name":{"include":["refs/heads/release/*"],"exclude":["refs/heads/release/wip"]}}}]"#,
        ])
        .unwrap();
        assert_eq!(github.branch("main"), Some(true));
        assert_eq!(github.branch("dev"), Some(false));
        assert_eq!(github.branch("release/1"), Some(true));
        assert_eq!(github.branch("release/wip"), None);
        assert_eq!(github.branch("other"), None);
        assert_eq!(github.branch(ANY_BRANCH), Some(false));
        let gate = github.environment("production").unwrap();
        assert!(gate.reviewed && !gate.self_review && gate.reviewers == ["ops"]);
        assert_eq!(github.environment("staging"), Some(Gate::default()));
    }

    #[test]
    fn a_ruleset_protects_by_what_it_asks_and_names_the_default_branch() {
        let rules = |kind: &str| {
            format!(
                r#"{{"name":"r","target":"branch","enforcement":"active","rules":[{{"type":"{kind}"}}],"conditions":{{"ref_name":{{"include":["~DEFAULT_BRANCH"]}}}}}}"#
            )
        };
        let repository =
            r#"{"id":2,"full_name":"acme/app","default_branch":"trunk","owner":{"id":1}}"#;
        let asks = Governance::read(&[repository, &rules("pull_request")]).unwrap();
        assert_eq!(
            (asks.branch("trunk"), asks.branch("main")),
            (Some(true), None)
        );
        assert_eq!(asks.ids(), Some(("1".into(), "2".into())));
        let idle = Governance::read(&[repository, &rules("deletion")]).unwrap();
        assert_eq!(idle.branch("trunk"), None);
    }

    #[test]
    fn answers_of_gitlab() {
        let gitlab = Governance::read(&[
            r#"[{"name":"main","push_access_levels":[{"access_level":40}]}]"#,
            r#"[{"name":"production","deploy_access_levels":[],"approval_rules":[{"access_level_description":"Maintainers","required_approvals":1}]}]"#,
            r#"{"id":7,"default_branch":"main","namespace":{"id":3},"allow_pipeline_trigger_approve_deployment":true}"#,
        ])
        .unwrap();
        assert_eq!(
            (gitlab.branch("main"), gitlab.branch("x")),
            (Some(true), Some(false))
        );
        let gate = gitlab.environment("production").unwrap();
        assert!(gate.reviewed && gate.self_review && gate.reviewers == ["Maintainers"]);
        assert_eq!(gitlab.ids(), Some(("3".into(), "7".into())));
    }

    #[test]
    fn what_is_none_of_them_is_named() {
        assert!(Governance::read(&["{"]).unwrap_err().contains("answer 1"));
        assert!(
            Governance::read(&["[]", "{\"a\":1}"])
                .unwrap_err()
                .contains("answer 2")
        );
        let listed = r#"[{"environments":[]},{"name":"main","protected":true}]"#;
        assert_eq!(
            Governance::read(&[listed]).unwrap().branch("main"),
            Some(true)
        );
    }
}
