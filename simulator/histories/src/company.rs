//! The company a history happens to: its clock, its ids and the events Stripe sends it.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Map, Value};

use super::expected_state::ExpectedState;
use super::ids::Ids;
use super::money::{CURRENCIES, Currency};
use super::object::Object;
use super::rng::Rng;
use super::trail::Trails;
use super::version::Version;
use super::{Options, SimEvent, pretty};

/// 2026-10-01: where histories begin. A constant, since a history must not depend on today.
const EPOCH: i64 = 1_790_812_800;

/// Where a history happens.
#[derive(Debug)]
pub(crate) struct Company {
    pub(crate) rng: Rng,
    pub(crate) ids: Ids,
    pub(crate) version: Version,
    pub(crate) currency: Currency,
    /// The time objects see.
    pub(crate) now: i64,
    pub(crate) expected_state: ExpectedState,
    /// The connected account that the events belong to; none for the company's own.
    pub(crate) account: Option<String>,
    /// Whether what happens is live; test mode unless a history says otherwise.
    pub(crate) livemode: bool,
    /// Lines of invoices that their bodies leave out, by the invoice.
    pub(crate) hidden_lines: BTreeMap<String, Vec<Value>>,
    events: Vec<SimEvent>,
    /// `created` of events, which stands still while a second is being filled.
    stamp: i64,
    in_second: usize,
    /// Whether seconds are being filled by now.
    in_burst: bool,
    /// The API request behind what happens; none for what Stripe does by itself.
    request: Option<String>,
    trails: Trails,
    twins: bool,
    options: Options,
}

/// What a company has been through.
#[derive(Debug)]
pub(crate) struct Lived {
    pub(crate) events: Vec<SimEvent>,
    pub(crate) expected_state: ExpectedState,
    pub(crate) hidden_lines: BTreeMap<String, Vec<Value>>,
    pub(crate) revisits: bool,
    pub(crate) twins: bool,
}

impl Company {
    pub(crate) fn new(seed: u64, index: u64, options: Options) -> Self {
        let mut rng = Rng::of(seed, index);
        let version = options.version.unwrap_or(*rng.pick(Version::ALL));
        let currency = *rng.pick(CURRENCIES);
        let now = EPOCH + rng.range(0, 30 * 86_400);
        let ids = Ids::new(seed, index);
        let (events, expected_state) = (Vec::with_capacity(8), ExpectedState::default());
        Self {
            rng,
            ids,
            version,
            currency,
            now,
            expected_state,
            account: None,
            livemode: false,
            hidden_lines: BTreeMap::new(),
            events,
            stamp: now,
            in_second: 0,
            in_burst: false,
            request: None,
            trails: Trails::default(),
            twins: false,
            options,
        }
    }

    /// How many events there are so far.
    pub(crate) fn count(&self) -> usize {
        self.events.len()
    }

    /// The events of this range are not delivered: the endpoint listened to others then, or did not exist.
    pub(crate) fn leave_out(&mut self, range: Range<usize>) {
        self.events.drain(range);
    }

    /// The events before the first of this kind are not delivered.
    pub(crate) fn leave_out_before(&mut self, kind: &str) {
        let first = self.events.iter().position(|event| event.kind == kind);
        self.events.drain(..first.unwrap_or(0));
    }

    /// From here on seconds are filled, where the options say so. Payments before this are not: their
    /// events do not say what was before, and people type more slowly than that.
    pub(crate) fn begin_burst(&mut self) {
        self.in_burst = self.options.burst.is_some();
        self.in_second = 0;
        self.stamp = self.stamp.max(self.now);
    }

    /// What follows was asked for through the API or the dashboard.
    pub(crate) fn asked(&mut self) {
        self.request = Some(self.ids.next("req_"));
    }

    /// What follows Stripe does by itself.
    pub(crate) fn by_itself(&mut self) {
        self.request = None;
    }

    /// `created` of the last event.
    pub(crate) fn last_created(&self) -> i64 {
        self.stamp
    }

    /// The next event may come in the same second or a few later.
    pub(crate) fn tick(&mut self) {
        if !self.rng.chance(self.options.same_second) {
            self.now += self.rng.range(1, 3);
        }
    }

    /// Time in which somebody has to do something passes.
    pub(crate) fn wait(&mut self, seconds: i64) {
        self.now += seconds.max(1);
    }

    /// An event about the object as it is now.
    pub(crate) fn emit(&mut self, kind: &'static str, object: &Object) {
        self.send(kind, object, None);
    }

    /// Changes the object and sends the event that shows what it was before.
    pub(crate) fn update(&mut self, kind: &'static str, object: &mut Object, changes: Vec<(&str, Value)>) {
        let previous = object.change(changes);
        self.send(kind, object, Some(previous));
    }

    /// Changes the object and sends every event about it: the update, if the company subscribes to it,
    /// and events that carry the same state and do not say what was before.
    pub(crate) fn step(
        &mut self,
        update: Option<&'static str>,
        also: &[&'static str],
        object: &mut Object,
        changes: Vec<(&str, Value)>,
    ) {
        self.tick();
        let previous = object.change(changes);
        if let Some(kind) = update.filter(|_| !previous.is_empty()) {
            self.send(kind, object, Some(previous));
        }
        for kind in also {
            self.send(kind, object, None);
        }
    }

    fn send(&mut self, kind: &'static str, object: &Object, previous: Option<Map<String, Value>>) {
        let mut object = object.clone();
        if object.value().get("livemode").is_some() {
            object.set("livemode", self.livemode);
        }
        let previous = previous.map(Value::Object);
        let created = self.created();
        let twin = self.rng.chance(self.options.twins);
        for _ in 0..=u8::from(twin) {
            let id = self.ids.next("evt_1");
            let (body, state) = self.body(&id, kind, created, &object, previous.as_ref());
            self.trails.visit(object.id(), &body[state], created);
            self.events.push(SimEvent { id, kind: kind.to_owned(), created, body });
        }
        self.twins |= twin;
    }

    /// `created` of an object that is made now: never later than that of the event that shows it first.
    pub(crate) fn made(&self) -> i64 {
        match self.options.burst.filter(|_| self.in_burst) {
            Some(burst) if self.in_second < burst => self.stamp,
            _ => self.now,
        }
    }

    fn created(&mut self) -> i64 {
        match self.options.burst.filter(|_| self.in_burst) {
            Some(burst) if self.in_second < burst => {}
            Some(_) => (self.stamp, self.in_second) = (self.now.max(self.stamp + 1), 0),
            None => self.stamp = self.now,
        }
        self.in_second += 1;
        self.stamp
    }

    /// The JSON, and where in it the object is.
    fn body(
        &self,
        id: &str,
        kind: &str,
        created: i64,
        object: &Object,
        previous: Option<&Value>,
    ) -> (Vec<u8>, Range<usize>) {
        let mut body = Vec::with_capacity(6144);
        let account =
            self.account.as_ref().map(|id| format!("  \"account\": \"{id}\",\n")).unwrap_or_default();
        let head = format!(
            "{{\n  \"id\": \"{id}\",\n  \"object\": \"event\",\n{account}  \"api_version\": \"{}\",\n  \"created\": {created},\n  \
             \"data\": {{\n    \"object\": ",
            self.version.0
        );
        body.extend_from_slice(head.as_bytes());
        pretty::write(&mut body, object.value(), 2);
        let state = head.len()..body.len();
        if let Some(previous) = previous {
            body.extend_from_slice(b",\n    \"previous_attributes\": ");
            pretty::write(&mut body, previous, 2);
        }
        let livemode = self.livemode;
        let rest = format!(
            "\n  }},\n  \"livemode\": {livemode},\n  \"pending_webhooks\": 1,\n  \"request\": {{\n    \"id\": "
        );
        body.extend_from_slice(rest.as_bytes());
        match &self.request {
            Some(request) => {
                pretty::string(&mut body, request);
                body.extend_from_slice(b",\n    \"idempotency_key\": ");
                pretty::string(&mut body, &request[4..]);
            }
            None => body.extend_from_slice(b"null,\n    \"idempotency_key\": null"),
        }
        body.extend_from_slice(b"\n  },\n  \"type\": ");
        pretty::string(&mut body, kind);
        body.extend_from_slice(b"\n}");
        (body, state)
    }

    /// What happened and what must come of it.
    pub(crate) fn finish(self) -> Lived {
        Lived {
            events: self.events,
            expected_state: self.expected_state,
            hidden_lines: self.hidden_lines,
            revisits: self.trails.revisits,
            twins: self.twins,
        }
    }
}
