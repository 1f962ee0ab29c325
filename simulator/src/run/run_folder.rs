//! Where one `make run` keeps its logs and its `env` file. The first in a clone has `.local/env` and
//! `.local/log`; another beside it `.local/env-2` and `.local/log-2`, and so on.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;

/// More copies than anybody starts at once in one clone.
const MOST: u32 = 100;
const TURN_WITHIN: Duration = Duration::from_secs(60);

/// A folder that no other run has; free again when dropped or when this process ends.
#[derive(Debug)]
pub(crate) struct RunFolder {
    env: PathBuf,
    log: PathBuf,
    _lock: File,
}

impl RunFolder {
    /// Takes the first free one in the folder `local`, and clears what an earlier run left in it.
    pub(crate) fn take(local: &Path) -> anyhow::Result<RunFolder> {
        std::fs::create_dir_all(local).with_context(|| format!("making {}", local.display()))?;
        let mut taken = None;
        for number in 1..=MOST {
            let suffix = if number == 1 { String::new() } else { format!("-{number}") };
            let path = local.join(format!("lock{suffix}"));
            if taken.is_some() && !path.exists() {
                break;
            }
            let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
            let lock = lock.with_context(|| format!("opening {}", path.display()))?;
            if lock.try_lock().is_err() {
                continue;
            }
            // Nobody runs there: an `env` file is what a killed run left. Those after ours are free again
            // as soon as they are looked through.
            let folder = RunFolder {
                env: local.join(format!("env{suffix}")),
                log: local.join(format!("log{suffix}")),
                _lock: lock,
            };
            folder.forget_env();
            taken = taken.or(Some(folder));
        }
        let folder = taken.with_context(|| format!("{MOST} runs are going on in {}", local.display()))?;
        std::fs::create_dir_all(&folder.log).with_context(|| format!("making {}", folder.log.display()))?;
        Ok(folder)
    }

    /// The file with the addresses and process ids of the run.
    pub(crate) fn env(&self) -> &Path {
        &self.env
    }

    /// The folder of the logs.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// Writes the `env` file whole: whoever reads it sees the old lines or the new ones.
    pub(crate) fn write_env(&self, lines: &[(String, String)]) -> anyhow::Result<()> {
        let text: String = lines.iter().map(|(name, value)| format!("{name}={}\n", quoted(value))).collect();
        let new = self.env.with_added_extension("new");
        let written = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&new);
        written
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .and_then(|()| std::fs::rename(&new, &self.env))
            .with_context(|| format!("writing {}", self.env.display()))
    }

    fn forget_env(&self) {
        std::fs::remove_file(&self.env).ok();
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        self.forget_env();
    }
}

/// Waits until no other copy on this machine is between choosing its ports and listening on them: two that
/// start at once would both find the usual ports free. Without the file to wait on, or when another holds it
/// for too long, it goes on: the worst is a port that turns out to be taken.
pub(crate) async fn turn() -> Option<File> {
    let path = std::env::temp_dir().join("sluicegate-ports.lock");
    let open = || File::open(&path);
    // Another user's file can be locked too, but not created again.
    let file = open().or_else(|_| File::create(&path).and_then(|_| open())).ok()?;
    let deadline = Instant::now() + TURN_WITHIN;
    while file.try_lock().is_err() && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Some(file)
}

/// As a shell reads it back; plain where no quotes are needed, for readers that are not shells.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=?[]".contains(c);
    if value.chars().all(plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn values_are_quoted_only_where_a_shell_needs_it() {
        assert_eq!(
            quoted("postgres://a:b@[::1]:1/c?sslmode=disable"),
            "postgres://a:b@[::1]:1/c?sslmode=disable"
        );
        assert_eq!(quoted("a&b"), "'a&b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
