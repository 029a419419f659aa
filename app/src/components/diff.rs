//! Before and after: word by word in a sentence, line by line in code. Sign and strike-through besides colour.

use leptos::prelude::*;

use super::text::escape;

/// Lines beyond which a diff is not computed but shown as a replacement.
const MOST: usize = 2_000;

/// Draws what a value was and what it is.
#[component]
pub fn WordDiff(
    /// What it was; empty when there was none.
    #[prop(into)]
    before: String,
    /// What it is; empty when it was taken away.
    #[prop(into)]
    after: String,
) -> impl IntoView {
    let parts = diff(&words(&before), &words(&after))
        .into_iter()
        .map(|(change, run)| {
            let text = run.concat();
            match change {
                Change::Kept => view! { <span>{text}</span> }.into_any(),
                Change::Removed => view! { <del class="word">{text}</del> }.into_any(),
                Change::Added => view! { <ins class="word">{text}</ins> }.into_any(),
            }
        })
        .collect_view();
    view! { <span class="word-diff">{parts}</span> }.into_any()
}

/// Draws the difference of two texts line by line.
#[component]
pub fn LineDiff(
    /// What is compared, for assistive technology.
    #[prop(into)]
    label: String,
    /// What it was.
    #[prop(into)]
    before: String,
    /// What it is.
    #[prop(into)]
    after: String,
) -> impl IntoView {
    let inner = draw_lines(&before, &after);
    view! {
        <div class="code-block">
            <pre class="code wrap" role="region" aria-label=label tabindex="0"><code inner_html=inner></code></pre>
        </div>
    }
    .into_any()
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Kept,
    Removed,
    Added,
}

fn draw_lines(before: &str, after: &str) -> String {
    let runs = diff(
        &before.lines().collect::<Vec<_>>(),
        &after.lines().collect::<Vec<_>>(),
    );
    let mut out = String::new();
    for (index, (change, run)) in runs.iter().enumerate() {
        let (open, close) = match change {
            Change::Kept => (r#"<span class="l">"#, "</span>"),
            Change::Removed => ("<del>", "</del>"),
            Change::Added => ("<ins>", "</ins>"),
        };
        // A removed run followed by an added one of equal length is the same lines rewritten.
        let other = match change {
            Change::Kept => None,
            Change::Removed => runs.get(index + 1).filter(|next| next.0 == Change::Added),
            Change::Added => index
                .checked_sub(1)
                .map(|at| &runs[at])
                .filter(|last| last.0 == Change::Removed),
        }
        .filter(|other| other.1.len() == run.len());
        for (at, line) in run.iter().enumerate() {
            out.push_str(open);
            match other {
                Some(other) => out.push_str(&mark_middle(line, other.1[at])),
                None => out.push_str(&escape(line)),
            }
            out.push_str(close);
        }
    }
    out
}

/// Marks what differs between two lines: the part after their common start and before their common end.
fn mark_middle(line: &str, other: &str) -> String {
    let start = common(line.chars(), other.chars());
    let left: Vec<char> = line.chars().collect();
    let right: Vec<char> = other.chars().collect();
    let end = common(left[start..].iter().rev(), right[start..].iter().rev());
    let text = |slice: &[char]| escape(&slice.iter().collect::<String>());
    let middle = &left[start..left.len() - end];
    if middle.is_empty() || middle.len() == left.len() {
        return text(&left);
    }
    format!(
        "{}<mark>{}</mark>{}",
        text(&left[..start]),
        text(middle),
        text(&left[left.len() - end..])
    )
}

fn common<T: PartialEq>(left: impl Iterator<Item = T>, right: impl Iterator<Item = T>) -> usize {
    left.zip(right)
        .take_while(|(left, right)| left == right)
        .count()
}

/// Splits a value into words and what stands between them, so that `a:b` and `a:c` share `a:`.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut begin = 0;
    for (index, character) in text.char_indices() {
        if !character.is_alphanumeric() && !matches!(character, '-' | '_' | '.' | '*') {
            if begin < index {
                out.push(&text[begin..index]);
            }
            begin = index + character.len_utf8();
            out.push(&text[index..begin]);
        }
    }
    if begin < text.len() {
        out.push(&text[begin..]);
    }
    out
}

/// Finds the longest common subsequence and returns runs of kept, removed and added parts, removed before added.
fn diff<'a>(before: &[&'a str], after: &[&'a str]) -> Vec<(Change, Vec<&'a str>)> {
    let mut runs: Vec<(Change, Vec<&'a str>)> = Vec::new();
    let mut push = |change: Change, part: &'a str| match runs.last_mut() {
        Some((last, run)) if *last == change => run.push(part),
        _ => runs.push((change, vec![part])),
    };
    let start = common(before.iter(), after.iter());
    for part in &before[..start] {
        push(Change::Kept, part);
    }
    let (before, after) = (&before[start..], &after[start..]);
    let end = common(before.iter().rev(), after.iter().rev());
    let (before, tail) = before.split_at(before.len() - end);
    let after = &after[..after.len() - end];
    if before.len().max(after.len()) > MOST {
        for part in before {
            push(Change::Removed, part);
        }
        for part in after {
            push(Change::Added, part);
        }
    } else {
        walk(before, after, &mut push);
    }
    for part in tail {
        push(Change::Kept, part);
    }
    runs
}

fn walk<'a>(before: &[&'a str], after: &[&'a str], push: &mut impl FnMut(Change, &'a str)) {
    let width = after.len() + 1;
    let mut longest = vec![0_u32; (before.len() + 1) * width];
    for i in (0..before.len()).rev() {
        for j in (0..after.len()).rev() {
            longest[i * width + j] = if before[i] == after[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut added = Vec::new();
    while i < before.len() || j < after.len() {
        if i < before.len() && j < after.len() && before[i] == after[j] {
            added.drain(..).for_each(|part| push(Change::Added, part));
            push(Change::Kept, before[i]);
            (i, j) = (i + 1, j + 1);
        } else if j == after.len()
            || (i < before.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1])
        {
            push(Change::Removed, before[i]);
            i += 1;
        } else {
            added.push(after[j]);
            j += 1;
        }
    }
    added.drain(..).for_each(|part| push(Change::Added, part));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_word_is_removed_then_added() {
        assert_eq!(
            diff(
                &words("environment:production"),
                &words("environment:prod-*")
            ),
            vec![
                (Change::Kept, vec!["environment", ":"]),
                (Change::Removed, vec!["production"]),
                (Change::Added, vec!["prod-*"]),
            ]
        );
    }

    #[test]
    fn nothing_before_and_nothing_after() {
        assert_eq!(
            diff(&words(""), &words("Mira")),
            vec![(Change::Added, vec!["Mira"])]
        );
        assert_eq!(
            diff(&words("Mira"), &words("")),
            vec![(Change::Removed, vec!["Mira"])]
        );
        assert!(diff(&words(""), &words("")).is_empty());
    }

    #[test]
    fn both_texts_can_be_read_back() {
        let (before, after) = ("a b c d e f", "b x d e y f z");
        let runs = diff(&words(before), &words(after));
        let read = |without: Change| {
            runs.iter()
                .filter(|run| run.0 != without)
                .flat_map(|run| run.1.iter().copied())
                .collect::<String>()
        };
        assert_eq!(read(Change::Added), before);
        assert_eq!(read(Change::Removed), after);
    }

    #[test]
    fn rewritten_lines_mark_their_middle_and_escape() {
        let drawn = draw_lines(
            "{\n  \"sub\": \"a:<*>\"\n}",
            "{\n  \"sub\": \"a:<main>\"\n}",
        );
        assert!(
            drawn.contains("<del>  &quot;sub&quot;: &quot;a:&lt;<mark>*</mark>&gt;&quot;</del>"),
            "{drawn}"
        );
        assert!(
            drawn.contains("<ins>  &quot;sub&quot;: &quot;a:&lt;<mark>main</mark>&gt;&quot;</ins>"),
            "{drawn}"
        );
    }
}
