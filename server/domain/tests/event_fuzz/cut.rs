//! One delivery to everything that takes deliveries apart: the body of the fuzz target, and of the short run in the
//! tests. Nothing is asserted but that it comes back, and that no more records come out than bytes went in.

use domain::event::inflate::inflate;
use domain::event::normalize::{Hints, accept_with};
use domain::event::split::split;

/// Inflates, cuts, and reads each record in the format it shows.
pub fn cut(data: &[u8]) {
    let Ok(plain) = inflate(data, 1 << 20) else {
        return;
    };
    let hints = Hints {
        received_at: chrono::DateTime::from_timestamp(1_790_000_000, 0),
        ..Hints::default()
    };
    let mut records = 0_usize;
    for record in split(&plain, 1 << 16) {
        records += 1;
        if let Ok(parsed) = record.parsed {
            let _ = accept_with(None, parsed, &hints);
        }
    }
    assert!(records <= plain.len() + 1);
}
