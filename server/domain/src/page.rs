//! Pages of a list by key: one row more than a page holds is read, and says that there is a next page.

use contract::Page;

/// Cuts rows to a page of at most `limit`; where that leaves some over, the cursor of the last row begins the next page.
pub fn cut<T>(mut rows: Vec<T>, limit: i64, cursor: impl FnOnce(&T) -> String) -> Page<T> {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    Page {
        next: rows.last().filter(|_| more).map(cursor),
        rows,
        total: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_next_one_only_where_rows_are_left_over() {
        let page = |rows: &[i64], limit| {
            let page = cut(rows.to_vec(), limit, ToString::to_string);
            (page.rows, page.next)
        };
        assert_eq!(page(&[], 2), (vec![], None));
        assert_eq!(page(&[1, 2], 2), (vec![1, 2], None));
        assert_eq!(page(&[1, 2, 3], 2), (vec![1, 2], Some("2".to_owned())));
    }
}
