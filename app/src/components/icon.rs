//! Icons by name. The drawings are masks in `style/icons.css`; they take the colour of their text.

use leptos::prelude::*;

/// Every icon of the design system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Four panes: the overview.
    Overview,
    /// An identity card.
    Identities,
    /// A pulse: events.
    Events,
    /// A flag: findings.
    Findings,
    /// A ticked clipboard: campaigns and reviews.
    Campaigns,
    /// A shield: trust.
    Trust,
    /// An inlet: sources.
    Sources,
    /// Two sliders: settings.
    Settings,
    /// A magnifier.
    Search,
    /// A bare tick.
    Check,
    /// A tick in a circle: fine.
    Ok,
    /// A cross: close, remove.
    Cross,
    /// A cross in a circle: failure.
    Fail,
    /// An octagon: critical.
    Critical,
    /// A triangle: high.
    High,
    /// A diamond: medium.
    Medium,
    /// A circle with a bar: low.
    Low,
    /// A dashed circle with a question mark: unknown.
    Unknown,
    /// An i in a circle.
    Info,
    /// A clock: due, overdue, waiting.
    Clock,
    /// Sorted, largest or latest first.
    Down,
    /// Sorted, smallest or earliest first.
    Up,
    /// Chevron down: opens below.
    ChevronDown,
    /// Chevron right: next, opens.
    ChevronRight,
    /// Chevron left: previous.
    ChevronLeft,
    /// Two sheets: copy.
    Copy,
    /// An arrow to a tray: export.
    Download,
    /// Columns.
    Columns,
    /// Rows.
    Density,
    /// A funnel of lines.
    Filter,
    /// A plus: create.
    Plus,
    /// A pipeline.
    Pipeline,
    /// A key: service account.
    Service,
    /// A bot.
    Bot,
    /// A workload.
    Workload,
    /// A person.
    User,
    /// Two people: a team.
    Team,
    /// A half-filled disc: light or dark.
    Theme,
    /// Three lines: menu.
    Menu,
    /// The rail.
    Rail,
    /// A padlock: privileged, secret.
    Lock,
    /// A triangle: running, live.
    Play,
    /// A pencil: modify.
    Edit,
    /// A barred circle: revoke, deny.
    Ban,
    /// Plus over minus: changed.
    Changed,
    /// An envelope.
    Mail,
    /// An arrow to a line: deployment.
    Deploy,
    /// A seal.
    Seal,
    /// An empty circle: open, undecided.
    Open,
    /// A question mark.
    Help,
    /// A key with teeth: API token.
    Key,
    /// A list with ticks: the record of activity.
    Activity,
    /// A chain link.
    Link,
    /// A door: sign out.
    SignOut,
    /// Risk, one bar.
    Risk1,
    /// Risk, two bars.
    Risk2,
    /// Risk, three bars.
    Risk3,
    /// Risk, four bars.
    Risk4,
}

impl Icon {
    /// The classes that draw it.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Overview => "i i-overview",
            Self::Identities => "i i-identities",
            Self::Events => "i i-events",
            Self::Findings => "i i-findings",
            Self::Campaigns => "i i-campaigns",
            Self::Trust => "i i-trust",
            Self::Sources => "i i-sources",
            Self::Settings => "i i-settings",
            Self::Search => "i i-search",
            Self::Check => "i i-check",
            Self::Ok => "i i-ok",
            Self::Cross => "i i-x",
            Self::Fail => "i i-fail",
            Self::Critical => "i i-critical",
            Self::High => "i i-high",
            Self::Medium => "i i-medium",
            Self::Low => "i i-low",
            Self::Unknown => "i i-unknown",
            Self::Info => "i i-info",
            Self::Clock => "i i-clock",
            Self::Down => "i i-down",
            Self::Up => "i i-up",
            Self::ChevronDown => "i i-cd",
            Self::ChevronRight => "i i-cr",
            Self::ChevronLeft => "i i-cl",
            Self::Copy => "i i-copy",
            Self::Download => "i i-download",
            Self::Columns => "i i-columns",
            Self::Density => "i i-density",
            Self::Filter => "i i-filter",
            Self::Plus => "i i-plus",
            Self::Pipeline => "i i-pipeline",
            Self::Service => "i i-service",
            Self::Bot => "i i-bot",
            Self::Workload => "i i-workload",
            Self::User => "i i-user",
            Self::Team => "i i-team",
            Self::Theme => "i i-theme",
            Self::Menu => "i i-menu",
            Self::Rail => "i i-rail",
            Self::Lock => "i i-lock",
            Self::Play => "i i-play",
            Self::Edit => "i i-edit",
            Self::Ban => "i i-ban",
            Self::Changed => "i i-changed",
            Self::Mail => "i i-mail",
            Self::Deploy => "i i-deploy",
            Self::Seal => "i i-seal",
            Self::Open => "i i-open",
            Self::Help => "i i-help",
            Self::Key => "i i-key",
            Self::Activity => "i i-activity",
            Self::Link => "i i-link",
            Self::SignOut => "i i-logout",
            Self::Risk1 => "i i-r1",
            Self::Risk2 => "i i-r2",
            Self::Risk3 => "i i-r3",
            Self::Risk4 => "i i-r4",
        }
    }
}

/// Draws an icon; it is decoration, the word beside it carries the meaning.
#[component]
pub fn Glyph(
    /// Which icon.
    icon: Icon,
) -> impl IntoView {
    view! { <i class=icon.class() aria-hidden="true"></i> }
}
