//! Node and the npm packages of `tests/`.

use crate::digest;
use crate::failure::{Failure, Outcome};
use crate::process;
use crate::workspace::Workspace;
use std::fs;
use std::process::{Command, Stdio};

/// The first version that has every option of the test runner used here.
const OLDEST: (u32, u32) = (20, 11);

/// Node with the packages of `tests/package-lock.json` installed.
pub(crate) struct Node<'w> {
    workspace: &'w Workspace,
    /// The lock file's hash.
    packages: String,
}

impl<'w> Node<'w> {
    /// Checks Node's version, then installs the packages unless they are there.
    pub(crate) fn ready(workspace: &'w Workspace) -> Outcome<Self> {
        check_version()?;
        let packages = install(workspace)?;
        Ok(Self {
            workspace,
            packages,
        })
    }

    /// Another text for other packages: for what is made with them and kept.
    pub(crate) fn packages(&self) -> &str {
        &self.packages
    }

    /// `node`, run in the project.
    pub(crate) fn node(&self) -> Command {
        let mut command = Command::new("node");
        command.current_dir(self.workspace.root());
        command
    }

    /// A command that an npm package brought.
    pub(crate) fn command(&self, name: &str) -> Command {
        let name = if cfg!(windows) {
            format!("{name}.cmd")
        } else {
            name.to_owned()
        };
        let path = self.workspace.tests().join("node_modules/.bin").join(name);
        let mut command = Command::new(path);
        command.current_dir(self.workspace.root());
        command
    }
}

fn check_version() -> Outcome {
    let (major, minor) = OLDEST;
    let wanted = format!("Install Node {major}.{minor} or later (https://nodejs.org).");
    let printed = process::output(Command::new("node").arg("--version"))
        .map_err(|failure| Failure::new(format!("{failure}\n{wanted}")))?;
    match version(&printed) {
        Some(found) if found >= OLDEST => Ok(()),
        _ => Err(Failure::new(format!(
            "this is Node {}. {wanted}",
            printed.trim()
        ))),
    }
}

fn version(printed: &str) -> Option<(u32, u32)> {
    let mut parts = printed.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// `npm ci`, unless the packages are those of the lock file already; gives the lock file's hash.
fn install(workspace: &Workspace) -> Outcome<String> {
    let tests = workspace.tests();
    let lock = tests.join("package-lock.json");
    let mark = tests.join("node_modules/.installed");
    let wanted = digest::integrity(&fs::read(&lock).map_err(Failure::file("read", &lock))?);
    if fs::read_to_string(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(wanted);
    }
    process::heading("npm ci");
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    process::run(
        Command::new(npm)
            .current_dir(&tests)
            .stdin(Stdio::null())
            .args(["ci", "--no-audit", "--no-fund"]),
    )?;
    fs::write(&mark, &wanted).map_err(Failure::file("write", &mark))?;
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::{OLDEST, version};

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(version("v20.9.0\n") < Some(OLDEST));
        assert!(version("v20.11.0\n") >= Some(OLDEST));
        assert!(version("v100.0.0\n") >= Some(OLDEST));
        assert_eq!(version("20"), None);
    }
}
