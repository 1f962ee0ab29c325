//! Events as the workers recorded them: finding and listing them, what each changed, and what a replay would do.

pub mod changes;
pub mod cursor;
pub mod outcome;
pub mod preview;
pub mod search;
pub mod store;
