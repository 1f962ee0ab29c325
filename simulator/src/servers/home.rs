//! The folders of private servers, and the cleaning up after a killed run.
//!
//! Every server has a folder of its own with a locked file. The kernel lets go of the lock when its holder
//! ends, however it ends, so an unlocked folder is a left-over: the next start kills the processes it names
//! (if they are still the same processes) and removes it. Copies of the simulator, in one clone or in many,
//! so never meet and never clean up after one that is running.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::process::Signal;

use super::account::Account;
use super::error::ServerError;
use super::process;

/// Names the folder to use in place of `.local`.
const SETTING: &str = "SLUICEGATE_LOCAL";

/// The folder of everything that this program writes: the one that the setting `SLUICEGATE_LOCAL` names, else
/// `.local` of the clone that the working folder is in, else `.local` of the working folder. Never the clone
/// that the program was built in: a copied build must not write into the original.
pub fn local() -> PathBuf {
    if let Some(set) = std::env::var_os(SETTING).filter(|set| !set.is_empty()) {
        return absolute(Path::new(&set));
    }
    let here = absolute(Path::new("."));
    let of_clone = clone_around(&here).map(|clone| clone.join(".local"));
    match of_clone {
        Some(local) if std::fs::create_dir_all(&local).is_ok() && is_ours(&local) => local,
        _ => here.join(".local"),
    }
}

/// The nearest folder from `folder` upwards that is a clone of this repository.
fn clone_around(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|above| above.join("Cargo.lock").is_file() && above.join("simulator").is_dir())
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn is_ours(folder: &Path) -> bool {
    std::fs::metadata(folder).is_ok_and(|meta| meta.uid() == rustix::process::geteuid().as_raw())
}

/// A server's own folder: `data` inside belongs to the server's account, the rest to us.
#[derive(Debug)]
pub(crate) struct Home {
    folder: PathBuf,
    account: Account,
    _lock: File,
}

impl Home {
    /// Makes a new folder under [`local`], or, where the account cannot get there, under `/var/tmp`; removes
    /// what killed runs left beside it.
    pub(crate) fn create(kind: &str) -> Result<Home, ServerError> {
        let account = Account::choose()?;
        let base = base(account)?;
        // Held while folders appear and disappear: nobody takes a folder that is not locked yet for a left-over.
        let guard = open_lock(&base.join("lock"))?;
        guard.lock().map_err(ServerError::io("locking the servers' folder"))?;
        sweep(&base);
        let folder = base.join(format!("{kind}-{}-{:08x}", std::process::id(), rand::random::<u32>()));
        make(&folder, 0o755)?;
        let lock = open_lock(&folder.join("lock"))?;
        lock.lock().map_err(ServerError::io("locking a server's folder"))?;
        let home = Home { folder, account, _lock: lock };
        make(&home.data(), 0o700)?;
        account.own(&home.data())?;
        Ok(home)
    }

    pub(crate) fn account(&self) -> Account {
        self.account
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Writes a file that the server reads.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<PathBuf, ServerError> {
        let path = self.data().join(name);
        std::fs::write(&path, text).map_err(ServerError::io(format!("writing {}", path.display())))?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))
            .map_err(ServerError::io(format!("closing {}", path.display())))?;
        self.account.own(&path)?;
        Ok(path)
    }

    /// The file that the server's output goes to, opened to append.
    pub(crate) fn log(&self) -> Result<File, ServerError> {
        let path = self.folder.join("log");
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(ServerError::io("opening a server's log"))
    }

    pub(crate) fn log_path(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// The last lines of the log, for an error message.
    pub(crate) fn log_end(&self) -> String {
        let bytes = std::fs::read(self.log_path()).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(25)..].join("\n")
    }

    /// Notes a process, so that the next run can end it should we be killed.
    pub(crate) fn remember(&self, pid: u32) -> Result<(), ServerError> {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.folder.join("pids"))
            .map_err(ServerError::io("noting a process id"))?;
        let started = process::start_time(pid).unwrap_or_default();
        writeln!(file, "{pid} {started}").map_err(ServerError::io("noting a process id"))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// Notes processes that are not servers, so that the next run ends them should this one be killed.
#[derive(Debug)]
pub struct LeftOvers(Home);

impl LeftOvers {
    /// Begins to keep note, and cleans up after killed runs.
    pub fn watch() -> Result<LeftOvers, ServerError> {
        Home::create("run").map(LeftOvers)
    }

    /// Notes a process that leads a group of its own.
    pub fn remember(&self, pid: u32) -> Result<(), ServerError> {
        self.0.remember(pid)
    }
}

/// Where servers' folders go.
fn base(account: Account) -> Result<PathBuf, ServerError> {
    let base = local().join("servers");
    std::fs::create_dir_all(&base).map_err(ServerError::io(format!("making {}", base.display())))?;
    if account.reaches(&base) {
        return Ok(base);
    }
    let base = PathBuf::from("/var/tmp/sluicegate-servers");
    match make(&base, 0o755) {
        Err(ServerError::Io { source, .. }) if source.kind() == std::io::ErrorKind::AlreadyExists => {}
        other => other?,
    }
    // A name that anybody could have taken first: it must be a folder, ours, and writable by nobody else.
    let meta =
        std::fs::symlink_metadata(&base).map_err(ServerError::io(format!("reading {}", base.display())))?;
    let ours = meta.is_dir() && meta.uid() == rustix::process::geteuid().as_raw() && meta.mode() & 0o022 == 0;
    if ours { Ok(base) } else { Err(ServerError::NotOurs { path: base }) }
}

/// The folders of the servers that the process `pid` started.
pub fn folders_of(pid: u32) -> Vec<PathBuf> {
    let Ok(base) = Account::choose().and_then(base) else { return Vec::new() };
    let entries = std::fs::read_dir(base).into_iter().flatten().flatten();
    let marked = |path: &PathBuf| path.to_string_lossy().contains(&format!("-{pid}-"));
    entries.map(|entry| entry.path()).filter(marked).collect()
}

/// The processes noted in a server's folder.
pub fn processes_of(folder: &Path) -> Vec<u32> {
    let text = std::fs::read_to_string(folder.join("pids")).unwrap_or_default();
    text.lines().filter_map(|line| line.split(' ').next()?.parse().ok()).collect()
}

fn make(folder: &Path, mode: u32) -> Result<(), ServerError> {
    let what = || ServerError::io(format!("making {}", folder.display()));
    std::fs::create_dir(folder).map_err(what())?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).map_err(what())
}

fn open_lock(path: &Path) -> Result<File, ServerError> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(ServerError::io(format!("opening {}", path.display())))
}

/// Removes the left-overs of killed runs in `base`. What cannot be removed is left for the next time.
fn sweep(base: &Path) {
    for entry in std::fs::read_dir(base).into_iter().flatten().flatten() {
        let folder = entry.path();
        if !folder.is_dir() {
            continue;
        }
        let Ok(lock) = open_lock(&folder.join("lock")) else { continue };
        if matches!(lock.try_lock(), Err(TryLockError::WouldBlock)) {
            continue;
        }
        for line in std::fs::read_to_string(folder.join("pids")).unwrap_or_default().lines() {
            end_left_over(line);
        }
        std::fs::remove_dir_all(&folder).ok();
    }
}

/// Kills the process that a line of a `pids` file names, if it is still that process.
fn end_left_over(line: &str) {
    let Some((pid, started)) = line.split_once(' ') else { return };
    let Ok(pid) = pid.parse::<u32>() else { return };
    if started.is_empty() || process::start_time(pid).as_deref() != Some(started) {
        return;
    }
    process::signal_group(pid, Signal::KILL);
    process::signal(pid, Signal::KILL);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn the_clone_around_the_working_folder_is_home_and_no_other_folder() {
        let root = std::env::temp_dir().join(format!("sluicegate-home-{:08x}", rand::random::<u32>()));
        let inner = root.join("clone/worker/src");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::create_dir_all(root.join("clone/simulator")).unwrap();
        assert_eq!(clone_around(&inner), None, "a lock file makes it a clone");
        std::fs::write(root.join("clone/Cargo.lock"), "").unwrap();
        assert_eq!(clone_around(&inner), Some(root.join("clone").as_path()));
        assert_eq!(clone_around(&root), None);
        std::fs::remove_dir_all(&root).unwrap();
    }
}
