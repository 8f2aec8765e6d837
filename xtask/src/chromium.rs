//! The browser that the tests drive.

use crate::failure::{Failure, Outcome};
use crate::process;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Where a Chromium or Chrome is looked for, in this order.
const CANDIDATES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
];

const REMEDY: &str = "The browser tests need Chromium or Chrome. Install one, or set CHROMIUM to its path \
     (Debian: apt-get install chromium).";

/// The path of a browser that starts; installs Debian's package where that is possible.
pub(crate) fn find() -> Outcome<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM").filter(|value| !value.is_empty()) {
        let path = PathBuf::from(named);
        return if starts(&path) {
            Ok(path)
        } else {
            Err(Failure::new(format!(
                "CHROMIUM names {}, which does not start. {REMEDY}",
                path.display()
            )))
        };
    }
    if let Some(path) = installed() {
        return Ok(path);
    }
    install();
    installed().ok_or_else(|| Failure::new(format!("no browser was found. {REMEDY}")))
}

fn installed() -> Option<PathBuf> {
    CANDIDATES
        .iter()
        .filter_map(|name| on_path(name))
        .find(starts)
}

/// The full path of a program; a path stays as it is.
fn on_path(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// Whether it is a browser and not a note that one is to be had elsewhere, as on Ubuntu.
fn starts(path: &PathBuf) -> bool {
    // Chrome on Windows opens a window instead of printing its version.
    cfg!(windows) && path.is_file() || process::succeeds(Command::new(path).arg("--version"))
}

/// Tries Debian's package manager; whether that worked is for the caller to see.
fn install() {
    if !process::succeeds(Command::new("apt-get").arg("--version")) {
        return;
    }
    process::heading("apt-get install chromium");
    for arguments in [
        &["update", "--quiet=2"][..],
        &[
            "install",
            "--yes",
            "--quiet=2",
            "--no-install-recommends",
            "chromium",
        ],
    ] {
        let tried = process::run(
            Command::new("apt-get")
                .args(arguments)
                .env("DEBIAN_FRONTEND", "noninteractive")
                .stdin(Stdio::null()),
        );
        if let Err(failure) = tried {
            eprintln!("{failure}");
        }
    }
}
