//! Where the servers' programs are: distributions keep them out of PATH.

use std::path::{Path, PathBuf};

use super::error::ServerError;

/// One of PostgreSQL's own programs (`postgres`, `initdb`, `pgbench` …), of the newest installed version.
pub fn postgres_program(program: &'static str) -> Result<PathBuf, ServerError> {
    // initdb marks the folder of a server installation: clients alone do not have it.
    let is_server = |folder: &Path| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    postgres_folders()
        .into_iter()
        .filter(|folder| is_server(folder))
        .map(|folder| folder.join(program))
        .find(|p| p.is_file())
        .ok_or(ServerError::Missing { program, looked: "/usr/lib/postgresql/*/bin, Homebrew, PATH".into() })
}

/// One of RabbitMQ's scripts. Not Debian's wrappers in /usr/sbin: they insist on root and their own account.
pub(crate) fn rabbit_program(program: &'static str) -> Result<PathBuf, ServerError> {
    let folders =
        ["/usr/lib/rabbitmq/bin", "/opt/homebrew/opt/rabbitmq/sbin", "/usr/local/opt/rabbitmq/sbin"];
    find(folders.iter().map(PathBuf::from).chain(search_path()), program)
        .ok_or(ServerError::Missing { program, looked: "/usr/lib/rabbitmq/bin, Homebrew, PATH".into() })
}

pub(crate) fn epmd_program() -> Result<PathBuf, ServerError> {
    let folders = ["/usr/bin", "/opt/homebrew/bin", "/opt/homebrew/opt/erlang/bin", "/usr/local/bin"];
    find(folders.iter().map(PathBuf::from).chain(search_path()), "epmd")
        .ok_or(ServerError::Missing { program: "epmd", looked: "/usr/bin, Homebrew, PATH".into() })
}

/// What of the servers is not installed; empty when all is there.
pub fn missing_servers() -> Vec<ServerError> {
    [postgres_program("postgres"), rabbit_program("rabbitmq-server"), epmd_program()]
        .into_iter()
        .filter_map(Result::err)
        .collect()
}

fn find(mut folders: impl Iterator<Item = PathBuf>, program: &str) -> Option<PathBuf> {
    folders.find_map(|folder| Some(folder.join(program)).filter(|path| path.is_file()))
}

fn search_path() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect::<Vec<_>>().into_iter()
}

/// Folders that may hold PostgreSQL's programs, the newest version first.
fn postgres_folders() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for base in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"] {
        let entries = std::fs::read_dir(base).into_iter().flatten().flatten();
        found.extend(entries.filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let version = name.strip_prefix("postgresql@").unwrap_or(&name).parse::<u32>().ok()?;
            Some((version, entry.path().join("bin")))
        }));
    }
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, folder)| folder).chain(search_path()).collect()
}
