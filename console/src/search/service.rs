//! Looks up every reading of what was typed that the role may search by.

use deadpool_postgres::{GenericClient, Pool};
use secrecy::SecretString;

use super::access::SearchedAs;
use super::hit::Hit;
use super::query::{Query, Term};
use super::{personal, store};
use crate::common::error::ServiceError;
use crate::common::origin::OriginFilter;
use crate::common::paging::MAX_TEXT;
use crate::common::role::Role;
use crate::masking;
use crate::timeline::{self, Timeline, TimelineRequest};

/// The most characters that the search box takes: an address of Stripe's dashboard is longer than an id.
pub(crate) const MAX_TYPED: usize = 1000;

/// What a search found.
#[derive(Debug)]
pub(crate) struct Found {
    /// The id that the timeline is of, as it is spelled; what was typed where nothing has it.
    pub(crate) id: String,
    /// Everything about the id.
    pub(crate) timeline: Timeline,
    /// What else the text may mean.
    pub(crate) hits: Vec<Hit>,
    /// Readings that take a higher role.
    pub(crate) refused: Vec<SearchedAs>,
    /// Readings that were not looked up because `SEARCH_SECRET` is not set.
    pub(crate) not_indexed: Vec<SearchedAs>,
}

/// Who searches, and where.
pub(crate) struct SearchRequest<'a> {
    /// The accounts and modes to look in, as they were chosen; an address of the dashboard names its own.
    pub(crate) origin: OriginFilter,
    /// As [`TimelineRequest`] has them.
    pub(crate) timeline: TimelineRequest<'a>,
    pub(crate) role: Role,
    pub(crate) secret: Option<&'a SecretString>,
}

/// Checks and reads what was typed.
pub(crate) fn read(typed: &str) -> Result<Query, ServiceError> {
    if typed.chars().count() > MAX_TYPED {
        let message = format!("q takes at most {MAX_TYPED} characters");
        return Err(ServiceError::invalid("invalid_filter", message));
    }
    // PostgreSQL's text takes no NUL, and so holds none.
    let query = Query::parse(&typed.replace('\0', "\u{fffd}"));
    if query.text.chars().count() > MAX_TEXT {
        return Err(ServiceError::invalid("invalid_filter", "this is longer than any id"));
    }
    Ok(query)
}

/// Looks up every reading.
pub(crate) async fn find(
    pool: &Pool,
    query: &Query,
    request: &SearchRequest<'_>,
) -> Result<Found, ServiceError> {
    let origin = OriginFilter {
        account: request.origin.account.clone().or_else(|| query.origin.account.clone()),
        livemode: request.origin.livemode.or(query.origin.livemode),
    };
    let id =
        query.terms.iter().find_map(|term| if let Term::Id(id) = term { Some(id.clone()) } else { None });
    let (id, timeline) = match id {
        Some(id) => of_id(pool, id, &origin, query, request).await?,
        None => (query.text.clone(), Timeline::empty(origin.clone())),
    };
    let verbatim =
        query.verbatim.as_ref().filter(|said| timeline.is_empty() && said.chars().count() <= MAX_TEXT);
    let (id, timeline) = match verbatim {
        Some(said) => {
            let asked = TimelineRequest { id: said, origin: origin.clone(), ..request.timeline.clone() };
            let found = timeline::of(pool, &asked, request.role).await?;
            if found.is_empty() { (id, timeline) } else { (said.clone(), found) }
        }
        None => (id, timeline),
    };
    let mut found = Found { id, timeline, hits: Vec::new(), refused: Vec::new(), not_indexed: Vec::new() };
    let client = pool.get().await?;
    // Live and test, and two merchants, are never mixed.
    let origin = if found.timeline.is_empty() { origin } else { found.timeline.origin.clone() };
    for term in &query.terms {
        let searched_as = term.searched_as();
        if request.role < searched_as.takes() {
            found.refused.push(searched_as);
        } else if searched_as.is_personal() && request.secret.is_none() {
            found.not_indexed.push(searched_as);
        } else {
            for hit in look_up(&client, term, &origin, request.secret).await? {
                let shown = found.is_shown(&hit);
                if !shown && !found.hits.iter().any(|known| known.is_same(&hit)) {
                    found.hits.push(hit);
                }
            }
        }
    }
    found.hits = masking::for_role(found.hits, request.role);
    Ok(found)
}

impl Found {
    /// Everything as one list: first what the id leads to.
    pub(crate) fn all(&self) -> Vec<Hit> {
        Hit::of_timeline(&self.timeline).into_iter().chain(self.hits.iter().cloned()).collect()
    }

    /// Whether the timeline is of this already.
    fn is_shown(&self, hit: &Hit) -> bool {
        !self.timeline.is_empty() && hit.id == self.id && hit.account == self.timeline.origin.account
    }
}

/// Everything about an id: as it was typed, else as it is spelled, else in whichever account knows it.
async fn of_id(
    pool: &Pool,
    typed: String,
    origin: &OriginFilter,
    query: &Query,
    request: &SearchRequest<'_>,
) -> Result<(String, Timeline), ServiceError> {
    let look = async |id: &str, origin: &OriginFilter| {
        let timeline = TimelineRequest { id, origin: origin.clone(), ..request.timeline.clone() };
        timeline::of(pool, &timeline, request.role).await
    };
    let first = look(&typed, origin).await?;
    if !first.is_empty() {
        return Ok((typed, first));
    }
    // The dashboard names the company's own account, too, which no row names.
    let anywhere = OriginFilter { account: request.origin.account.clone(), ..origin.clone() };
    let known_elsewhere = !first.elsewhere.is_empty();
    if query.origin.account.is_some() && known_elsewhere {
        return Ok((typed.clone(), look(&typed, &anywhere).await?));
    }
    if known_elsewhere {
        return Ok((typed, first));
    }
    let spelled = store::ids(&pool.get().await?, &typed).await?;
    let [id] = &spelled[..] else { return Ok((typed, first)) };
    let mut timeline = look(id, origin).await?;
    if timeline.is_empty() && query.origin.account.is_some() {
        timeline = look(id, &anywhere).await?;
    }
    Ok((id.clone(), timeline))
}

async fn look_up(
    client: &impl GenericClient,
    term: &Term,
    origin: &OriginFilter,
    secret: Option<&SecretString>,
) -> Result<Vec<Hit>, ServiceError> {
    match term {
        Term::Id(_) | Term::Day(_) => Ok(Vec::new()),
        Term::OrderPart(part) => store::order_parts(client, part, origin).await,
        Term::DeadLetter(number) => store::numbers(client, Some(*number), None).await,
        Term::Case(number) => store::numbers(client, None, Some(*number)).await,
        Term::Code(code) => store::codes(client, code).await,
        Term::Amount(amount) => store::amounts(client, amount, origin).await,
        Term::Email(_) | Term::Last4(_) | Term::Name(_) => {
            let hashes = secret.map(|secret| personal::hashes(term, secret)).unwrap_or_default();
            store::keys(client, &hashes, origin, term.searched_as()).await
        }
    }
}
