//! Which account the servers run under. PostgreSQL refuses root, so root hands its servers to an
//! unprivileged account; everybody else runs them as themselves.

use std::path::Path;
use std::process::Command;

use super::error::ServerError;

/// The accounts root may hand a server to, best first: the packages make the first two.
const CANDIDATES: [&str; 3] = ["postgres", "rabbitmq", "nobody"];

/// An account to run a server under; `None` inside means "the one we already are".
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    ids: Option<(u32, u32)>,
}

impl Account {
    /// The account for this process: itself, unless it is root.
    pub(crate) fn choose() -> Result<Account, ServerError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Account { ids: None });
        }
        let passwd =
            std::fs::read_to_string("/etc/passwd").map_err(ServerError::io("reading /etc/passwd"))?;
        let ids = CANDIDATES.iter().find_map(|name| ids_of(&passwd, name)).ok_or(ServerError::NoAccount)?;
        Ok(Account { ids: Some(ids) })
    }

    /// Makes `command` run under this account.
    pub(crate) fn apply(self, command: &mut Command) {
        use std::os::unix::process::CommandExt;
        if let Some((uid, gid)) = self.ids {
            command.uid(uid).gid(gid);
        }
    }

    /// Gives `path` to this account.
    pub(crate) fn own(self, path: &Path) -> Result<(), ServerError> {
        match self.ids {
            Some((uid, gid)) => std::os::unix::fs::chown(path, Some(uid), Some(gid))
                .map_err(ServerError::io(format!("changing the owner of {}", path.display()))),
            None => Ok(()),
        }
    }

    /// Whether this account can get to `folder`: a clone under `/root` is closed to everybody else.
    pub(crate) fn reaches(self, folder: &Path) -> bool {
        if self.ids.is_none() {
            return true;
        }
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "cd \"$1\" 2>/dev/null", "sh"]).arg(folder).current_dir("/");
        self.apply(&mut command);
        command.status().is_ok_and(|status| status.success())
    }
}

fn ids_of(passwd: &str, name: &str) -> Option<(u32, u32)> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    let ids = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    (ids.0 != 0).then_some(ids)
}

#[cfg(test)]
mod tests {
    use super::ids_of;

    #[test]
    fn an_account_is_found_by_its_whole_name_and_never_root() {
        let passwd =
            "root:x:0:0::/root:/bin/sh\npostgresql:x:7:7::/:/bin/sh\npostgres:x:101:104::/:/bin/sh\n";
        assert_eq!(ids_of(passwd, "postgres"), Some((101, 104)));
        assert_eq!(ids_of(passwd, "root"), None);
        assert_eq!(ids_of(passwd, "rabbitmq"), None);
    }
}
