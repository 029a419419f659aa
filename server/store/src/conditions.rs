//! Conditions that the lists put into their queries.

use sqlx::{Postgres, QueryBuilder};

/// Most words that are searched for.
const MOST_WORDS: usize = 8;

/// A text that means itself in `LIKE`.
pub fn literal(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// The pattern of whatever holds a text.
pub fn holding(text: &str) -> String {
    format!("%{}%", literal(text))
}

/// The words that are searched for.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().take(MOST_WORDS)
}

/// Pushes that what `sql` says holds each word, in either case.
pub fn push_words(query: &mut QueryBuilder<Postgres>, sql: &str, text: &str) {
    for word in words(text) {
        query.push(format!(" AND {sql} ILIKE "));
        query.push_bind(holding(word));
    }
}

/// Pushes that a column is one of these words; none of them means any.
pub fn push_any<W: AsRef<str>>(query: &mut QueryBuilder<Postgres>, column: &str, words: &[W]) {
    if words.is_empty() {
        return;
    }
    let words: Vec<String> = words.iter().map(|word| word.as_ref().to_owned()).collect();
    query.push(format!(" AND {column} = ANY("));
    query.push_bind(words);
    query.push(")");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_for_means_itself() {
        assert_eq!(literal(r"50%_\x"), r"50\%\_\\x");
        assert_eq!(holding("a_b"), r"%a\_b%");
    }

    #[test]
    fn each_word_is_a_condition_and_the_ninth_is_none() {
        let mut query = QueryBuilder::<Postgres>::new("SELECT 1 WHERE true");
        push_words(&mut query, "n.name", " deploy  prod ");
        push_any(&mut query, "n.state", &["active"]);
        push_any::<String>(&mut query, "n.tier", &[]);
        assert_eq!(
            query.sql().as_str(),
            "SELECT 1 WHERE true AND n.name ILIKE $1 AND n.name ILIKE $2 AND n.state = ANY($3)"
        );
        assert_eq!(words("a b c d e f g h i").count(), 8);
    }
}
