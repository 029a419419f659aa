//! Parts that know nothing of the domain: plain strings, enums and views in, accessible HTML out.
//!
//! `[x]` is optional; `Maybe` takes `"…"`, `String` or `Option<String>`; views are passed with `.into_any()`.
//!
//! | Part | Props |
//! |---|---|
//! | [`Glyph`] | `icon: Icon` |
//! | [`Badge`], [`Status`] | `icon: Icon, [tone: Tone]` + words |
//! | [`Unknown`] | `[word], [hint]` |
//! | [`Severity`] | `level: Level` |
//! | [`Risk`] | `score: Option<i64>, level: Level` |
//! | [`Tag`] | words |
//! | [`Team`], [`Person`] | `name, [href]`; [`Owner`] `team: Maybe, [href]` says "No owner" |
//! | [`Ident`] | `icon, name, href, [detail], [subject], [sub]`: the identity chip |
//! | [`Mid`] | `value`; [`Identifier`] `value, what` adds the copy button; [`CopyButton`] `text, label` |
//! | [`When`] | `at, now, [said: Said]`; [`MaybeWhen`] `at: Option, now, absent` |
//! | [`KeyValues`] of [`KeyValue`] | `label, [wide]` + value; [`FactList`] `facts: Vec<Known>` says what is not known |
//! | [`Timeline`] of [`TimelineEntry`] | `when: AnyView, [current]` + what |
//! | [`Chain`] of [`ChainItem`] | `name, strength: Strength, word, says, [href]`; [`ChainMarks`] `links` in one line |
//! | [`WordDiff`] | `before, after`; [`LineDiff`] `label, before, after` |
//! | [`CodeView`] | `id, code, [language: Language], [note], [mark: Vec<String>]` |
//! | [`Button`] | `[kind: ButtonKind], [icon], [small], [disabled], [kind_of], [name], [value]` + words |
//! | [`ButtonLink`] | `href, [kind], [icon], [small], [external], [download]` + words; [`ButtonLater`] `[icon]` + words |
//! | [`Stats`] of [`StatTile`] | `label, href, figure: Maybe, [unit], [spark: Option<Spark>]` + note |
//! | [`chart::MonthStack`], [`chart::DayStack`] | `id, title, description, months/days: Vec<String>, series: Vec<Series>` |
//! | [`chart::Bar`] | `parts: Vec<Part>, total, [label]` |
//! | [`chart::BurnUp`] | `id, title, description, data: BurnUpData` |
//! | [`chart::TimeHistogram`] | `id, title, description, whole, buckets, ticks, [brush], form` |
//! | [`TimeRange`] | `id, action, presets: Vec<LinkItem>, [from], [to], [keep]`: the form a histogram's brush fills |
//! | [`chart::Generations`] | `id, title, description, lanes: Vec<Lane>, [both], now, ticks`: what gives way to what |
//! | [`chart::HeatStrip`], [`chart::UseStrip`] | `label, days` |
//! | [`chart::Legend`] | `items: Vec<LegendItem>`; [`chart::AsTable`] `label, corner, columns, rows` |
//! | [`Progress`] | `label, value, max`; [`LiveProgress`] `label, value, max: Option, stream, words` is told by the server |
//! | [`DataTable`] | `caption, columns: Vec<Column>, [kind: TableKind], [compact]` + `<tr>` of [`Cell`] `[label], [class]`, [`RowHead`], [`SelectCell`] `name, value, [field], [form]` |
//! | [`ColumnChooser`] | `action, columns: Vec<ColumnChoice>, [keep]`; [`DensityLink`] `compact, href` |
//! | [`Browse`] | `[with_drawer]` + [`FacetBar`], [`Results`] `label`, [`Drawer`] |
//! | [`FacetBar`] | `action, groups: Vec<FacetGroup>, [keep], [search], [done]`; [`FacetSearch`] `label, [name], [value]` |
//! | [`Faceted`] | a filter's facets; [`facet_groups`], [`facet_chips`] make the props of both from the counts |
//! | [`Toolbar`] | `count: AnyView` ([`Count`] `shown, [of], noun`), `[chips: Vec<Chip>], [clear]` + actions ([`Export`] `[csv], [json], [ndjson]`) |
//! | [`Bulk`] | buttons, inside the form the checkboxes name |
//! | [`Pager`] | `text, [first], [next], [first_label], [next_label]` |
//! | [`Tabs`] | `label, items: Vec<LinkItem>`; [`SavedViews`] `items`; [`Segmented`] `items, [label]` |
//! | [`Dialog`] | `id, title` + [`DialogBody`], [`DialogFoot`] `[cancel]`; opened by [`DialogLink`] `id, [kind], [icon], [small]` |
//! | [`ConfirmTyped`] | `name, phrase` |
//! | [`Drawer`] | `id, title, close`; [`Toast`] `text, [undo: AnyView], [dismiss]` |
//! | [`Notice`] | `[tone], [title], [urgent]` + text |
//! | [`ErrorPanel`] | `title, [advice], [request_id], [retry]` |
//! | [`EmptyState`] | `title, [text]` + what to do next; [`Skeleton`] `[lines]` |
//! | [`TextField`] | `name, label, [id], [hint], [error], [value], [kind], [required], [autocomplete], [placeholder], [inputmode], [max_length]` |
//! | [`TextArea`] | `name, label, [id], [hint], [error], [value], [required], [rows]` |
//! | [`SelectField`] | `name, label, options: Vec<Choice>, [value], [prompt], [id], [hint], [error], [required]` |
//! | [`CheckboxGroup`], [`RadioGroup`] | `name, legend, options: Vec<Choice>, [chosen]/[value], [hint], [error]` |
//! | [`Check`] | `name, [value], [checked]` + words; [`FileField`] `name, label, [hint], [error], [accept], [required]` |
//! | [`DecisionBar`] | `label, decisions: Vec<Decision>, [name], [undo], [previous], [next]`; [`KeysDialog`] `keys` |
//! | [`Steps`] of [`Step`] | `title, [text], [now]`; [`Picks`] of [`Pick`]; [`Gates`] of [`Gate`] `done`; [`Reasons`] of [`Reason`] `icon` |

#![expect(clippy::needless_pass_by_value, reason = "a part owns its props")]

mod badge;
mod button;
mod chain;
pub mod chart;
mod code_view;
mod data_table;
mod decision_bar;
mod dialog;
mod diff;
mod facet_bar;
mod faceted;
mod fact_list;
mod field;
mod icon;
mod identifier;
mod json;
mod key_values;
mod notice;
mod pager;
mod progress;
mod results;
mod stat;
mod steps;
mod table_menu;
mod tabs;
mod text;
mod time;
mod time_range;
mod timeline;
mod tone;
mod who;

pub use badge::{Badge, Risk, Severity, Status, Tag, Unknown};
pub use button::{Button, ButtonKind, ButtonLater, ButtonLink, CopyButton};
pub use chain::{Chain, ChainItem, ChainMarks, Strength};
pub use code_view::{CodeView, Language};
pub use data_table::{Cell, Column, DataTable, Direction, RowHead, SelectCell, TableKind};
pub use decision_bar::{Decision, DecisionBar, KeysDialog};
pub use dialog::{ConfirmTyped, Dialog, DialogBody, DialogFoot, DialogLink, Drawer, Toast};
pub use diff::{LineDiff, WordDiff};
pub use facet_bar::{FacetBar, FacetGroup, FacetOption, FacetSearch};
pub use faceted::{Facet, Faceted, facet_chips, facet_groups, facet_words};
pub use fact_list::{FactList, Known};
pub use field::{
    Check, CheckboxGroup, Choice, FileField, RadioGroup, SelectField, TextArea, TextField,
};
pub use icon::{Glyph, Icon};
pub use identifier::{Ident, Identifier, Mid, split_telling_end};
pub use key_values::{KeyValue, KeyValues};
pub use notice::{EmptyState, ErrorPanel, Notice, Skeleton};
pub use pager::Pager;
pub use progress::{LiveProgress, Progress};
pub use results::{Browse, Bulk, Chip, Count, Export, Results, Toolbar};
pub use stat::{StatTile, Stats};
pub use steps::{Gate, Gates, Pick, Picks, Reason, Reasons, Step, Steps};
pub use table_menu::{ColumnChoice, ColumnChooser, DensityLink};
pub use tabs::{LinkItem, SavedViews, Segmented, Tabs};
pub use text::{Maybe, escape};
pub use time::{MaybeWhen, Said, When};
pub use time_range::TimeRange;
pub use timeline::{Timeline, TimelineEntry};
pub use tone::{Level, Tone};
pub use who::{Owner, Person, Team};
