//! Who may search by what: the one table.

use super::query::Term;
use crate::common::role::Role;
use crate::common::text_enum::text_enum;

text_enum! {
    /// What a text was taken for.
    pub(crate) enum SearchedAs {
        /// A complete id, in any case.
        Id = "id",
        /// A part of an order's id.
        OrderPart = "order_part",
        /// The number of a dead letter.
        DeadLetter = "dead_letter",
        /// The number of a case.
        Case = "case",
        /// The number on an invoice, or a reference code.
        Code = "code",
        /// An e-mail address.
        Email = "email",
        /// The last four digits of a card or bank account.
        Last4 = "last4",
        /// A person's name.
        Name = "name",
        /// An amount of money.
        Amount = "amount",
        /// A day.
        Day = "day",
    }
}

impl SearchedAs {
    /// The role that may search by it. What names a person takes the role that may see personal data.
    pub(crate) const fn takes(self) -> Role {
        match self {
            SearchedAs::Id
            | SearchedAs::OrderPart
            | SearchedAs::DeadLetter
            | SearchedAs::Case
            | SearchedAs::Code
            | SearchedAs::Amount
            | SearchedAs::Day => Role::Viewer,
            SearchedAs::Email | SearchedAs::Last4 | SearchedAs::Name => Role::Operator,
        }
    }

    /// In words, as pages say it.
    pub(crate) const fn described(self) -> &'static str {
        match self {
            SearchedAs::Id => "id",
            SearchedAs::OrderPart => "part of an order's id",
            SearchedAs::DeadLetter => "dead letter's number",
            SearchedAs::Case => "case's number",
            SearchedAs::Code => "invoice's number or reference code",
            SearchedAs::Email => "e-mail address",
            SearchedAs::Last4 => "last four digits",
            SearchedAs::Name => "name",
            SearchedAs::Amount => "amount",
            SearchedAs::Day => "day",
        }
    }

    /// Whether it is found by keyed hashes alone.
    pub(crate) const fn is_personal(self) -> bool {
        matches!(self, SearchedAs::Email | SearchedAs::Last4 | SearchedAs::Name)
    }
}

impl Term {
    /// What the text is taken for.
    pub(crate) const fn searched_as(&self) -> SearchedAs {
        match self {
            Term::Id(_) => SearchedAs::Id,
            Term::OrderPart(_) => SearchedAs::OrderPart,
            Term::DeadLetter(_) => SearchedAs::DeadLetter,
            Term::Case(_) => SearchedAs::Case,
            Term::Code(_) => SearchedAs::Code,
            Term::Email(_) => SearchedAs::Email,
            Term::Last4(_) => SearchedAs::Last4,
            Term::Name(_) => SearchedAs::Name,
            Term::Amount(_) => SearchedAs::Amount,
            Term::Day(_) => SearchedAs::Day,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SearchedAs;
    use crate::common::role::Role;
    use crate::common::text_enum::TextEnum;

    #[test]
    fn a_viewer_searches_by_nothing_that_names_a_person() {
        for by in SearchedAs::ALL {
            assert_eq!(by.is_personal(), by.takes() > Role::Viewer, "{by}");
            assert_eq!(by.is_personal(), by.takes().sees_personal_data(), "{by}");
        }
    }
}
