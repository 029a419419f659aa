//! Which items come next: those sent back first, then the queue from the one in sight on.

/// The open items after `shown`, then those before it, without it and without those that are settled.
pub fn after(open: &[String], shown: &str, settled: impl Fn(&str) -> bool) -> Vec<String> {
    let place = open.iter().position(|item| item == shown);
    let (before, behind) = open.split_at(place.unwrap_or(0));
    behind
        .iter()
        .chain(before)
        .filter(|item| *item != shown && !settled(item))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn the_queue_goes_on_behind_the_item_and_around() {
        let open = items(&["a", "b", "c", "d"]);
        assert_eq!(after(&open, "b", |_| false), items(&["c", "d", "a"]));
        assert_eq!(after(&open, "d", |_| false), items(&["a", "b", "c"]));
    }

    #[test]
    fn what_is_on_its_way_or_saved_does_not_come_again() {
        let open = items(&["a", "b", "c", "d"]);
        assert_eq!(after(&open, "b", |item| item == "c"), items(&["d", "a"]));
        assert_eq!(after(&open, "b", |_| true), items(&[]));
    }

    #[test]
    fn an_item_that_is_not_in_the_queue_is_followed_by_all_of_it() {
        let open = items(&["a", "b"]);
        assert_eq!(after(&open, "decided", |_| false), items(&["a", "b"]));
        assert_eq!(after(&[], "a", |_| false), items(&[]));
    }
}
