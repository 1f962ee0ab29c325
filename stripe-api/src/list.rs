//! Lists: one page, page after page, all of a short one, and the lists inside an object.

use futures_util::{Stream, TryStreamExt as _, stream};
use serde_json::Value;

use crate::error::RequestId;
use crate::{ApiError, Call, Resource, Retrieved, StripeApi};

/// The most objects that Stripe puts on a page.
pub const MAX_PAGE: usize = 100;

/// A list of objects and what it is filtered by; newest first, as all of Stripe's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    path: String,
    params: Vec<(String, String)>,
    from: Option<String>,
    direction: Direction,
}

/// Which way the pages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// From newer to older, `starting_after`.
    Older,
    /// From older to newer, `ending_before`. The objects of one page still stand newest first.
    Newer,
}

impl List {
    /// All objects of a kind.
    #[must_use]
    pub fn new(resource: Resource) -> Self {
        Self::at(resource.path().to_owned())
    }

    /// The lines of an invoice, of which its body holds at most ten.
    #[must_use]
    pub fn invoice_lines(invoice: &str) -> Self {
        Self::at(format!("{}/{invoice}/lines", Resource::Invoice.path()))
    }

    fn at(path: String) -> Self {
        let params = vec![("limit".to_owned(), MAX_PAGE.to_string())];
        Self { path, params, from: None, direction: Direction::Older }
    }

    /// A filter, as Stripe names it: `("payment_intent", "pi_1")`, `("created[gte]", 1790000000)`, `("status", "all")`.
    #[must_use]
    pub fn param(mut self, name: &str, value: impl ToString) -> Self {
        self.params.push((name.to_owned(), value.to_string()));
        self
    }

    /// At most so many objects on a page (1 to 100, which is the default).
    #[must_use]
    pub fn page_size(mut self, objects: usize) -> Self {
        self.params[0].1 = objects.clamp(1, MAX_PAGE).to_string();
        self
    }

    /// Only what is older than this object; a list that was interrupted goes on so.
    #[must_use]
    pub fn starting_after(self, id: &str) -> Self {
        Self { from: Some(id.to_owned()), direction: Direction::Older, ..self }
    }

    /// Only what is newer than this object, the pages from old to new: what came to be since the last look.
    #[must_use]
    pub fn ending_before(self, id: &str) -> Self {
        Self { from: Some(id.to_owned()), direction: Direction::Newer, ..self }
    }

    /// The list that goes on after `page`; none where that was its last.
    fn after(self, page: &Page) -> Option<Self> {
        let edge = match self.direction {
            Direction::Older => page.data.last(),
            Direction::Newer => page.data.first(),
        };
        let from = edge.and_then(|object| object["id"].as_str()).map(str::to_owned);
        (page.has_more && from.is_some()).then_some(Self { from, ..self })
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its objects, newest first.
    pub data: Vec<Value>,
    /// Whether there are more beyond it.
    pub has_more: bool,
    /// As [`Retrieved::as_of`], for every object of the page.
    pub as_of: i64,
}

impl Page {
    /// The id of its oldest object: where an interrupted list goes on ([`List::starting_after`]).
    #[must_use]
    pub fn last_id(&self) -> Option<&str> {
        self.data.last().and_then(|object| object["id"].as_str())
    }

    /// The id of its newest object ([`List::ending_before`]).
    #[must_use]
    pub fn first_id(&self) -> Option<&str> {
        self.data.first().and_then(|object| object["id"].as_str())
    }
}

impl StripeApi {
    /// One page of a list.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn page(&self, list: &List, call: &Call) -> Result<Page, ApiError> {
        let mut params = list.params.clone();
        if let Some(from) = &list.from {
            let name = match list.direction {
                Direction::Older => "starting_after",
                Direction::Newer => "ending_before",
            };
            params.push((name.to_owned(), from.clone()));
        }
        let Retrieved { object: mut answer, as_of } = self.get(&list.path, &params, call).await?;
        let (data, has_more) = (answer["data"].take(), answer["has_more"].as_bool());
        match (data, has_more) {
            (Value::Array(data), Some(has_more)) => Ok(Page { data, has_more, as_of }),
            _ => Err(ApiError::Malformed { problem: "it is not a list", request: RequestId::default() }),
        }
    }

    /// Page after page, each asked for when the one before has been taken.
    pub fn pages(&self, list: List, call: Call) -> impl Stream<Item = Result<Page, ApiError>> + use<'_> {
        stream::try_unfold(Some(list), move |list| {
            let call = call.clone();
            async move {
                let Some(list) = list else { return Ok(None) };
                let page = self.page(&list, &call).await?;
                let next = list.after(&page);
                Ok(Some((page, next)))
            }
        })
    }

    /// Every object of a list that is known to be short, such as the sessions of one payment intent.
    ///
    /// # Errors
    /// [`ApiError`] of the first page that fails.
    pub async fn all(&self, list: List, call: Call) -> Result<Vec<Value>, ApiError> {
        self.pages(list, call)
            .try_fold(Vec::new(), |mut all, page| async move {
                all.extend(page.data);
                Ok(all)
            })
            .await
    }

    /// An invoice with all of its lines, as if its body had room for them.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn invoice(&self, id: &str, call: &Call) -> Result<Retrieved, ApiError> {
        let mut retrieved = self.retrieve(Resource::Invoice, id, call).await?;
        let invoice = &mut retrieved.object;
        if invoice["lines"]["has_more"] == Value::Bool(true) {
            let rest = self.rest_of_lines(invoice, id, call).await?;
            if let Value::Array(lines) = &mut invoice["lines"]["data"] {
                lines.extend(rest);
            }
            invoice["lines"]["has_more"] = Value::Bool(false);
        }
        Ok(retrieved)
    }

    async fn rest_of_lines(&self, invoice: &Value, id: &str, call: &Call) -> Result<Vec<Value>, ApiError> {
        let known = invoice["lines"]["data"].as_array().and_then(|lines| lines.last());
        let list = List::invoice_lines(id);
        let list = match known.and_then(|line| line["id"].as_str()) {
            Some(last) => list.starting_after(last),
            None => list,
        };
        self.all(list, call.clone()).await
    }
}
