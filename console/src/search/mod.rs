//! The search box: what somebody typed is read in every way that it can mean ([`query`]), and each reading is looked up
//! for those whose role allows it ([`access`]).

pub(crate) mod access;
pub(crate) mod amount;
pub(crate) mod dashboard;
pub(crate) mod hit;
pub(crate) mod indexing;
pub(crate) mod personal;
pub(crate) mod query;
pub(crate) mod service;
pub(crate) mod store;
