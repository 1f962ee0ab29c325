//! A panic outside of applying an event stays with that event as well.

use amqp::message::EventHeaders;
use domain::decide::Prepared;
use domain::event::Event;
use domain::handlers::{Change, Intent};
use domain::keys::Keys;
use domain::rejection::{Reason, Rejection};
use domain::rules::Rules;
use domain::state::State;
use worker::process::{AckReason, Disposition, InboundEvent};

use crate::database::{Bench, event, inbound, paid_intent};

const KIND: &str = "payment_intent.succeeded";

struct PanicsOverItsKeys;

impl Change for PanicsOverItsKeys {
    fn keys(&self, _: &Event, _: &mut Keys) {
        panic!("keys");
    }

    fn apply(&self, _: &Event, _: &mut State, _: &Rules) -> Result<(), Rejection> {
        Ok(())
    }
}

#[tokio::test]
async fn an_event_whose_keys_panic_is_dead_lettered_alone() {
    let bench = Bench::new(Rules::default()).await;
    let body = event("evt_1", KIND, paid_intent("pi_1", "1", 5));
    let intent = Intent::Change(Box::new(PanicsOverItsKeys));
    let prepared = Prepared { event: Event::parse(&body).unwrap(), intent };
    let headers = EventHeaders::received(jiff::Timestamp::now());
    let bad = InboundEvent { headers, body, event: Ok(prepared) };
    let good = inbound(&event("evt_2", KIND, paid_intent("pi_2", "2", 5)));
    let dispositions = bench.process(&[bad, good]).await;
    let Disposition::DeadLetter(rejection) = &dispositions[0] else { panic!("{dispositions:?}") };
    assert_eq!(rejection.reason(), Reason::HandlerPanic);
    assert_eq!(dispositions[1], Disposition::Ack(AckReason::Processed));
    let dead = "SELECT count(*) FROM events WHERE id = 'evt_1' AND outcome = 'dead'";
    assert_eq!(bench.count(dead).await, 1);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_retried_for_its_own_event_alone() {
    let bench = Bench::new(Rules::default()).await;
    bench.process(&[inbound(&event("evt_1", KIND, paid_intent("pi_1", "1", 5)))]).await;
    let spoil = "ALTER TABLE payments ALTER COLUMN state DROP NOT NULL;
                 UPDATE payments SET state = NULL WHERE id = 'pi_1'";
    bench.look.batch_execute(spoil).await.unwrap();
    let again = inbound(&event("evt_2", KIND, paid_intent("pi_1", "1", 5)));
    let good = inbound(&event("evt_3", KIND, paid_intent("pi_2", "2", 5)));
    let dispositions = bench.process(&[again, good]).await;
    let Disposition::Retry { rejection, .. } = &dispositions[0] else { panic!("{dispositions:?}") };
    assert_eq!(rejection.reason(), Reason::DatabaseError);
    assert_eq!(dispositions[1], Disposition::Ack(AckReason::Processed));
    assert_eq!(bench.count("SELECT count(*) FROM events WHERE outcome = 'retrying'").await, 1);
}
