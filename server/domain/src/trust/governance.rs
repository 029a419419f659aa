//! What protects branches and environments, as the platforms' own APIs print it.
//!
//! GitHub: <https://docs.github.com/rest/branches/branches>, `…/branches/branch-protection`, `…/repos/rules`,
//! `…/deployments/environments`; GitLab: <https://docs.gitlab.com/api/protected_branches/>,
//! <https://docs.gitlab.com/api/protected_environments/>.

use std::collections::BTreeMap;

use serde_json::Value;

use super::glob::{matches, stars};

/// What is known of a repository's protections; nothing where nothing was told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Governance {
    /// Patterns of branches with whether they are protected.
    branches: Vec<(String, bool)>,
    /// All branches were listed: one that is not named is not protected.
    whole: bool,
    environments: BTreeMap<String, Gate>,
}

/// What stands before a deployment to an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gate {
    /// Somebody has to approve.
    pub reviewed: bool,
    /// Who asked may be the one who approves.
    pub self_review: bool,
}

impl Governance {
    /// Reads what APIs print, one text each.
    ///
    /// # Errors
    /// When one is no JSON, or none of the known answers; which, counted from 1.
    pub fn read(texts: &[&str]) -> Result<Self, String> {
        let mut all = Self::default();
        for (at, text) in texts.iter().enumerate() {
            let value: Value =
                serde_json::from_str(text).map_err(|why| format!("answer {}: {why}", at + 1))?;
            if !all.take(&value) {
                return Err(format!(
                    "answer {}: neither branches, a branch's protection, rulesets nor environments",
                    at + 1
                ));
            }
        }
        Ok(all)
    }

    /// Whether a branch is protected; nothing when it is not known.
    pub fn branch(&self, name: &str) -> Option<bool> {
        let told = self
            .branches
            .iter()
            .filter(|(pattern, _)| matches(&stars(pattern, false), name))
            .map(|(_, protected)| *protected)
            .max();
        told.or(self.whole.then_some(false))
    }

    /// What stands before an environment; nothing when it is not known.
    pub fn environment(&self, name: &str) -> Option<Gate> {
        self.environments.get(name).copied()
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

    /// One branch, protection, ruleset or environment.
    fn item(&mut self, item: &Value) -> bool {
        let name = item
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        if let Some(protected) = item.get("protected").and_then(Value::as_bool) {
            self.branches.push((name, protected));
        } else if item.get("push_access_levels").is_some() {
            self.branches.push((name, true));
        } else if item.get("required_pull_request_reviews").is_some()
            || item.get("enforce_admins").is_some()
        {
            let url = item.get("url").and_then(Value::as_str).unwrap_or_default();
            let branch = url
                .split("/branches/")
                .nth(1)
                .and_then(|rest| rest.split("/protection").next())
                .unwrap_or("main");
            self.branches.push((branch.to_owned(), true));
        } else if item.get("enforcement").is_some() {
            self.ruleset(item);
        } else if item.get("deploy_access_levels").is_some() {
            let rules = item.get("approval_rules").and_then(Value::as_array);
            let count = item
                .get("required_approval_count")
                .and_then(Value::as_i64)
                .unwrap_or_default();
            let gate = Gate {
                reviewed: count > 0 || rules.is_some_and(|rules| !rules.is_empty()),
                self_review: false,
            };
            self.environments.insert(name, gate);
        } else {
            return false;
        }
        true
    }

    fn ruleset(&mut self, item: &Value) {
        let active = item["enforcement"] == "active" && item["target"] != "tag";
        let includes = item["conditions"]["ref_name"]["include"].as_array();
        for pattern in includes.into_iter().flatten().filter_map(Value::as_str) {
            let pattern = match pattern {
                "~ALL" => "*",
                "~DEFAULT_BRANCH" => "main",
                other => other.trim_start_matches("refs/heads/"),
            };
            if active {
                self.branches.push((pattern.to_owned(), true));
            }
        }
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
        let gate = Gate {
            reviewed: required.is_some_and(|rule| {
                rule["reviewers"]
                    .as_array()
                    .is_none_or(|all| !all.is_empty())
            }),
            self_review: required.is_some_and(|rule| rule["prevent_self_review"] != true),
        };
        self.environments.insert(name.to_owned(), gate);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn answers_of_both_platforms() {
        let github = Governance::read(&[
            r#"[{"name":"main","protected":true},{"name":"dev","protected":false}]"#,
            r#"{"total_count":1,"environments":[{"name":"production","protection_rules":[{"type":"required_reviewers","prevent_self_review":true,"reviewers":[{"type":"Team"}]}]},{"name":"staging","protection_rules":[{"type":"wait_timer"}]}]}"#,
            r#"[{"name":"r","target":"branch","enforcement":"active","conditions":{"ref_name":{"include":["refs/heads/release/*"]}}}]"#,
        ])
        .unwrap();
        assert_eq!(github.branch("main"), Some(true));
        assert_eq!(github.branch("dev"), Some(false));
        assert_eq!(github.branch("release/1"), Some(true));
        assert_eq!(github.branch("other"), None);
        assert_eq!(
            github.environment("production"),
            Some(Gate {
                reviewed: true,
                self_review: false
            })
        );
        assert_eq!(github.environment("staging"), Some(Gate::default()));
        let gitlab = Governance::read(&[
            r#"[{"name":"main","push_access_levels":[{"access_level":40}]}]"#,
            r#"[{"name":"production","deploy_access_levels":[],"required_approval_count":1}]"#,
        ])
        .unwrap();
        assert_eq!(
            (gitlab.branch("main"), gitlab.branch("x")),
            (Some(true), Some(false))
        );
        assert!(gitlab.environment("production").unwrap().reviewed);
        assert!(Governance::read(&["{"]).unwrap_err().contains("answer 1"));
        assert!(
            Governance::read(&["[]", "{\"a\":1}"])
                .unwrap_err()
                .contains("answer 2")
        );
    }
}
