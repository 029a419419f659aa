//! What a backup owner is told when an owner has left.

use std::fmt::Write as _;

/// Identities named in a letter; the page behind its link shows them all.
const NAMED: usize = 20;

/// Subject and text of the letter to a backup owner. `link` is the address of the page that lists what they answer for.
///
/// Identities are told by name, the first twenty; the rest are counted.
pub fn letter(backup: &str, left: &str, identities: &[String], link: &str) -> (String, String) {
    let count = identities.len();
    let what = if count == 1 {
        "1 identity".to_owned()
    } else {
        format!("{count} identities")
    };
    let subject = format!("{left} has left: you answer for {what} now");
    let mut text =
        format!("Hello {backup},\n\n{left} has left, and you are the backup owner of {what}:\n\n");
    for name in identities.iter().take(NAMED) {
        let _ = writeln!(text, "- {name}");
    }
    if count > NAMED {
        let _ = writeln!(text, "- and {} more", count - NAMED);
    }
    let _ = write!(
        text,
        "\nTheir open reviews come to you. Name a new owner for each, or take it over yourself:\n{link}\n"
    );
    (subject, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_names_what_it_is_about_and_counts_the_rest() {
        let one = letter(
            "Jonas",
            "Mira",
            &["shop-deploy".into()],
            "https://r/people/1",
        );
        assert_eq!(one.0, "Mira has left: you answer for 1 identity now");
        assert!(one.1.contains("- shop-deploy\n") && one.1.contains("https://r/people/1"));
        let many: Vec<String> = (0..23).map(|n| format!("job-{n}")).collect();
        let (subject, text) = letter("Jonas", "Mira", &many, "https://r/people/1");
        assert!(subject.contains("23 identities"));
        assert!(text.contains("- job-19\n- and 3 more\n") && !text.contains("job-20"));
    }
}
