//! Reads `activity.ndjson`: the stretch of Rollcall's own record, link by link.

use std::io::Read;

use super::rows::Lines;
use crate::activity::{self, Broken};
use crate::evidence::format::{ActivityLine, Segment};
use crate::evidence::problem::Problem;

/// Reads the file to its end; gives its digest, its rows and what is wrong.
pub fn read<R: Read>(
    reader: R,
    segment: &Segment,
) -> std::io::Result<((u64, String), u64, Vec<Problem>)> {
    let mut lines = Lines::new(reader);
    let mut problems = Vec::new();
    let mut state = (segment.from - 1, hash(&segment.previous));
    let mut rows = 0;
    while let Some(bytes) = lines.next()? {
        rows += 1;
        let Ok(line) = serde_json::from_slice::<ActivityLine>(&bytes) else {
            problems.push(Problem::Activity(format!(
                "line {rows} is no longer readable"
            )));
            state.0 += 1;
            continue;
        };
        let stored = hash(&line.hash);
        match activity::check(state, &line.entry, &stored) {
            Ok(next) => state = next,
            Err(broken) => {
                if problems.len() < 20 {
                    problems.push(Problem::Activity(broken.to_string()));
                }
                // Goes on from what stands there, so that each break is told once.
                state = (line.entry.position, stored);
            }
        }
    }
    if state.0 < segment.to {
        let cut = Broken::Cut {
            last: state.0,
            head: segment.to,
        };
        problems.push(Problem::Activity(cut.to_string()));
    } else if problems.is_empty() && hex::encode(state.1) != segment.head {
        problems.push(Problem::Activity(
            "it does not end with the signed head".to_owned(),
        ));
    }
    Ok((lines.digest()?, rows, problems))
}

fn hash(text: &str) -> [u8; 32] {
    let mut out = [0; 32];
    // What is no hash compares as zero and fails the check.
    let _ = hex::decode_to_slice(text, &mut out);
    out
}
