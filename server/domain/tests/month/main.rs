//! A month of a company in a million events: what goes wrong in it is found, and almost nothing else.
//!
//! Four hundred identities act thirty days after two weeks in which they are learnt, with the noise a real month has
//! (retries, late deliveries, hosted runners' networks, rotations, ticketed changes, newcomers). Forty incidents are
//! planted; every one must be found by the rule that is made for it, and of the findings that cite no planted event there
//! may be one for each hundred identities.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod company;
mod incidents;
mod life;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::{EventId, IdentityId};
use domain::detect::{Detected, Memory, Seen, step};
use domain::event::Event;
use uuid::Uuid;

use company::Company;
use incidents::Incident;

/// Days in which everybody is learnt.
pub const LEARNING: i64 = 16;
/// Days of the month.
pub const MONTH: i64 = 30;
/// Identities.
pub const IDENTITIES: usize = 400;

/// An event on its way.
pub struct Sent {
    /// When it reaches Rollcall.
    pub received_at: DateTime<Utc>,
    /// Whose it is.
    pub identity: Option<IdentityId>,
    /// Whom it changes.
    pub affected: Option<IdentityId>,
    /// The incident it belongs to.
    pub planted: Option<usize>,
    /// What happened.
    pub event: Event,
}

/// Midnight of a day.
///
/// # Panics
/// Never: it is a time.
pub fn day(n: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_035_200, 0).unwrap() + TimeDelta::days(n)
}

#[derive(Default)]
struct Told {
    events: usize,
    planted: HashMap<EventId, usize>,
    found: BTreeMap<[u8; 32], Detected>,
}

impl Told {
    fn take(&mut self, found: Vec<Detected>) {
        for one in found {
            let kept = self
                .found
                .entry(one.fingerprint)
                .or_insert_with(|| one.clone());
            kept.events.extend(one.events);
        }
    }

    /// The incidents a finding cites.
    fn cites(&self, found: &Detected) -> BTreeSet<usize> {
        found
            .events
            .iter()
            .filter_map(|id| self.planted.get(id).copied())
            .collect()
    }
}

#[test]
fn a_month_of_a_million_events_is_read_right() {
    let started = Instant::now();
    let company = Company::new();
    let incidents = incidents::all();
    assert_eq!(incidents.len(), 40);
    let mut memory = Memory::default();
    for (id, known) in company.known() {
        memory.know(id, known);
    }
    let mut told = Told::default();
    let mut late: Vec<Sent> = Vec::new();
    for n in 0..LEARNING + MONTH {
        let mut sent = life::act(&company, n);
        for (place, incident) in incidents.iter().enumerate().filter(|(_, one)| one.day == n) {
            incidents::act(&company, incident, place, &mut sent);
        }
        sent.append(&mut late);
        let midnight = day(n + 1);
        (sent, late) = sent.into_iter().partition(|one| one.received_at < midnight);
        sent.sort_by_key(|one| one.received_at);
        judge(&mut memory, &mut told, sent, n >= LEARNING);
    }
    told.take(memory.due(day(LEARNING + MONTH + 1)));
    report(&told, &incidents, started);
}

fn judge(memory: &mut Memory, told: &mut Told, sent: Vec<Sent>, counts: bool) {
    let mut checked = None;
    for one in sent {
        told.events += usize::from(counts);
        let id = EventId(Uuid::from_u128(
            u128::try_from(told.planted.len() + told.events).unwrap() << 20
                | u128::try_from(one.received_at.timestamp_millis()).unwrap() & 0xf_ffff,
        ));
        let id = if counts {
            id
        } else {
            EventId(Uuid::from_u128(1))
        };
        if let Some(incident) = one.planted {
            told.planted.insert(id, incident);
        }
        let mut seen = Seen::of(id, one.identity, one.received_at, &one.event);
        seen.affected = one.affected;
        let found = step(memory, &seen);
        let minute = one.received_at.timestamp() / 60;
        let mut found_all = found;
        if checked != Some(minute) {
            checked = Some(minute);
            found_all.extend(memory.due(one.received_at));
        }
        if counts {
            told.take(found_all);
        }
    }
}

fn report(told: &Told, incidents: &[Incident], started: Instant) {
    let mut rows: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let mut missed = Vec::new();
    for (place, incident) in incidents.iter().enumerate() {
        let row = rows.entry(incident.rule).or_default();
        row[0] += 1;
        let hit = told
            .found
            .values()
            .any(|one| one.rule == incident.rule && told.cites(one).contains(&place));
        row[1] += usize::from(hit);
        if !hit {
            missed.push(format!(
                "{place}: {} on day {}",
                incident.rule, incident.day
            ));
        }
    }
    let mut wrong = Vec::new();
    for one in told.found.values() {
        let cited = told.cites(one);
        let row = rows.entry(one.rule.as_str()).or_default();
        if cited.is_empty() {
            row[3] += 1;
            wrong.push(format!("{}: {}", one.rule, one.detail));
        } else if cited.iter().all(|place| incidents[*place].rule != one.rule) {
            row[2] += 1;
        }
    }
    println!(
        "{} events in {} days, {IDENTITIES} identities, {:.1} s",
        told.events,
        MONTH,
        started.elapsed().as_secs_f64()
    );
    println!(
        "{:<24} {:>8} {:>6} {:>12} {:>6}",
        "rule", "planted", "found", "more of them", "false"
    );
    for (rule, [planted, found, more, wrong]) in &rows {
        println!("{rule:<24} {planted:>8} {found:>6} {more:>12} {wrong:>6}");
    }
    let sum = |column: usize| rows.values().map(|row| row[column]).sum::<usize>();
    println!(
        "{:<24} {:>8} {:>6} {:>12} {:>6}",
        "together",
        sum(0),
        sum(1),
        sum(2),
        sum(3)
    );
    for one in &wrong {
        println!("false: {one}");
    }
    assert!(told.events >= 1_000_000, "{} events", told.events);
    assert_eq!(missed, Vec::<String>::new());
    assert!(
        wrong.len() * 100 <= IDENTITIES,
        "{} false alerts",
        wrong.len()
    );
}
