//! Pipelines that sign in with their own tokens: nothing is stored that could be stolen.
//!
//! A rule says who is admitted, in the octo-sts language of trusts, and is linted by the same rules as everybody's trusts:
//! what lets outsiders in is not saved. A token given for a pipeline's works for fifteen minutes.

use chrono::TimeDelta;
use contract::FieldError;
use contract::ids::{TokenId, WorkloadRuleId};
use contract::tokens::{Exchanged, Scope, TokenRow, WorkloadRule, WorkloadRuleInput};
use domain::access::{Access, Refusal};
use domain::trust::{self, Decision, Facts, Language, Severity, Token, Trust};

use crate::op::Done;
use crate::ports::{Asked, Issuers};
use crate::tokens::{named, no_more_than, read_scopes};
use crate::{Error, Op, Result};

/// Minutes a token works that was given for a pipeline's.
const MINUTES: i64 = 15;

/// What somebody asks for (RFC 8693).
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The pipeline's token.
    pub subject_token: String,
    /// Scopes wanted; all of the rule's when empty.
    pub scopes: Vec<String>,
}

/// Every rule.
///
/// # Errors
/// When the actor may not.
pub async fn list(op: &Op) -> Result<Vec<WorkloadRule>> {
    op.require(Access::ViewTokens)?;
    let mut conn = op.db().acquire().await?;
    let mut rules = store::workload::list(&mut conn, None).await?;
    for rule in &mut rules {
        if let Ok(trust) = read(&rule.document) {
            rule.admits = trust.admits(&facts(&rule.audience)).description;
        }
    }
    Ok(rules)
}

fn read(document: &str) -> Result<Trust> {
    trust::read(document.as_bytes(), Some(Language::OctoSts))
        .map_err(|why| Error::field("document", format!("cannot be read: {why}")))
}

fn facts(audience: &str) -> Facts {
    Facts {
        domain: Some(audience.to_owned()),
        ..Facts::default()
    }
}

/// Makes a rule.
///
/// # Errors
/// When the actor may not, a field is wrong, what it admits is too wide, or a token would give more than it has.
pub async fn create(op: &Op, input: &WorkloadRuleInput) -> Result<WorkloadRule> {
    op.require(Access::ManageTokens)?;
    let rule = judge(op, input)?;
    no_more_than(op, &rule.scopes)?;
    let mut tx = op.db().begin().await?;
    let named: Vec<&str> = rule.teams.iter().map(String::as_str).collect();
    let there = store::teams::by_slugs(&mut tx, &named).await?;
    let missing = named.iter().filter(|slug| !there.contains_key(**slug));
    let wrong: Vec<FieldError> = missing
        .map(|slug| FieldError {
            field: "teams".to_owned(),
            message: format!("There is no team {slug:?}."),
        })
        .collect();
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    match store::workload::insert(&mut tx, &rule).await {
        Err(store::Error::Constraint(name)) if name == "workload_rules_name_key" => {
            return Err(Error::field("name", "Another rule has this name."));
        }
        inserted => inserted?,
    }
    let words: Vec<&str> = rule.scopes.iter().map(|scope| scope.as_str()).collect();
    let summary = format!("Made the sign-in rule {}: {}", rule.name, rule.admits);
    let done = Done::new(
        "workload_rule.created",
        "workload_rule",
        &rule.id,
        &rule.name,
        summary,
    )
    .change("scopes", "", words.join(", "))
    .change("document", "", rule.document.clone());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(rule)
}

/// Every wrong field at once.
fn judge(op: &Op, input: &WorkloadRuleInput) -> Result<WorkloadRule> {
    let (name, scopes, mut wrong) = named(&input.name, &input.scopes);
    // What gives more tokens would outlive the fifteen minutes.
    if scopes.contains(&Scope::TokensWrite) {
        wrong.push(FieldError {
            field: "scopes".to_owned(),
            message: "A pipeline may not make tokens.".to_owned(),
        });
    }
    let audience = match input.audience.trim() {
        "" => op.settings().public_url.clone(),
        given => given.to_owned(),
    };
    let (mut issuer, mut admits) = (String::new(), String::new());
    match read(&input.document) {
        Err(Error::Invalid(fields)) => wrong.extend(fields),
        Err(other) => return Err(other),
        Ok(trust) => {
            let facts = facts(&audience);
            match trust.issuer() {
                Some(says)
                    if says.starts_with("https://") || says.starts_with("http://127.0.0.1") =>
                {
                    issuer = says;
                }
                _ => wrong.push(FieldError {
                    field: "document".to_owned(),
                    message:
                        "must name one issuer, such as https://token.actions.githubusercontent.com."
                            .to_owned(),
                }),
            }
            for finding in trust
                .lint(&facts)
                .into_iter()
                .filter(|finding| finding.severity >= Severity::High)
            {
                wrong.push(FieldError {
                    field: "document".to_owned(),
                    message: format!("{}: {} {}", finding.rule, finding.message, finding.fix),
                });
            }
            admits = trust.admits(&facts).description;
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    Ok(WorkloadRule {
        id: WorkloadRuleId(op.new_id()),
        name,
        issuer,
        audience,
        document: input.document.clone(),
        admits,
        scopes,
        teams: input.teams.clone(),
        created_by: op.actor.identity().2,
        created_at: op.now,
        last_used_at: None,
    })
}

/// Removes a rule; what was given by it stops working at once.
///
/// # Errors
/// When the actor may not, or there is none.
pub async fn remove(op: &Op, id: WorkloadRuleId) -> Result<()> {
    op.require(Access::ManageTokens)?;
    let mut tx = op.db().begin().await?;
    let name = store::workload::remove(&mut tx, id, op.now)
        .await?
        .ok_or(Error::NotFound("workload rule"))?;
    let summary = format!("Removed the sign-in rule {name}");
    let done = Done::new("workload_rule.removed", "workload_rule", &id, name, summary);
    op.record(&mut tx, done).await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// Gives a pipeline a token for its own. Open to anybody: the token is the proof. What is wrong with one that is refused is
/// told in the log only.
///
/// # Errors
/// [`Error::Refused`] when no rule admits it; [`Error::Invalid`] when it asks for more than the rule gives.
pub async fn exchange(op: &Op, issuers: &dyn Issuers, request: &Request) -> Result<Exchanged> {
    let refused = Error::Refused(Refusal::NotSignedIn);
    // Read before it is believed, only to find whose keys to ask for: a rule names the issuer, never the token.
    let Ok(unproven) = Token::read(&request.subject_token) else {
        return Err(refused);
    };
    let issuer = unproven.text("iss").unwrap_or_default();
    let rules = store::workload::list(&mut *op.db().acquire().await?, Some(issuer)).await?;
    let mut why = "no rule names its issuer".to_owned();
    for rule in rules {
        match admitted(op, issuers, &rule, &request.subject_token).await {
            Ok(subject) => return give(op, &rule, &subject, request).await,
            Err(reason) => why = reason,
        }
    }
    tracing::warn!(issuer, why, "a pipeline's token was refused");
    Err(refused)
}

/// Whether a rule admits a token: its subject, or why not.
async fn admitted(
    op: &Op,
    issuers: &dyn Issuers,
    rule: &WorkloadRule,
    token: &str,
) -> std::result::Result<String, String> {
    let asked = Asked {
        token,
        issuer: &rule.issuer,
        audience: &rule.audience,
        now: op.now,
    };
    let claims = issuers.claims(asked).await?;
    let token: Token = claims.into_iter().collect();
    let trust = read(&rule.document).map_err(|error| error.to_string())?;
    let verdict = trust.evaluate(&token, &facts(&rule.audience));
    if verdict.decision != Decision::Allow {
        let reasons: Vec<String> = verdict
            .reasons
            .into_iter()
            .map(|reason| reason.text)
            .collect();
        return Err(reasons.join("; "));
    }
    Ok(token.text("sub").unwrap_or_default().to_owned())
}

async fn give(op: &Op, rule: &WorkloadRule, subject: &str, request: &Request) -> Result<Exchanged> {
    let (mut scopes, unknown) = read_scopes(&request.scopes);
    let beyond = scopes.iter().find(|scope| !rule.scopes.contains(scope));
    if let Some(word) = unknown.first().cloned().or(beyond.map(ToString::to_string)) {
        let words = format!("{word:?} is nothing this rule gives.");
        return Err(Error::field("scope", words));
    }
    if scopes.is_empty() {
        scopes.clone_from(&rule.scopes);
    }
    let secret = domain::token::mint(domain::token::API, &op.random());
    let id = TokenId(op.new_id());
    let subject: String = subject.chars().take(300).collect();
    let row = TokenRow {
        id,
        name: format!("{} for {subject}", rule.name),
        hint: domain::token::hint(&secret),
        scopes: scopes.clone(),
        created_by: subject.clone(),
        created_at: op.now,
        expires_at: op.now + TimeDelta::minutes(MINUTES),
        last_used_at: None,
        revoked_at: None,
        teams: rule.teams.clone(),
        networks: Vec::new(),
        identity: None,
        rotated: false,
        subject: Some(subject.clone()),
    };
    let mut tx = op.db().begin().await?;
    store::tokens::insert(&mut tx, &row, domain::token::hash(&secret), Some(rule.id)).await?;
    store::workload::touch(&mut tx, rule.id, op.now).await?;
    let summary = format!(
        "{subject} signed in by the rule {} for {MINUTES} minutes",
        rule.name
    );
    let done = Done::new("token.exchanged", "token", &id, &row.name, summary);
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(Exchanged {
        token: secret,
        seconds: MINUTES * 60,
        scopes,
    })
}
