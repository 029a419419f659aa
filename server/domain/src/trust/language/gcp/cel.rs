//! CEL, as far as trust uses it: the `cel` crate parses and computes; logic is done here, so that every operand
//! has its reason and an error is absorbed as the specification says (`false && error` is false).
//!
//! <https://github.com/google/cel-spec>; `split`, `join` and the like are the strings extension, `extract` is
//! Google's own. Size, depth and nesting of loops are bounded, so that an answer comes in bounded time.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use cel::common::ast::{Expr, operators};
use cel::{Context, Env, ExecutionError, IdedExpr};
use serde_json::Value;

use crate::trust::hole;
use crate::trust::token::Token;
use crate::trust::verdict::{Outcome, Tri};

/// Deepest expression judged.
const DEEPEST: usize = 120;
/// Most loops inside one another.
const LOOPS: usize = 2;
/// Most operands of one addition or chain, in total nodes.
const NODES: usize = 4000;

/// A compiled expression, or why it is none.
#[derive(Debug, Clone)]
pub struct Program {
    inner: Result<Arc<cel::Program>, Failed>,
}

/// Why there is no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    pub text: String,
    /// It may have one in Google's hands.
    pub unknown: bool,
}

/// An operand of the logic, and how it ended.
#[derive(Debug, Clone)]
pub struct Judged {
    pub text: String,
    pub outcome: Outcome,
    pub why: String,
}

/// The variables.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    roots: BTreeMap<String, Value>,
    /// Targets whose value could not be computed here.
    pub unknown: Vec<String>,
}

static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    // Fails only when an overload is declared twice, and then the standard library has it.
    let _ = env.add_extension(cel::extensions::strings);
    Arc::new(env)
});

impl Scope {
    /// `assertion`, with `google` and `attribute` still empty.
    pub fn of(token: &Token) -> Self {
        let mut scope = Self::default();
        scope.set("assertion", Value::Object(token.claims().clone()));
        scope.set("google", Value::Object(serde_json::Map::new()));
        scope.set("attribute", Value::Object(serde_json::Map::new()));
        scope
    }

    pub fn set(&mut self, root: &str, value: Value) {
        self.roots.insert(root.to_owned(), value);
    }

    /// Puts mapped targets (`google.subject`, `attribute.x`) in place.
    pub fn fill(&mut self, targets: BTreeMap<String, Value>) {
        for (target, value) in targets {
            if let Some((root, name)) = target.split_once('.')
                && root != "assertion"
                && let Some(Value::Object(map)) = self.roots.get_mut(root)
            {
                map.insert(name.to_owned(), value);
            }
        }
    }

    /// A mapped target.
    pub fn mapped(&self, target: &str) -> Option<&Value> {
        let (root, name) = target.split_once('.')?;
        self.roots.get(root)?.get(name)
    }

    fn context(&self) -> Context<'static, 'static> {
        let mut context = Context::with_env(ENV.clone());
        for (name, value) in &self.roots {
            context.add_variable_from_value(name.clone(), convert(value));
        }
        let _ = context.add_function("extract", extract);
        context
    }
}

impl Program {
    /// Compiles; what is longer than Google takes, or deeper than is judged here, is an error with its reason.
    pub fn read(text: &str, longest: usize) -> Self {
        let inner = if hole::split(text).is_some_and(|(_, rest)| rest.is_empty()) {
            Err(failed(
                format!(
                    "depends on {}, which the file leaves open",
                    hole::names(text)
                ),
                true,
            ))
        } else if text.chars().count() > longest {
            Err(failed(
                format!("longer than {longest} characters, which Google refuses"),
                false,
            ))
        } else {
            match ENV.compile(text) {
                Err(_) if hole::has(text) => Err(failed(
                    format!(
                        "depends on {}, which the file leaves open",
                        hole::names(text)
                    ),
                    true,
                )),
                Err(why) => Err(failed(
                    format!("not CEL: {}", first_line(&why.to_string())),
                    false,
                )),
                Ok(program) => bounded(program.expression()).map(|()| Arc::new(program)),
            }
        };
        Self { inner }
    }

    /// The expression; nothing when it did not compile.
    pub fn expression(&self) -> Option<&IdedExpr> {
        self.inner.as_ref().ok().map(|program| program.expression())
    }

    /// Why it did not compile.
    pub fn broken(&self) -> Option<&str> {
        self.inner
            .as_ref()
            .err()
            .filter(|why| !why.unknown)
            .map(|why| why.text.as_str())
    }

    /// Its value.
    pub fn value(&self, scope: &Scope) -> Result<Value, Failed> {
        let program = self.inner.as_ref().map_err(Clone::clone)?;
        let value = cel::Value::resolve(program.expression(), &scope.context())
            .map_err(|why| explain(&why))?;
        revert(&value).ok_or_else(|| {
            failed(
                "its value is of a kind that is not judged here".to_owned(),
                true,
            )
        })
    }

    /// Whether it is true; an error is refusal, as Google treats it. Every operand goes to `leaves`.
    pub fn judge(&self, scope: &Scope, leaves: &mut Vec<Judged>) -> Tri {
        match &self.inner {
            Err(why) => {
                let outcome = if why.unknown {
                    Outcome::Unknown
                } else {
                    Outcome::NotMatched
                };
                leaves.push(Judged {
                    text: "expression".to_owned(),
                    outcome,
                    why: why.text.clone(),
                });
                outcome.tri()
            }
            Ok(program) => {
                let context = scope.context();
                match logic(program.expression(), &context, leaves) {
                    Truth::Known(yes) => yes.into(),
                    Truth::Error => Tri::False,
                    Truth::Unknown => Tri::Unknown,
                }
            }
        }
    }
}

/// The value of a logical operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Truth {
    Known(bool),
    Error,
    Unknown,
}

fn logic(node: &IdedExpr, context: &Context, leaves: &mut Vec<Judged>) -> Truth {
    if let Expr::Call(call) = &node.expr {
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND, [a, b]) => {
                let (a, b) = (logic(a, context, leaves), logic(b, context, leaves));
                return joined(a, b, false);
            }
            (operators::LOGICAL_OR, [a, b]) => {
                let (a, b) = (logic(a, context, leaves), logic(b, context, leaves));
                return joined(a, b, true);
            }
            (operators::LOGICAL_NOT, [a]) => {
                return match logic(a, context, leaves) {
                    Truth::Known(yes) => Truth::Known(!yes),
                    other => other,
                };
            }
            (operators::CONDITIONAL, [test, yes, no]) => {
                return match logic(test, context, leaves) {
                    Truth::Known(true) => logic(yes, context, leaves),
                    Truth::Known(false) => logic(no, context, leaves),
                    other => other,
                };
            }
            _ => {}
        }
    }
    let open = open_text(node);
    let (truth, outcome, why) = match cel::Value::resolve(node, context) {
        Ok(_) if open.is_some() => (
            Truth::Unknown,
            Outcome::Unknown,
            format!(
                "depends on {}, which the file leaves open",
                open.unwrap_or_default()
            ),
        ),
        Ok(cel::Value::Bool(true)) => (Truth::Known(true), Outcome::Matched, "true".to_owned()),
        Ok(cel::Value::Bool(false)) => (
            Truth::Known(false),
            Outcome::NotMatched,
            found(node, context),
        ),
        Ok(_) => (
            Truth::Error,
            Outcome::NotMatched,
            "is no boolean".to_owned(),
        ),
        Err(why) => {
            let why = explain(&why);
            if why.unknown {
                (Truth::Unknown, Outcome::Unknown, why.text)
            } else {
                (Truth::Error, Outcome::Absent, why.text)
            }
        }
    };
    leaves.push(Judged {
        text: super::lower::show(node),
        outcome,
        why,
    });
    truth
}

/// `&&` and `||`: an operand that decides absorbs the other's error.
fn joined(a: Truth, b: Truth, decides: bool) -> Truth {
    match (a, b) {
        (Truth::Known(x), _) | (_, Truth::Known(x)) if x == decides => Truth::Known(decides),
        (Truth::Known(_), Truth::Known(_)) => Truth::Known(!decides),
        (Truth::Unknown, _) | (_, Truth::Unknown) => Truth::Unknown,
        _ => Truth::Error,
    }
}

/// The holes in the words of an operand.
fn open_text(node: &IdedExpr) -> Option<String> {
    let parts: Vec<&IdedExpr> = match &node.expr {
        Expr::Call(call) => call
            .target
            .iter()
            .map(|it| &**it)
            .chain(&call.args)
            .collect(),
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Literal(cel::common::ast::LiteralValue::String(text)) => {
            return hole::has(text.inner()).then(|| hole::names(text.inner()));
        }
        _ => Vec::new(),
    };
    parts.into_iter().find_map(open_text)
}

/// What the compared claim is, for a comparison that failed.
fn found(node: &IdedExpr, context: &Context) -> String {
    let Expr::Call(call) = &node.expr else {
        return "false".to_owned();
    };
    let subject = call.target.as_deref().or_else(|| call.args.first());
    let value = subject
        .and_then(|it| cel::Value::resolve(it, context).ok())
        .and_then(|it| revert(&it));
    match value {
        Some(value) => format!("false: it is {}", crate::trust::token::show(&value)),
        None => "false".to_owned(),
    }
}

fn failed(text: String, unknown: bool) -> Failed {
    Failed { text, unknown }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn explain(why: &ExecutionError) -> Failed {
    match why {
        ExecutionError::NoSuchKey(key) => failed(format!("the token has no {key}"), false),
        // Google rejects what it does not declare when the provider is made; this crate may merely lack it.
        ExecutionError::UndeclaredReference(name) => {
            failed(format!("{name} is not known here"), true)
        }
        other => failed(
            first_line(&other.to_string()).chars().take(200).collect(),
            false,
        ),
    }
}

/// Holds depth, size and loops to what ends soon.
fn bounded(root: &IdedExpr) -> Result<(), Failed> {
    let mut open = vec![(root, 0_usize, 0_usize)];
    let mut nodes = 0;
    while let Some((node, depth, loops)) = open.pop() {
        nodes += 1;
        if depth > DEEPEST || loops > LOOPS || nodes > NODES {
            return Err(failed(
                "nested too deeply to be judged here".to_owned(),
                true,
            ));
        }
        match &node.expr {
            Expr::Call(call) => {
                open.extend(call.target.iter().map(|it| (&**it, depth + 1, loops)));
                open.extend(call.args.iter().map(|it| (it, depth + 1, loops)));
            }
            Expr::Select(select) => open.push((&select.operand, depth + 1, loops)),
            Expr::List(list) => open.extend(list.elements.iter().map(|it| (it, depth + 1, loops))),
            Expr::Comprehension(each) => {
                let parts = [
                    &each.iter_range,
                    &each.accu_init,
                    &each.loop_cond,
                    &each.loop_step,
                    &each.result,
                ];
                open.extend(parts.into_iter().map(|it| (it, depth + 1, loops + 1)));
            }
            Expr::Map(_)
            | Expr::Struct(_)
            | Expr::Unspecified
            | Expr::Ident(_)
            | Expr::Literal(_) => {}
        }
    }
    Ok(())
}

fn convert(value: &Value) -> cel::Value {
    match value {
        Value::Null => cel::Value::Null,
        Value::Bool(yes) => cel::Value::Bool(*yes),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => cel::Value::Int(whole),
            None => cel::Value::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => cel::Value::String(Arc::new(text.clone())),
        Value::Array(items) => cel::Value::List(Arc::new(items.iter().map(convert).collect())),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.clone(), convert(value)))
            .collect::<HashMap<String, cel::Value>>()
            .into(),
    }
}

fn revert(value: &cel::Value) -> Option<Value> {
    Some(match value {
        cel::Value::Null => Value::Null,
        cel::Value::Bool(yes) => (*yes).into(),
        cel::Value::Int(whole) => (*whole).into(),
        cel::Value::UInt(whole) => (*whole).into(),
        cel::Value::Float(number) => (*number).into(),
        cel::Value::String(text) => text.as_str().into(),
        cel::Value::List(items) => items.iter().map(revert).collect::<Option<Vec<_>>>()?.into(),
        _ => return None,
    })
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the crate calls functions with owned arguments"
)]
/// Google's `extract`: what stands at the braces of a template; empty when the rest of the template is not found.
/// <https://cloud.google.com/iam/docs/conditions-attribute-reference#extract>
fn extract(
    cel::extractors::This(text): cel::extractors::This<Arc<String>>,
    template: Arc<String>,
) -> String {
    let Some((before, rest)) = template.split_once('{') else {
        return String::new();
    };
    let Some((_, after)) = rest.split_once('}') else {
        return String::new();
    };
    let Some((_, tail)) = text.split_once(before) else {
        return String::new();
    };
    if after.is_empty() {
        return tail.to_owned();
    }
    tail.split_once(after)
        .map(|(found, _)| found.to_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn judge(text: &str, claims: &str) -> Tri {
        let scope = Scope::of(&Token::read(claims).unwrap());
        Program::read(text, 4096).judge(&scope, &mut Vec::new())
    }

    #[test]
    fn the_subset_in_use() {
        let claims = r#"{"sub":"repo:acme/app:ref:refs/heads/main","repository":"acme/app","groups":["a","b"],"n":3}"#;
        for yes in [
            "assertion.repository == 'acme/app'",
            "assertion['repository'] != \"x\"",
            "assertion.repository in ['acme/app', 'b']",
            "assertion.sub.startsWith('repo:acme/') && assertion.sub.endsWith('main')",
            "assertion.sub.contains('app') && assertion.sub.matches('^repo:acme/.*$')",
            "has(assertion.repository) && !has(assertion.environment)",
            "size(assertion.groups) == 2 && assertion.groups[0] == 'a' && 'b' in assertion.groups",
            "assertion.repository.split('/')[0] == 'acme'",
            "assertion.sub.extract('repo:{r}:') == 'acme/app'",
            "assertion.n == 3 && ('a' + 'b') == 'ab' && (true ? true : false)",
            "assertion.missing == 'x' || assertion.repository == 'acme/app'",
            "assertion.repository == 'acme/app' || assertion.missing == 'x'",
            "!(assertion.missing == 'x' && assertion.repository == 'b')",
        ] {
            assert_eq!(judge(yes, claims), Tri::True, "{yes}");
        }
        for no in [
            "assertion.missing == 'x'",
            "assertion.missing != 'x'",
            "assertion.repository",
            "assertion.repository == 'Acme/app'",
            "(((",
            "x".repeat(5000).as_str(),
        ] {
            assert_eq!(judge(no, claims), Tri::False, "{no}");
        }
        assert_eq!(judge("unheardOf(assertion.sub)", claims), Tri::Unknown);
    }

    #[test]
    fn pathological_expressions_end() {
        let nest = |n: usize| format!("{}true{}", "(".repeat(n), ")".repeat(n));
        judge(&nest(2000), "{}");
        judge(&vec!["'a'"; 1000].join("+"), "{}");
        judge(&format!("{}true", "!".repeat(4000)), "{}");
        let mut loops = "true".to_owned();
        for at in 0..20 {
            loops = format!("[1,2,3,4,5,6,7,8,9].exists(x{at}, {loops} && false)");
        }
        assert_eq!(judge(&loops, "{}"), Tri::Unknown);
        judge(
            "assertion.sub.matches('(a*)*(a*)*b')",
            r#"{"sub":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#,
        );
    }
}
