//! The seats of items that several people review.

use chrono::{DateTime, Utc};
use contract::ids::ItemId;
use domain::campaign::panel::Seat;
use domain::campaign::reviewer::Assignment;
use uuid::Uuid;

use crate::{Conn, Result, Tx};

/// Seats everybody asked about an item, in order.
pub(super) async fn insert_seats(tx: &mut Tx, item: ItemId, seats: &[Assignment]) -> Result<()> {
    let people: Vec<Uuid> = seats.iter().map(|seat| seat.reviewer.0).collect();
    let hops: Vec<String> = seats.iter().map(|seat| seat.hop.to_string()).collect();
    sqlx::query!(
        "INSERT INTO item_seats (item_id, seat, person_id, hop)
         SELECT $1, u.n::integer, u.person, u.hop FROM unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS u(person, hop, n)",
        item.0,
        &people,
        &hops
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The seats of some items, in order, each with the item it belongs to.
///
/// # Errors
/// When the database cannot be asked, or a stored word is unknown.
pub async fn seats(conn: &mut Conn, items: &[ItemId]) -> Result<Vec<(ItemId, Seat)>> {
    let ids: Vec<Uuid> = items.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        "SELECT s.item_id, s.person_id, p.name, s.decision FROM item_seats s JOIN people p ON p.id = s.person_id
         WHERE s.item_id = ANY($1) ORDER BY s.item_id, s.seat",
        &ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let seat = Seat {
                person: row.person_id.into(),
                name: row.name,
                answer: row.decision.map(|word| word.parse()).transpose()?,
            };
            Ok((row.item_id.into(), seat))
        })
        .collect()
}

/// Keeps who sits where on an item's panel, and what each answered.
///
/// # Errors
/// When the database refuses.
pub async fn save_seats(
    tx: &mut Tx,
    item: ItemId,
    seats: &[Seat],
    at: DateTime<Utc>,
) -> Result<()> {
    for (n, seat) in (1_i32..).zip(seats) {
        sqlx::query!(
            "UPDATE item_seats SET person_id = $3, decision = $4,
                 decided_at = CASE WHEN $4::text IS NULL THEN NULL WHEN decision IS DISTINCT FROM $4 THEN $5 ELSE decided_at END
             WHERE item_id = $1 AND seat = $2",
            item.0,
            n,
            seat.person.0,
            seat.answer.map(contract::campaigns::DecisionKind::as_str),
            at
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
