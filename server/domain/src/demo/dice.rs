//! Repeatable chance: the same words give the same throws.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A stream of throws (SplitMix64 over a hash of its name).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// A stream of its own for a name and a number.
    pub fn of(name: &str, number: i64) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in name.bytes().chain(number.to_le_bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(hash)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `below - 1`.
    pub fn below(&mut self, below: u64) -> u64 {
        self.bits() % below.max(1)
    }

    /// A number from `from` to `to`, both included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to - from + 1).unwrap_or(1);
        from + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// True so many times out of a thousand.
    pub fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = usize::try_from(self.below(of.len() as u64)).unwrap_or(0);
        &of[at]
    }

    /// How often something happens that happens `per_mille` / 1000 times on average.
    pub fn times(&mut self, per_mille: u64) -> u64 {
        // Five tries spread the count a little without ever running away.
        let tries = 5 * (per_mille / 2500 + 1);
        (0..tries)
            .map(|_| u64::from(self.chance(per_mille / tries)))
            .sum()
    }

    /// Lower-case hex digits.
    pub fn hex(&mut self, digits: usize) -> String {
        self.from(b"0123456789abcdef", digits)
    }

    /// Letters and digits as key ids have them.
    pub fn key(&mut self, prefix: &str) -> String {
        format!(
            "{prefix}{}",
            self.from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)
        )
    }

    /// Letters and digits as document ids have them.
    pub fn word(&mut self, length: usize) -> String {
        self.from(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            length,
        )
    }

    /// A random (version 4) UUID, as vendors make them.
    pub fn guid(&mut self) -> String {
        let high = u128::from(self.bits());
        let bits = (high << 64) | u128::from(self.bits());
        uuid::Builder::from_random_bytes(bits.to_be_bytes())
            .into_uuid()
            .to_string()
    }

    /// A time-ordered (version 7) UUID, as our own rows have them.
    pub fn id(&mut self, at: DateTime<Utc>) -> Uuid {
        let mut random = [0_u8; 10];
        random[..8].copy_from_slice(&self.bits().to_be_bytes());
        random[8..].copy_from_slice(&self.bits().to_be_bytes()[..2]);
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    fn from(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(*self.pick(alphabet)))
            .collect()
    }
}
