//! JSON for reading: laid out and coloured without parsing it into values, so that nothing is lost or reordered.

use std::fmt::Write;

use super::text::escape;

/// Lays JSON out over lines, two spaces deep; text that is not JSON stays as it is.
pub fn lay_out(text: &str) -> String {
    let trimmed = text.trim();
    if !trimmed.starts_with(['{', '[']) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(trimmed.len() * 2);
    let mut depth = 0_usize;
    let mut characters = trimmed.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                out.push('"');
                copy_string(&mut characters, &mut out);
            }
            '{' | '[' => {
                while characters.next_if(|next| next.is_whitespace()).is_some() {}
                out.push(character);
                if let Some(close) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    break_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                break_line(&mut out, depth);
                out.push(character);
            }
            ',' => {
                out.push(',');
                break_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            blank if blank.is_whitespace() => {}
            other => out.push(other),
        }
    }
    out
}

fn break_line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn copy_string(characters: &mut impl Iterator<Item = char>, out: &mut String) {
    let mut escaped = false;
    for character in characters {
        out.push(character);
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return,
            _ => {}
        }
    }
}

/// Marks keys and strings of one line of JSON as markup; everything is escaped.
pub fn colour(line: &str) -> String {
    let mut out = String::with_capacity(line.len() * 2);
    let mut rest = line;
    while let Some(start) = rest.find('"') {
        out.push_str(&escape(&rest[..start]));
        let mut string = String::from("\"");
        copy_string(&mut rest[start + 1..].chars(), &mut string);
        rest = &rest[start + string.len()..];
        let class = if rest.trim_start().starts_with(':') {
            "k"
        } else {
            "s"
        };
        let string = escape(&string);
        let _ = write!(out, r#"<span class="{class}">{string}</span>"#);
    }
    out.push_str(&escape(rest));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_laid_out_and_empty_ones_stay_closed() {
        assert_eq!(
            lay_out(r#"{"a":1,"b":{"c":[],"d":["x, {y}"]},"e":{ }}"#),
            "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [],\n    \"d\": [\n      \"x, {y}\"\n    ]\n  },\n  \"e\": {}\n}"
        );
    }

    #[test]
    fn laying_out_twice_changes_nothing() {
        let once = lay_out(r#"{"a":[1,2,{"b":"\"quoted\""}]}"#);
        assert_eq!(lay_out(&once), once);
    }

    #[test]
    fn what_is_not_json_stays() {
        assert_eq!(lay_out("hello: world"), "hello: world");
        assert_eq!(lay_out(r#"{"cut": "off"#), "{\n  \"cut\": \"off");
    }

    #[test]
    fn keys_and_strings_are_told_apart() {
        assert_eq!(
            colour(r#"  "a": "b\"c","#),
            "  <span class=\"k\">&quot;a&quot;</span>: <span class=\"s\">&quot;b\\&quot;c&quot;</span>,"
        );
    }
}
