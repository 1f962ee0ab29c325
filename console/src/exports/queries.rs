//! The filters of lists as addresses have them: every value is a text, and an empty one chooses nothing. Pages and
//! exports read the same.

use jiff::Timestamp;
use serde::Deserialize;

use crate::cases::state::{CaseState, HeldReason};
use crate::cases::store::CaseFilter;
use crate::common::error::ServiceError;
use crate::common::moment::Period;
use crate::common::origin::{Mode, OriginFilter};
use crate::common::paging::PageRequest;
use crate::common::text_enum::TextEnum;
use crate::dead_letters::filter::DeadLetterFilter;
use crate::dead_letters::state::DeadLetterState;
use crate::events::outcome::EventOutcome;
use crate::events::search::EventScope;
use crate::events::store::EventFilter;
use crate::messages::state::DeliveryState;
use crate::messages::store::MessageFilter;
use crate::orders::list::OrderFilter;
use crate::orders::status::OrderStatus;
use crate::orders::subscriptions::SubscriptionFilter;

/// The choice of every state of cases, which are open ones where the address says nothing.
pub(crate) const ALL: &str = "all";

/// The parameters of an address.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct ListQuery {
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) outcome: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) fingerprint: Option<String>,
    pub(crate) object: Option<String>,
    pub(crate) order: Option<String>,
    pub(crate) payment: Option<String>,
    pub(crate) customer: Option<String>,
    pub(crate) access: Option<String>,
    pub(crate) topic: Option<String>,
    pub(crate) destination: Option<String>,
    pub(crate) q: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) since: Option<String>,
    pub(crate) until: Option<String>,
    /// Dead in the last so many hours; `since` took its place.
    pub(crate) age: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) mode: Option<String>,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

fn given(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty()).cloned()
}

impl ListQuery {
    /// Which page of the list.
    pub(crate) fn page(&self) -> PageRequest {
        PageRequest { before: given(self.before.as_ref()), after: given(self.after.as_ref()), limit: None }
    }

    /// What the address chooses, without which page of it.
    pub(crate) fn chosen(&self) -> [(&'static str, Option<&str>); 20] {
        [
            ("type", self.kind.as_deref()),
            ("outcome", self.outcome.as_deref()),
            ("state", self.state.as_deref()),
            ("status", self.status.as_deref()),
            ("reason", self.reason.as_deref()),
            ("fingerprint", self.fingerprint.as_deref()),
            ("object", self.object.as_deref()),
            ("order", self.order.as_deref()),
            ("payment", self.payment.as_deref()),
            ("customer", self.customer.as_deref()),
            ("access", self.access.as_deref()),
            ("topic", self.topic.as_deref()),
            ("destination", self.destination.as_deref()),
            ("q", self.q.as_deref()),
            ("endpoint", self.endpoint.as_deref()),
            ("since", self.since.as_deref()),
            ("until", self.until.as_deref()),
            ("age", self.age.as_deref()),
            ("account", self.account.as_deref()),
            ("mode", self.mode.as_deref()),
        ]
    }

    /// The accounts and modes.
    pub(crate) fn origin(&self) -> Result<OriginFilter, ServiceError> {
        OriginFilter::chosen(self.account.as_deref(), self.mode.as_deref())
    }

    fn period(&self, now: Timestamp) -> Result<Period, ServiceError> {
        Period::read(self.since.as_deref(), self.until.as_deref(), now)
    }

    /// Which events. An order's id is of the company's own account and the mode that is processed, where none is named.
    pub(crate) fn events(
        &self,
        processed: Option<bool>,
        now: Timestamp,
    ) -> Result<(EventFilter, EventScope), ServiceError> {
        let scope = EventScope {
            order: given(self.order.as_ref()),
            customer: given(self.customer.as_ref()),
            any: given(self.q.as_ref()),
        };
        let scope = scope.checked()?;
        let filter = EventFilter {
            kind: self.kind.clone(),
            outcome: EventOutcome::chosen("outcome", self.outcome.as_deref())?,
            object: self.object.clone(),
            endpoint: self.endpoint.clone(),
            period: self.period(now)?,
            origin: scope.origin(self.origin()?, processed),
        };
        Ok((filter.checked()?, scope))
    }

    /// Which dead letters.
    pub(crate) fn dead_letters(&self, now: Timestamp) -> Result<DeadLetterFilter, ServiceError> {
        let origin = self.origin()?;
        let period = self.period(now)?;
        let filter = DeadLetterFilter {
            kind: self.kind.clone(),
            reason: self.reason.clone(),
            fingerprint: self.fingerprint.clone(),
            state: DeadLetterState::chosen("state", self.state.as_deref())?,
            q: self.q.clone(),
            since: period.since.or(self.age(now)?),
            until: period.until,
            account: origin.account,
            mode: origin.livemode.map(Mode::of),
            endpoint: self.endpoint.clone(),
        };
        filter.checked()
    }

    fn age(&self, now: Timestamp) -> Result<Option<Timestamp>, ServiceError> {
        let Some(age) = given(self.age.as_ref()) else { return Ok(None) };
        let hours = age.trim().parse::<i64>().ok().filter(|hours| (1..=87_600).contains(hours));
        let wrong = || ServiceError::invalid("invalid_filter", "age takes a number of hours");
        Ok(Some(now - jiff::SignedDuration::from_hours(hours.ok_or_else(wrong)?)))
    }

    /// Which cases: open ones where the address says nothing.
    pub(crate) fn cases(&self, now: Timestamp) -> Result<CaseFilter, ServiceError> {
        let state = self.state.as_deref().unwrap_or(CaseState::Open.as_str());
        Ok(CaseFilter {
            state: CaseState::chosen("state", Some(state).filter(|state| *state != ALL))?,
            reason: HeldReason::chosen("reason", self.reason.as_deref())?,
            order: given(self.order.as_ref()),
            payment: given(self.payment.as_ref()),
            period: self.period(now)?,
            origin: self.origin()?,
        })
    }

    /// Which messages.
    pub(crate) fn messages(&self, now: Timestamp) -> Result<MessageFilter, ServiceError> {
        let Period { since, until } = self.period(now)?;
        Ok(MessageFilter {
            topic: given(self.topic.as_ref()),
            state: DeliveryState::chosen("state", self.state.as_deref())?,
            destination: given(self.destination.as_ref()),
            since,
            until,
            q: given(self.q.as_ref()),
            origin: self.origin()?,
        })
    }

    /// Which orders.
    pub(crate) fn orders(&self, now: Timestamp) -> Result<OrderFilter, ServiceError> {
        let Period { since, until } = self.period(now)?;
        Ok(OrderFilter {
            customer: given(self.customer.as_ref()),
            status: OrderStatus::chosen("status", self.status.as_deref())?,
            since,
            until,
            origin: self.origin()?,
        })
    }

    /// Which subscriptions.
    pub(crate) fn subscriptions(&self, now: Timestamp) -> Result<SubscriptionFilter, ServiceError> {
        let wrong = || ServiceError::invalid("invalid_filter", "access takes one of true, false");
        let access =
            given(self.access.as_ref()).map(|text| text.parse::<bool>().map_err(|_| wrong())).transpose()?;
        Ok(SubscriptionFilter {
            customer: given(self.customer.as_ref()),
            access,
            status: given(self.status.as_ref()),
            period: self.period(now)?,
            origin: self.origin()?,
        })
    }
}
