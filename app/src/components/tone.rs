//! The few meanings a colour may have, and the four levels of severity and risk.

use super::Icon;

/// What a badge, status or notice says by colour, besides its icon and word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Grey: a fact that needs no judgement.
    #[default]
    Plain,
    /// Fine.
    Ok,
    /// Needs attention.
    Warn,
    /// Wrong now.
    Crit,
    /// Wrong now and filled: critical only.
    Solid,
    /// In progress.
    Info,
    /// Not known; no hue, an outline.
    Unknown,
}

impl Tone {
    /// The class that colours it.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Crit => "crit",
            Self::Solid => "solid",
            Self::Info => "info",
            Self::Unknown => "unknown",
        }
    }
}

/// Severity of a finding, level of a risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Level {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }

    /// The shape: levels differ in shape, not only in colour.
    pub const fn icon(self) -> Icon {
        match self {
            Self::Low => Icon::Low,
            Self::Medium => Icon::Medium,
            Self::High => Icon::High,
            Self::Critical => Icon::Critical,
        }
    }

    /// The tone of its badge.
    pub const fn badge(self) -> Tone {
        match self {
            Self::Low => Tone::Plain,
            Self::Medium => Tone::Warn,
            Self::High => Tone::Crit,
            Self::Critical => Tone::Solid,
        }
    }

    /// The tone of its plain word.
    pub const fn status(self) -> Tone {
        match self {
            Self::Low => Tone::Plain,
            Self::Medium => Tone::Warn,
            Self::High | Self::Critical => Tone::Crit,
        }
    }

    pub(super) const fn bars(self) -> (Icon, &'static str) {
        match self {
            Self::Low => (Icon::Risk1, "risk r1"),
            Self::Medium => (Icon::Risk2, "risk r2"),
            Self::High => (Icon::Risk3, "risk r3"),
            Self::Critical => (Icon::Risk4, "risk r4"),
        }
    }
}
