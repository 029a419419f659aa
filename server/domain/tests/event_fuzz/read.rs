//! One record to one reader: the body of the fuzz targets, one for each format, and of the short run in the tests.
//! What is read must keep to its bounds.

use domain::event::normalize::{Hints, normalize};
use domain::event::sentence::sentence;

/// Reads the bytes as JSON, and the JSON as a record of the format.
pub fn read(format: &str, data: &[u8]) {
    let (Ok(format), Ok(record)) = (format.parse(), serde_json::from_slice(data)) else {
        return;
    };
    let hints = Hints {
        received_at: chrono::DateTime::from_timestamp(1_790_000_000, 0),
        ..Hints::default()
    };
    if let Ok(event) = normalize(format, &record, &hints) {
        assert!(event.vendor_id.len() <= 2048 && !event.action.is_empty());
        let _ = (event.selectors(), event.discovery(), sentence(&event));
    }
}
