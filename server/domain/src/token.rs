//! The shape of Rollcall's tokens: `prefix_` + 43 letters of secret + 6 of checksum.
//!
//! The prefix lets secret scanners recognise a leaked one, the checksum lets everybody tell a token from a
//! typing error without asking the database. Only the SHA-256 of a token is ever stored.

use chrono::{DateTime, TimeDelta, Utc};
use contract::identities::IdentityState;
use sha2::{Digest, Sha256};

/// Prefix of API tokens.
pub const API: &str = "rct";

/// Days an identity may have no owner, or an overdue review, before its token stops: its finding is the warning.
const GRACE_DAYS: i64 = 14;

/// How a token stands as an identity of the inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bearer {
    /// State of the identity; absent for tokens made before they were identities, and for those of pipelines.
    pub state: Option<IdentityState>,
    /// Since when a finding says that nobody answers for it.
    pub orphaned_at: Option<DateTime<Utc>>,
    /// When its review is due.
    pub review_due: Option<DateTime<Utc>>,
}

/// Whether a token that is neither expired nor revoked works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It works.
    Good,
    /// It works until then, unless somebody does what is asked.
    Warned(DateTime<Utc>, &'static str),
    /// It works no longer.
    Stopped(&'static str),
}

impl Bearer {
    /// Judges it: Rollcall keeps its own rules.
    pub fn standing(&self, now: DateTime<Utc>) -> Standing {
        if self
            .state
            .is_some_and(|state| state != IdentityState::Active)
        {
            return Standing::Stopped("its identity is not active");
        }
        let grace = TimeDelta::days(GRACE_DAYS);
        let overdue = self.review_due.filter(|due| *due <= now);
        let ends = [
            (
                self.orphaned_at,
                "nobody answers for it: give its identity an owner",
            ),
            (overdue, "its review is overdue"),
        ];
        let ends = ends
            .into_iter()
            .filter_map(|(since, why)| Some((since? + grace, why)));
        match ends.min() {
            None => Standing::Good,
            Some((end, why)) if end <= now => Standing::Stopped(why),
            Some((end, why)) => Standing::Warned(end, why),
        }
    }
}

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SECRET: usize = 43;
const CHECK: usize = 6;

/// Makes a token of 256 unpredictable bits.
pub fn mint(prefix: &str, secret: &[u8; 32]) -> String {
    let body = format!("{prefix}_{}", base62(secret, SECRET));
    let check = checksum(&body);
    format!("{body}{check}")
}

/// Whether a text is a whole token of this prefix.
pub fn is_whole(prefix: &str, token: &str) -> bool {
    let body = token
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'));
    let Some(body) = body else { return false };
    if body.len() != SECRET + CHECK || !body.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return false;
    }
    let (front, check) = token.split_at(token.len() - CHECK);
    checksum(front) == check
}

/// What is stored of it.
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The beginning, to recognise it by: `rct_Ab12Cd`.
pub fn hint(token: &str) -> String {
    let end = token.find('_').map_or(0, |at| at + 7).min(token.len());
    token.get(..end).unwrap_or_default().to_owned()
}

fn checksum(text: &str) -> String {
    base62(&Sha256::digest(text.as_bytes())[..4], CHECK)
}

/// Base 62, most significant digit first, exactly `width` digits.
fn base62(bytes: &[u8], width: usize) -> String {
    let mut number = bytes.to_vec();
    let mut digits = vec![b'0'; width];
    for digit in digits.iter_mut().rev() {
        let mut rest = 0_u32;
        for byte in &mut number {
            let value = (rest << 8) | u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or(0);
            rest = value % 62;
        }
        *digit = LETTERS[rest as usize];
    }
    String::from_utf8(digits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_recognised_and_a_changed_one_is_not() {
        let token = mint(API, &[7; 32]);
        assert_eq!(token.len(), "rct_".len() + SECRET + CHECK);
        assert!(is_whole(API, &token) && !is_whole("rcs", &token));
        for at in 4..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'x' { b'y' } else { b'x' };
            assert!(
                !is_whole(API, &String::from_utf8(changed).expect("ascii")),
                "at {at}"
            );
        }
        assert!(
            !is_whole(API, &token[..token.len() - 1])
                && !is_whole(API, "")
                && !is_whole(API, "rct_é")
        );
        assert_eq!(hint(&token), token[..10]);
    }

    #[test]
    fn a_token_nobody_answers_for_stops_after_a_warning() {
        let day =
            |days: i64| DateTime::from_timestamp(1_790_000_000 + days * 86_400, 0).expect("time");
        let bearer = Bearer {
            state: Some(IdentityState::Active),
            ..Bearer::default()
        };
        assert_eq!(bearer.standing(day(0)), Standing::Good);
        let orphaned = Bearer {
            orphaned_at: Some(day(0)),
            ..bearer
        };
        assert!(matches!(orphaned.standing(day(13)), Standing::Warned(end, _) if end == day(14)));
        assert!(matches!(orphaned.standing(day(14)), Standing::Stopped(_)));
        let due = Bearer {
            review_due: Some(day(30)),
            ..bearer
        };
        assert_eq!(due.standing(day(29)), Standing::Good);
        assert!(matches!(due.standing(day(30)), Standing::Warned(..)));
        assert!(matches!(due.standing(day(44)), Standing::Stopped(_)));
        let suspended = Bearer {
            state: Some(IdentityState::Suspended),
            ..Bearer::default()
        };
        assert!(matches!(suspended.standing(day(0)), Standing::Stopped(_)));
    }

    #[test]
    fn no_secret_bit_is_lost() {
        let ends = [mint(API, &[0; 32]), mint(API, &[255; 32])];
        let mut almost = [255_u8; 32];
        almost[0] = 254;
        assert!(ends[0] != ends[1] && mint(API, &almost) != ends[1]);
        almost = [255; 32];
        almost[31] = 254;
        assert_ne!(mint(API, &almost), ends[1]);
    }
}
