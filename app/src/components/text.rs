//! Optional words in a part's props.

/// An optional text that takes `"literal"`, `String`, `Option<String>` or nothing at all.
///
/// Leptos strips `Option` from optional props, so a page holding an `Option<String>` could not pass it on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Maybe(pub Option<String>);

impl Maybe {
    /// Whether there is anything to show: absent and empty are the same to a reader.
    pub fn is_some(&self) -> bool {
        self.get().is_some()
    }

    /// The text, when there is one.
    pub fn get(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }

    /// The text by value, when there is one.
    pub fn take(self) -> Option<String> {
        self.0.filter(|text| !text.is_empty())
    }
}

impl From<&str> for Maybe {
    fn from(text: &str) -> Self {
        Self(Some(text.to_owned()))
    }
}

impl From<String> for Maybe {
    fn from(text: String) -> Self {
        Self(Some(text))
    }
}

impl From<&String> for Maybe {
    fn from(text: &String) -> Self {
        Self(Some(text.clone()))
    }
}

impl From<Option<String>> for Maybe {
    fn from(text: Option<String>) -> Self {
        Self(text)
    }
}

impl From<Option<&str>> for Maybe {
    fn from(text: Option<&str>) -> Self {
        Self(text.map(str::to_owned))
    }
}

/// Escapes text for HTML and SVG content and double-quoted attributes.
///
/// Parts that draw markup as one string (charts, code) pass every foreign word through here.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
