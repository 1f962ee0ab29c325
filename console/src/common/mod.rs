//! What several features share: who acts, what can go wrong, pages of lists, amounts and durations as people write
//! them.

pub mod actor;
pub(crate) mod completed;
pub mod elapsed;
pub mod failure;
pub(crate) mod integers;
pub mod money;
pub mod paging;
pub mod role;
pub(crate) mod text_enum;
