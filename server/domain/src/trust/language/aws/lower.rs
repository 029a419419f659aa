//! A trust policy as ways in.

use super::operator::{Base, Set};
use super::{Condition, Policy, Statement, provider};
use crate::trust::exposed;
use crate::trust::facts::Facts;
use crate::trust::glob::Pattern;
use crate::trust::grant::{Constraint, Grant, Others};
use crate::trust::hole;
use crate::trust::issuer::Issuer;

impl Policy {
    /// One way in for each provider of each allowing statement; denies are left out, so that the set is no smaller
    /// than what is admitted.
    pub fn grants(&self, facts: &Facts) -> Vec<Grant> {
        self.statements
            .iter()
            .filter(|statement| statement.allow)
            .flat_map(|statement| ways(statement, facts))
            .collect()
    }
}

fn ways(statement: &Statement, facts: &Facts) -> Vec<Grant> {
    let named = &statement.principal;
    let mut ways: Vec<Grant> = others(statement)
        .map(|others| Grant {
            others: Some(others),
            ..Grant::new(None, statement.span)
        })
        .into_iter()
        .collect();
    let everybody =
        named.everyone || statement.not_principal || named.aws.iter().any(|it| it.text == "*");
    if everybody && statement.is_assume() {
        let issuer = prefixed_issuer(statement);
        ways.push(way(statement, issuer, facts));
    }
    if statement.not_principal {
        return ways;
    }
    for federated in &named.federated {
        let host = provider(&federated.text);
        let open = hole::has(host.unwrap_or(&federated.text));
        let issuer = match (host, open) {
            // A provider the file leaves open is the one its conditions speak of.
            (_, true) => prefixed_issuer(statement)
                .unwrap_or_else(|| Issuer::of(host.unwrap_or(&federated.text))),
            (Some(host), false) => Issuer::of(host.strip_prefix("https://").unwrap_or(host)),
            (None, false) => continue,
        };
        let mut way = way(statement, Some(issuer), facts);
        if !statement.is_assume() {
            way.dead =
                Some("the statement does not allow sts:AssumeRoleWithWebIdentity".to_owned());
        } else if host.is_some_and(|host| host.contains("://")) {
            way.dead = Some(
                "the provider's ARN holds a scheme; ARNs name providers without it".to_owned(),
            );
        }
        ways.push(way);
    }
    ways
}

/// Callers without tokens.
fn others(statement: &Statement) -> Option<Others> {
    let named = &statement.principal;
    let assumes = statement.has_action("sts:assumerole");
    if !assumes || statement.not_principal {
        return None;
    }
    let everyone = named.everyone || named.aws.iter().any(|it| it.text == "*");
    let listed: Vec<&str> = named
        .aws
        .iter()
        .chain(&named.others)
        .map(|it| it.text.as_str())
        .collect();
    if everyone {
        return Some(Others {
            who: "every AWS principal of every account".to_owned(),
            everyone: statement.conditions.is_empty(),
        });
    }
    (!listed.is_empty()).then(|| Others {
        who: listed.join(", "),
        everyone: false,
    })
}

/// The issuer a statement for everybody is narrowed to by its keys: a positive condition on one issuer's key fails
/// for every other's tokens.
fn prefixed_issuer(statement: &Statement) -> Option<Issuer> {
    statement
        .conditions
        .iter()
        .filter(|it| !it.operator.true_if_absent() && it.operator.base != Base::Null)
        .find_map(|it| {
            let (issuer, _) = it.key.text.rsplit_once(':')?;
            issuer.contains('.').then(|| Issuer::of(issuer))
        })
}

fn way(statement: &Statement, issuer: Option<Issuer>, facts: &Facts) -> Grant {
    let mut grant = Grant::new(issuer, statement.span);
    for condition in &statement.conditions {
        let Some(constraint) = constraint(condition, grant.issuer.as_ref(), facts) else {
            continue;
        };
        let dead = !constraint.narrows
            && !constraint.if_absent
            && !constraint.negated
            && condition.key.text.contains('.');
        if dead {
            grant.dead.get_or_insert_with(|| {
                format!(
                    "{} is never present, so {} always fails",
                    condition.key.text, condition.written
                )
            });
        }
        if matches!(condition.operator.base, Base::Arn { negated: false })
            && constraint.claim == "sub"
        {
            grant.dead.get_or_insert_with(|| {
                "a subject is no ARN, so the condition always fails".to_owned()
            });
        }
        grant.all.push(constraint);
    }
    grant
}

/// The claim of a key under an issuer; `aws:` and `sts:` keys keep their whole name.
pub fn claim_of<'a>(key: &'a str, issuer: Option<&Issuer>) -> Option<&'a str> {
    let lower = key.to_ascii_lowercase();
    if lower.starts_with("aws:") || lower.starts_with("sts:") {
        return Some(key);
    }
    if let Some((before, claim)) = key.rsplit_once(':')
        && hole::has(before)
    {
        return Some(claim);
    }
    let prefix = format!("{}:", issuer?.key.to_ascii_lowercase());
    lower.starts_with(&prefix).then(|| &key[prefix.len()..])
}

fn constraint(condition: &Condition, issuer: Option<&Issuer>, facts: &Facts) -> Option<Constraint> {
    let operator = condition.operator;
    if matches!(operator.base, Base::Null | Base::Unknown) {
        return None;
    }
    let claim = claim_of(&condition.key.text, issuer);
    let exposed = claim.is_some_and(|claim| {
        claim.contains(':')
            || issuer.is_some_and(|issuer| exposed::is(&issuer.key, claim, facts.date))
    });
    let name = claim.unwrap_or(&condition.key.text).to_owned();
    let present = issuer.is_some_and(|issuer| issuer.always_carries(&name.to_ascii_lowercase()));
    let negated = operator.negated();
    let textual = matches!(
        operator.base,
        Base::Text { .. } | Base::Like { .. } | Base::Arn { .. }
    );
    let values = condition
        .tests
        .iter()
        .zip(&condition.values)
        .map(|(test, written)| {
            let (toks, loose) = test.bound();
            let mut pattern = Pattern::new(written, toks);
            pattern.bound = loose;
            pattern.fold = matches!(operator.base, Base::Text { fold: true, .. });
            pattern.bounded()
        })
        .collect();
    Some(Constraint {
        claim: name,
        values,
        negated,
        if_absent: operator.true_if_absent(),
        narrows: exposed && !negated && textual && (present || !operator.true_if_absent()),
        exact: matches!(operator.base, Base::Text { .. }),
        operator: condition.written.clone(),
        span: condition.span,
    })
}

/// An operator that says nothing when its key is absent.
pub const fn is_vacuous(condition: &Condition) -> bool {
    condition.operator.if_exists || matches!(condition.operator.set, Set::All)
}
