//! Whose process this is, for the audit: as the operating system names it, which nobody can choose.

const ACCOUNTS: &str = "/etc/passwd";

/// The name of the process's real user, or `uid-` with its number where it has none.
pub(super) fn name() -> String {
    let uid = rustix::process::getuid().as_raw();
    let accounts = std::fs::read_to_string(ACCOUNTS).unwrap_or_default();
    of(uid, &accounts).unwrap_or_else(|| format!("uid-{uid}"))
}

/// The name of a user in a list of accounts.
fn of(uid: u32, accounts: &str) -> Option<String> {
    let mut named = accounts.lines().filter_map(|line| {
        let mut parts = line.split(':');
        let (name, _, number) = (parts.next()?, parts.next()?, parts.next()?);
        (number.parse() == Ok(uid) && !name.is_empty()).then(|| name.to_owned())
    });
    named.next()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_user_is_named_by_their_number() {
        let accounts =
            "root:x:0:0:root:/root:/bin/bash\n# anna:x:1001\nbroken\nanna:x:1000:1000::/home/anna:/bin/sh\n";
        assert_eq!(of(0, accounts).as_deref(), Some("root"));
        assert_eq!(of(1000, accounts).as_deref(), Some("anna"));
        assert_eq!(of(1002, accounts), None);
    }
}
