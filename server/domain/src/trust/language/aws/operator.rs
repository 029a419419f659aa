//! Condition operators.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html> and
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};

use super::variable::Template;
use crate::trust::glob::Tok;
use crate::trust::verdict::{Outcome, Tri};

/// An operator taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    pub set: Set,
    pub base: Base,
    pub if_exists: bool,
}

/// A prefix for keys with several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    No,
    All,
    Any,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    Text { negated: bool, fold: bool },
    Like { negated: bool },
    Arn { negated: bool },
    Numeric { negated: bool, order: Order },
    Date { negated: bool, order: Order },
    Bool,
    Binary,
    Address { negated: bool },
    Null,
    Unknown,
}

/// How numbers and dates compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What the request holds under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held<'a> {
    Absent,
    One(Cow<'a, str>),
    Several(Vec<Cow<'a, str>>),
    Unknown,
}

impl<'a> Held<'a> {
    /// What is held, where it is known.
    pub fn values(&self) -> Option<&[Cow<'a, str>]> {
        match self {
            Self::One(value) => Some(std::slice::from_ref(value)),
            Self::Several(values) => Some(values),
            Self::Absent | Self::Unknown => None,
        }
    }

    /// The value, where there is exactly one.
    pub fn one(&self) -> Option<&str> {
        match self.values() {
            Some([one]) => Some(one),
            _ => None,
        }
    }
}

impl Operator {
    /// Reads an operator's name; a name AWS does not have becomes [`Base::Unknown`].
    pub fn read(name: &str) -> Self {
        let lower = name.to_ascii_lowercase();
        let (set, rest) = if let Some(rest) = lower.strip_prefix("forallvalues:") {
            (Set::All, rest)
        } else if let Some(rest) = lower.strip_prefix("foranyvalue:") {
            (Set::Any, rest)
        } else {
            (Set::No, lower.as_str())
        };
        let (rest, if_exists) = match rest.strip_suffix("ifexists") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        Self {
            set,
            base: base(rest),
            if_exists,
        }
    }

    pub const fn negated(self) -> bool {
        matches!(
            self.base,
            Base::Text { negated: true, .. }
                | Base::Like { negated: true }
                | Base::Arn { negated: true }
                | Base::Numeric { negated: true, .. }
                | Base::Date { negated: true, .. }
                | Base::Address { negated: true }
        )
    }

    pub const fn wildcards(self) -> bool {
        matches!(self.base, Base::Like { .. } | Base::Arn { .. })
    }

    /// It holds when the key is absent.
    pub const fn true_if_absent(self) -> bool {
        match self.set {
            Set::All => true,
            Set::Any => self.if_exists,
            Set::No => self.if_exists || self.negated(),
        }
    }

    /// How the condition ends for what the request holds.
    pub fn judge<T: AsRef<[Tok]>>(self, held: &Held, tests: &[T]) -> Outcome {
        if self.base == Base::Unknown {
            return Outcome::Unknown;
        }
        let values = match held {
            Held::Unknown => return Outcome::Unknown,
            Held::Absent if self.base == Base::Null => {
                return said(wants_absent(tests));
            }
            Held::Absent if self.true_if_absent() => return Outcome::Vacuous,
            Held::Absent => return Outcome::Absent,
            Held::One(_) | Held::Several(_) => held.values().unwrap_or_default(),
        };
        if self.base == Base::Null {
            return said(!wants_absent(tests));
        }
        let one = |value: &Cow<str>| self.one(value, tests);
        // A single-valued operator on several values: some value for a positive, none for a negated one.
        if self.set == Set::All || self.set == Set::No && self.negated() {
            said(values.iter().all(one))
        } else {
            said(values.iter().any(one))
        }
    }

    fn one<T: AsRef<[Tok]>>(self, value: &str, tests: &[T]) -> bool {
        tests.iter().any(|test| self.equal(value, test.as_ref())) != self.negated()
    }

    fn equal(self, value: &str, test: &[Tok]) -> bool {
        match self.base {
            Base::Text { fold, .. } => text(value, test, fold),
            Base::Like { .. } => crate::trust::glob::matches(test, value),
            Base::Arn { .. } => arn(value, test),
            Base::Bool => text(value, test, true),
            Base::Binary => text(value, test, false),
            Base::Numeric { order, .. } => {
                matches!((value.trim().parse::<f64>(), written(test).trim().parse::<f64>()), (Ok(a), Ok(b)) if order.holds(&a, &b))
            }
            Base::Date { order, .. } => {
                matches!((instant(value), instant(&written(test))), (Some(a), Some(b)) if order.holds(&a, &b))
            }
            Base::Address { .. } => address(value, &written(test)).unwrap_or(false),
            Base::Null | Base::Unknown => false,
        }
    }
}

impl Order {
    fn holds<T: PartialOrd>(self, a: &T, b: &T) -> bool {
        match self {
            Self::Equal => a == b,
            Self::Less => a < b,
            Self::LessOrEqual => a <= b,
            Self::Greater => a > b,
            Self::GreaterOrEqual => a >= b,
        }
    }
}

fn said(yes: bool) -> Outcome {
    if yes {
        Outcome::Matched
    } else {
        Outcome::NotMatched
    }
}

fn base(name: &str) -> Base {
    use Order as O;
    let numeric = |negated, order| Base::Numeric { negated, order };
    let date = |negated, order| Base::Date { negated, order };
    match name {
        "stringequals" => Base::Text {
            negated: false,
            fold: false,
        },
        "stringnotequals" => Base::Text {
            negated: true,
            fold: false,
        },
        "stringequalsignorecase" => Base::Text {
            negated: false,
            fold: true,
        },
        "stringnotequalsignorecase" => Base::Text {
            negated: true,
            fold: true,
        },
        "stringlike" => Base::Like { negated: false },
        "stringnotlike" => Base::Like { negated: true },
        // ArnEquals and ArnLike behave alike.
        "arnequals" | "arnlike" => Base::Arn { negated: false },
        "arnnotequals" | "arnnotlike" => Base::Arn { negated: true },
        "numericequals" => numeric(false, O::Equal),
        "numericnotequals" => numeric(true, O::Equal),
        "numericlessthan" => numeric(false, O::Less),
        "numericlessthanequals" => numeric(false, O::LessOrEqual),
        "numericgreaterthan" => numeric(false, O::Greater),
        "numericgreaterthanequals" => numeric(false, O::GreaterOrEqual),
        "dateequals" => date(false, O::Equal),
        "datenotequals" => date(true, O::Equal),
        "datelessthan" => date(false, O::Less),
        "datelessthanequals" => date(false, O::LessOrEqual),
        "dategreaterthan" => date(false, O::Greater),
        "dategreaterthanequals" => date(false, O::GreaterOrEqual),
        "bool" => Base::Bool,
        "binaryequals" => Base::Binary,
        "ipaddress" => Base::Address { negated: false },
        "notipaddress" => Base::Address { negated: true },
        "null" => Base::Null,
        _ => Base::Unknown,
    }
}

fn wants_absent<T: AsRef<[Tok]>>(tests: &[T]) -> bool {
    tests
        .iter()
        .any(|test| written(test.as_ref()).eq_ignore_ascii_case("true"))
}

fn written(test: &[Tok]) -> String {
    test.iter()
        .map(|tok| match tok {
            Tok::Lit(c) => *c,
            Tok::Any => '*',
            Tok::One => '?',
        })
        .collect()
}

/// Equality with a template that has no wildcards.
fn text(value: &str, test: &[Tok], fold: bool) -> bool {
    if fold {
        return written(test).to_lowercase() == value.to_lowercase();
    }
    let mut chars = value.chars();
    test.iter()
        .all(|tok| matches!((tok, chars.next()), (Tok::Lit(want), Some(c)) if *want == c))
        && chars.next().is_none()
}

/// Each of the six parts of an ARN is matched by itself; what is not an ARN does not match.
fn arn(value: &str, test: &[Tok]) -> bool {
    let mut parts: Vec<&[Tok]> = Vec::new();
    let mut rest = test;
    for _ in 0..5 {
        let Some(at) = rest.iter().position(|tok| *tok == Tok::Lit(':')) else {
            return false;
        };
        parts.push(&rest[..at]);
        rest = &rest[at + 1..];
    }
    parts.push(rest);
    let values: Vec<&str> = value.splitn(6, ':').collect();
    values.len() == 6
        && values[0] == "arn"
        && parts
            .iter()
            .zip(values)
            .all(|(part, value)| crate::trust::glob::matches(part, value))
}

/// A date, an instant or epoch seconds.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.to_utc());
    }
    if let Ok(seconds) = text.parse::<i64>() {
        return DateTime::from_timestamp(seconds, 0);
    }
    let day: NaiveDate = text.parse().ok()?;
    Some(day.and_hms_opt(0, 0, 0)?.and_utc())
}

/// Whether an address is in a network written as `address[/bits]`.
pub fn address(value: &str, network: &str) -> Option<bool> {
    use std::net::IpAddr;
    let value: IpAddr = value.trim().parse().ok()?;
    let (base, bits) = match network.trim().split_once('/') {
        Some((base, bits)) => (base, Some(bits.parse::<u32>().ok()?)),
        None => (network.trim(), None),
    };
    let cover = |width: u32| bits.unwrap_or(width).min(width);
    Some(match (value, base.parse::<IpAddr>().ok()?) {
        (IpAddr::V4(value), IpAddr::V4(base)) => {
            let shift = 32 - cover(32);
            u64::from(value.to_bits()) >> shift == u64::from(base.to_bits()) >> shift
        }
        (IpAddr::V6(value), IpAddr::V6(base)) => {
            let shift = 128 - cover(128);
            shift == 128 || value.to_bits() >> shift == base.to_bits() >> shift
        }
        _ => false,
    })
}

/// The templates of a condition, filled in; one that names a variable without value can match nothing and is
/// left out. Unknown when a variable's value is not known.
pub fn fill<'t, 'a>(
    tests: &'t [Template],
    lookup: &impl Fn(&str) -> Held<'a>,
) -> (Vec<Cow<'t, [Tok]>>, Tri) {
    let mut filled = Vec::with_capacity(tests.len());
    let mut sure = Tri::True;
    for test in tests {
        if let Some(toks) = test.plain() {
            filled.push(Cow::Borrowed(toks));
            continue;
        }
        match test.fill(lookup) {
            Ok(Some(toks)) => filled.push(Cow::Owned(toks)),
            Ok(None) => {}
            Err(()) => sure = Tri::Unknown,
        }
    }
    (filled, sure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::glob::{literal, stars};

    fn ends(operator: &str, held: Option<&str>, tests: &[&str]) -> Outcome {
        let operator = Operator::read(operator);
        let tests: Vec<Vec<Tok>> = tests
            .iter()
            .map(|test| {
                if operator.wildcards() {
                    stars(test, true)
                } else {
                    literal(test)
                }
            })
            .collect();
        match held {
            None => operator.judge(&Held::Absent, &tests),
            Some(value) => operator.judge(&Held::One(value.into()), &tests),
        }
    }

    #[test]
    fn the_table_of_absent_keys() {
        for operator in [
            "StringEquals",
            "StringLike",
            "StringEqualsIgnoreCase",
            "ForAnyValue:StringLike",
            "Bool",
            "ArnLike",
        ] {
            assert_eq!(ends(operator, None, &["x"]), Outcome::Absent, "{operator}");
        }
        for operator in [
            "StringNotEquals",
            "StringNotLike",
            "StringNotEqualsIgnoreCase",
            "StringEqualsIfExists",
            "StringLikeIfExists",
            "ForAllValues:StringLike",
            "ForAllValues:StringEquals",
        ] {
            assert_eq!(ends(operator, None, &["x"]), Outcome::Vacuous, "{operator}");
        }
        assert_eq!(ends("Null", None, &["true"]), Outcome::Matched);
        assert_eq!(ends("Null", None, &["false"]), Outcome::NotMatched);
        assert_eq!(ends("Null", Some("x"), &["false"]), Outcome::Matched);
    }

    #[test]
    fn present_keys() {
        use Outcome::{Matched, NotMatched};
        assert_eq!(ends("StringEquals", Some("a*"), &["a*"]), Matched);
        assert_eq!(ends("StringEquals", Some("ab"), &["a*"]), NotMatched);
        assert_eq!(ends("StringEquals", Some("A"), &["a"]), NotMatched);
        assert_eq!(ends("StringEqualsIgnoreCase", Some("A"), &["a"]), Matched);
        assert_eq!(
            ends("StringLike", Some("repo:o/r:x"), &["repo:o/*", "z"]),
            Matched
        );
        assert_eq!(
            ends("StringNotLike", Some("repo:o/r:x"), &["repo:o/*", "z"]),
            NotMatched
        );
        assert_eq!(ends("StringNotEquals", Some("b"), &["a", "c"]), Matched);
        assert_eq!(ends("ArnLike", Some("repo:o/r"), &["*"]), NotMatched);
        assert_eq!(
            ends(
                "ArnLike",
                Some("arn:aws:iam::1:role/x"),
                &["arn:aws:iam::*:role/*"]
            ),
            Matched
        );
        assert_eq!(ends("NumericLessThan", Some("3"), &["4"]), Matched);
        assert_eq!(
            ends(
                "DateGreaterThan",
                Some("2026-02-01T00:00:00Z"),
                &["2026-01-01"]
            ),
            Matched
        );
        assert_eq!(
            ends("IpAddress", Some("10.1.2.3"), &["10.0.0.0/8"]),
            Matched
        );
        assert_eq!(
            ends("NotIpAddress", Some("10.1.2.3"), &["10.0.0.0/8"]),
            NotMatched
        );
        assert_eq!(ends("StringRegex", Some("a"), &["a"]), Outcome::Unknown);
    }
}
