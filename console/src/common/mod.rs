//! What several features share: who acts, what can go wrong, pages of lists, accounts and modes, amounts and durations
//! as people write them.

pub(crate) mod actor;
pub(crate) mod completed;
pub(crate) mod elapsed;
pub(crate) mod error;
pub(crate) mod integers;
pub(crate) mod moment;
pub(crate) mod money;
pub(crate) mod origin;
pub(crate) mod paging;
pub(crate) mod pause;
pub(crate) mod role;
pub(crate) mod scope;
pub(crate) mod text_enum;
