//! A line diff, by the longest common subsequence.

/// Most lines compared; beyond, everything counts as changed.
const MOST: usize = 2000;

/// The lines of both, each with ` `, `-` or `+` in front.
pub fn lines(before: &str, after: &str) -> Vec<String> {
    let a: Vec<&str> = before.lines().collect();
    let b: Vec<&str> = after.lines().collect();
    let with = |sign: char, line: &str| format!("{sign}{line}");
    if a.len() > MOST || b.len() > MOST {
        return a
            .iter()
            .map(|it| with('-', it))
            .chain(b.iter().map(|it| with('+', it)))
            .collect();
    }
    let mut common = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
    for x in (0..a.len()).rev() {
        for y in (0..b.len()).rev() {
            common[x][y] = if a[x] == b[y] {
                common[x + 1][y + 1] + 1
            } else {
                common[x + 1][y].max(common[x][y + 1])
            };
        }
    }
    let (mut x, mut y) = (0, 0);
    let mut said = Vec::with_capacity(a.len() + b.len());
    while x < a.len() || y < b.len() {
        if x < a.len() && y < b.len() && a[x] == b[y] {
            said.push(with(' ', a[x]));
            x += 1;
            y += 1;
        } else if y == b.len() || x < a.len() && common[x + 1][y] >= common[x][y + 1] {
            said.push(with('-', a[x]));
            x += 1;
        } else {
            said.push(with('+', b[y]));
            y += 1;
        }
    }
    said
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_changed_line_is_both() {
        assert_eq!(super::lines("a\nb\nc", "a\nx\nc"), [" a", "-b", "+x", " c"]);
        assert_eq!(super::lines("", "a"), ["+a"]);
    }
}
