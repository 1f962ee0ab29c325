//! One child process in a group of its own, so that Ctrl-C in the terminal reaches us and not it, and so that
//! it and its own children can be signalled together.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process};

use super::error::ServerError;

/// Sends `signal` to one process; says whether it was there.
pub fn signal(pid: u32, signal: Signal) -> bool {
    raw(pid).is_some_and(|pid| kill_process(pid, signal).is_ok())
}

/// Whether a process of this id runs: one of another user counts too, one that has ended and waits for its
/// parent to notice does not.
pub fn is_running(pid: u32) -> bool {
    let exists = raw(pid).is_some_and(|pid| !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH)));
    exists && !stat_field(pid, 0).is_some_and(|state| state == "Z" || state == "X")
}

/// A field of Linux's account of a process, counted from the one after its name, which may hold anything.
pub(crate) fn stat_field(pid: u32, field: usize) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(field).map(str::to_owned)
}

fn raw(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

pub(crate) fn signal_group(pid: u32, signal: Signal) -> bool {
    raw(pid).is_some_and(|pid| kill_process_group(pid, signal).is_ok())
}

/// When a process started, as the system prints it: with the id it names one process for ever, where an id
/// alone may by now belong to somebody else.
pub(crate) fn start_time(pid: u32) -> Option<String> {
    if Path::new("/proc/self/stat").exists() {
        return stat_field(pid, 19);
    }
    let output = Command::new("ps").args(["-o", "lstart=", "-p", &pid.to_string()]).output().ok()?;
    let started = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join("_");
    (!started.is_empty()).then_some(started)
}

/// A child that is killed, with its group, when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts it in a group of its own.
    pub fn spawn(mut command: Command) -> Result<Process, ServerError> {
        use std::os::unix::process::CommandExt;
        let what = format!("starting {}", command.get_program().to_string_lossy());
        let child = command.process_group(0).spawn().map_err(ServerError::io(what))?;
        Ok(Process { child })
    }

    /// Its id, also after its end.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its id, while it runs.
    pub fn running(&mut self) -> Option<u32> {
        self.ended().is_none().then(|| self.pid())
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<String> {
        self.child.try_wait().ok().flatten().map(|status| status.to_string())
    }

    /// Signals it and waits; kills the whole group when it is not gone by the deadline. The process is only
    /// signalled while it has not been waited for, so its id cannot have passed to another.
    pub async fn end(&mut self, gently: Signal, within: Duration) {
        if self.ended().is_none() {
            signal(self.pid(), gently);
        }
        let deadline = Instant::now() + within;
        while self.ended().is_none() && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.kill();
    }

    /// Kills it and its group at once and waits until it is gone.
    pub fn kill(&mut self) {
        if self.ended().is_none() {
            signal_group(self.pid(), Signal::KILL);
            self.child.wait().ok();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
