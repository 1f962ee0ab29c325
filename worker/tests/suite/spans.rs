//! Whatever is logged while an event is in hand names it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use domain::decide::Prepared;
use domain::event::Event;
use domain::handlers::{Change, Intent};
use domain::keys::Keys;
use domain::rejection::Rejection;
use domain::rules::Rules;
use domain::state::State;
use serde_json::Value;
use worker::process::InboundEvent;

use crate::database::{Bench, event, inbound, paid_intent};

struct Logs;

impl Change for Logs {
    fn keys(&self, _: &Event, _: &mut Keys) {}

    fn apply(&self, _: &Event, _: &mut State, _: &Rules) -> Result<(), Rejection> {
        tracing::warn!("something is odd");
        Ok(())
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_line_that_is_logged_while_an_event_is_applied_names_the_event_its_type_and_the_attempt() {
    let bench = Bench::new(Rules::default()).await;
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let mut odd: InboundEvent =
        inbound(&event("evt_1", "payment_intent.succeeded", paid_intent("pi_1", "1", 5)));
    let read = Event::parse(&odd.body).unwrap();
    odd.event = Ok(Prepared { event: read, intent: Intent::Change(Box::new(Logs)) });
    odd.headers.attempt = 3;
    bench.process(&[odd]).await;
    let lines = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let line = lines.lines().find(|line| line.contains("something is odd")).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    let span = &line["span"];
    assert_eq!(span["event.id"], "evt_1");
    assert_eq!(span["event.type"], "payment_intent.succeeded");
    assert_eq!(span["attempt"], 3);
}
