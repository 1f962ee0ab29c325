//! Where a token may be used. What it may do there is its role's to say.

use super::text_enum::text_enum;

text_enum! {
    /// Where a token may be used.
    #[derive(Default)]
    pub(crate) enum TokenScope {
        /// In all of the API.
        #[default]
        All = "all",
        /// To register and read orders, and to read subscriptions: what the company's backend needs.
        Orders = "orders",
    }
}
