//! What commands print: results on standard output, complaints on standard error.

use std::io::Write as _;

/// Prints a line of the result. A reader that went away (`| head`) is not an error.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Prints a line for the person, not for the pipe.
pub fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
