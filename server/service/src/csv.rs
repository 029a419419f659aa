//! Exports as CSV: no cell is taken for a formula by a spreadsheet.

use crate::Result;

/// The head line of a table.
///
/// # Errors
/// [`crate::Error::Internal`] when it cannot be written into memory.
pub(crate) fn head(cells: &[&str]) -> Result<Vec<u8>> {
    line(cells)
}

/// Rows, each as `cells` writes it.
///
/// # Errors
/// [`crate::Error::Internal`] when they cannot be written into memory.
pub(crate) fn rows<R, const N: usize>(
    rows: &[R],
    cells: impl Fn(&R) -> [String; N],
) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(rows.len() * 512);
    for row in rows {
        out.extend(line(&cells(row))?);
    }
    Ok(out)
}

fn line<S: AsRef<str>>(cells: &[S]) -> Result<Vec<u8>> {
    domain::evidence::table::row(cells)
        .map_err(|_| crate::Error::Internal("The export could not be written.".to_owned()))
}
