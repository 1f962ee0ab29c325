//! Files that have an age: the certificate of the ingress, and the newest backup.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use x509_parser::pem::Pem;

use super::finding::{CheckId, Finding};

/// Files that are looked at where they are named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DoctorFiles {
    /// The certificate of the ingress.
    pub(crate) certificate: Option<PathBuf>,
    /// The newest backup, or the folder that it is in.
    pub(crate) backup: Option<PathBuf>,
    /// How old the newest backup may be.
    pub(crate) backup_age: Duration,
}

/// A certificate that ends sooner than this is to be renewed now.
const RENEW: SignedDuration = SignedDuration::from_hours(14 * 24);

pub(super) fn check(files: &DoctorFiles, now: Timestamp) -> Vec<Finding> {
    let certificate = match &files.certificate {
        Some(path) => certificate(&std::fs::read(path).map_err(|e| e.to_string()), now),
        None => Finding::skipped(CheckId::Certificate, "none is named: INGRESS_TLS_CERT, or --certificate"),
    };
    let backup = match &files.backup {
        Some(path) => {
            let most = SignedDuration::try_from(files.backup_age).unwrap_or(SignedDuration::MAX);
            backup(newest(path), most, now)
        }
        None => Finding::skipped(CheckId::Backup, "none is named: --backup"),
    };
    vec![certificate, backup]
}

/// The first certificate of a PEM file is the server's own.
fn certificate(pem: &Result<Vec<u8>, String>, now: Timestamp) -> Finding {
    let check = CheckId::Certificate;
    let pem = match pem {
        Ok(pem) => pem,
        Err(error) => return Finding::failed(check, format!("it cannot be read: {error}"), "check the path"),
    };
    let Some((from, until)) = validity(pem) else {
        return Finding::failed(check, "the file holds no certificate", "write the certificate in PEM form");
    };
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
    if now < from {
        return Finding::failed(
            check,
            format!("it is valid from {} only", day(from)),
            "use one that is valid now",
        );
    }
    let found = format!("it is valid until {}", day(until));
    match until.duration_since(now) {
        left if left <= SignedDuration::ZERO => {
            Finding::failed(check, found, "renew it: Stripe cannot deliver")
        }
        left if left < RENEW => {
            Finding::failed(check, found, "renew it; the ingress reads it again by itself")
        }
        _ => Finding::ok(check, found),
    }
}

fn validity(pem: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let block = Pem::iter_from_buffer(pem).flatten().find(|block| block.label == "CERTIFICATE")?;
    let validity = block.parse_x509().ok()?.validity().clone();
    let at = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
    Some((at(validity.not_before)?, at(validity.not_after)?))
}

/// When a file was last written, or the newest file of a folder.
fn newest(path: &Path) -> Result<Timestamp, String> {
    let written = |path: &Path| {
        let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified());
        modified
            .map_err(|e| e.to_string())
            .and_then(|at: SystemTime| Timestamp::try_from(at).map_err(|e| e.to_string()))
    };
    if !path.is_dir() {
        return written(path);
    }
    let entries = std::fs::read_dir(path).map_err(|e| e.to_string())?.flatten();
    let files = entries.filter(|entry| entry.path().is_file());
    let newest = files.filter_map(|entry| written(&entry.path()).ok()).max();
    newest.ok_or_else(|| "the folder holds no file".to_owned())
}

fn backup(written: Result<Timestamp, String>, most: SignedDuration, now: Timestamp) -> Finding {
    let (check, remedy) = (CheckId::Backup, "find out why no backup was made");
    match written {
        Err(error) => Finding::failed(check, error, remedy),
        Ok(at) => {
            let found = format!("the newest is of {}", at.strftime("%Y-%m-%d %H:%M:%SZ"));
            if now.duration_since(at) > most {
                return Finding::failed(check, found, remedy);
            }
            Finding::ok(check, found)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::CheckStatus;

    const DAY: SignedDuration = SignedDuration::from_hours(24);

    #[test]
    fn a_backup_may_be_as_old_as_is_said() {
        let now = Timestamp::UNIX_EPOCH + DAY * 100;
        let status = |days: i32| backup(Ok(now - DAY * days), DAY * 2, now).status;
        assert_eq!(
            (status(1), status(2), status(3)),
            (CheckStatus::Ok, CheckStatus::Ok, CheckStatus::Failed)
        );
        assert_eq!(backup(Err("no such file".to_owned()), DAY, now).status, CheckStatus::Failed);
    }

    #[test]
    fn what_is_no_certificate_is_named() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(certificate(&Ok(b"no certificate".to_vec()), now).found, "the file holds no certificate");
        assert_eq!(certificate(&Err("gone".to_owned()), now).status, CheckStatus::Failed);
    }
}
