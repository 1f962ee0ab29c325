//! The header `traceparent`: <https://www.w3.org/TR/trace-context/#traceparent-header>. Pure but for the ids of a new trace.

use std::fmt;
use std::str::FromStr;

/// The version that is written.
const VERSION: &str = "00";
/// The version that will never be.
const FORBIDDEN: &str = "ff";
/// The caller may have recorded the trace.
const SAMPLED: u8 = 0x01;
/// The trace id is random (level 2 of the recommendation).
const RANDOM: u8 = 0x02;

/// Which trace something belongs to, and what in it caused it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceParent {
    trace_id: u128,
    parent_id: u64,
    flags: u8,
}

/// A `traceparent` that must be treated as if it were not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no valid traceparent")]
pub struct InvalidTraceParent;

impl TraceParent {
    /// A new trace. It counts as sampled: consumers whose tracing follows the flag would otherwise record nothing.
    #[must_use]
    pub fn root() -> Self {
        let (mut trace_id, mut parent_id) = (0, 0);
        // Zero is no id.
        while trace_id == 0 {
            trace_id = rand::random();
        }
        while parent_id == 0 {
            parent_id = rand::random();
        }
        Self { trace_id, parent_id, flags: SAMPLED }
    }

    /// The one that a request carries. A header that comes more than once is none.
    pub fn single<'a>(mut headers: impl Iterator<Item = &'a str>) -> Option<Self> {
        let (first, second) = (headers.next()?, headers.next());
        second.is_none().then_some(())?;
        first.trim_matches([' ', '\t']).parse().ok()
    }
}

/// The fields of a version 00. A later version begins with the same ones, and may have more behind a dash.
impl FromStr for TraceParent {
    type Err = InvalidTraceParent;

    fn from_str(text: &str) -> Result<Self, InvalidTraceParent> {
        let mut fields = text.splitn(5, '-');
        let mut field =
            |length| fields.next().filter(|field| is_lower_hex(field, length)).ok_or(InvalidTraceParent);
        let (version, trace_id, parent_id, flags) = (field(2)?, field(32)?, field(16)?, field(2)?);
        if version == FORBIDDEN || (version == VERSION && fields.next().is_some()) {
            return Err(InvalidTraceParent);
        }
        let trace_id = u128::from_str_radix(trace_id, 16).map_err(|_| InvalidTraceParent)?;
        let parent_id = u64::from_str_radix(parent_id, 16).map_err(|_| InvalidTraceParent)?;
        let flags = u8::from_str_radix(flags, 16).map_err(|_| InvalidTraceParent)?;
        if trace_id == 0 || parent_id == 0 {
            return Err(InvalidTraceParent);
        }
        Ok(Self { trace_id, parent_id, flags: flags & (SAMPLED | RANDOM) })
    }
}

/// As version 00 writes it.
impl fmt::Display for TraceParent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{VERSION}-{:032x}-{:016x}-{:02x}", self.trace_id, self.parent_id, self.flags)
    }
}

fn is_lower_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        TraceParent::single([text].into_iter()).map(|parsed| parsed.to_string())
    }

    #[test]
    fn the_examples_of_the_recommendation_are_passed_on_as_they_are() {
        for example in [
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
        ] {
            assert_eq!(read(example).as_deref(), Some(example));
        }
    }

    #[test]
    fn what_the_recommendation_calls_invalid_is_as_if_it_were_not_there() {
        for invalid in [
            "",
            "00",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0A",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e47361-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what-the-future-will-not-be-like",
            "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(read(invalid), None, "{invalid}");
        }
        let twice = ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"; 2];
        assert_eq!(TraceParent::single(twice.into_iter()), None);
        assert_eq!(TraceParent::single([].into_iter()), None);
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        let known = Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        for later in [
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like",
            " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\t",
            // Flags that are not known are zero.
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-09",
        ] {
            assert_eq!(read(later).as_deref(), known, "{later}");
        }
    }

    #[test]
    fn a_new_trace_is_valid_and_different_each_time() {
        let (one, other) = (TraceParent::root(), TraceParent::root());
        assert_ne!(one, other);
        assert_eq!(one.to_string().parse(), Ok(one));
        assert!(one.to_string().ends_with("-01"));
    }
}
