//! Times that passed, as people read them. Pure.

/// Seconds in words: `40 ms`, `12.0 s`, `5 min`, `3 h`.
pub(crate) fn format_seconds(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => format!("{:.0} ms", s * 1000.0),
        s if s < 120.0 => format!("{s:.1} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.0} h", s / 3600.0),
    }
}
