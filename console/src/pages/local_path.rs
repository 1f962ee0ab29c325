//! Where a page may send somebody: to our own pages.

/// Only addresses of our own: a path, never another host.
pub(in crate::pages) fn local_path(next: Option<&str>) -> &str {
    let fits = |n: &&str| {
        n.starts_with('/') && !n.starts_with("//") && !n.contains('\\') && !n.chars().any(char::is_control)
    };
    next.filter(fits).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(local_path(Some("/dead-letters/1?x=2")), "/dead-letters/1?x=2");
        for foreign in
            ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "/\tx"]
        {
            assert_eq!(local_path(Some(foreign)), "/", "{foreign}");
        }
    }
}
