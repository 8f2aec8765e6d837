//! Where things are: the folders of the project.

use crate::failure::{Failure, Outcome};
use crate::process;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders of the project.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Outcome<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .ok_or_else(|| Failure::new("xtask has no folder above it"))?
            .to_path_buf();
        let metadata = process::output(cargo().current_dir(&root).args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
        ]))?;
        let metadata: serde_json::Value = serde_json::from_str(&metadata)
            .map_err(|error| Failure::new(format!("cargo metadata printed no JSON: {error}")))?;
        let target = metadata["target_directory"]
            .as_str()
            .ok_or_else(|| Failure::new("cargo metadata names no target directory"))?
            .into();
        Ok(Self { root, target })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// What is shipped.
    pub(crate) fn pkg(&self) -> PathBuf {
        self.root.join("pkg")
    }

    /// The sources of the JavaScript that is shipped.
    pub(crate) fn www(&self) -> PathBuf {
        self.root.join("www")
    }

    /// The set-up page's own files, the built ones among them.
    pub(crate) fn setup(&self) -> PathBuf {
        self.www().join("setup")
    }

    /// Everything that runs in Node.
    pub(crate) fn tests(&self) -> PathBuf {
        self.root.join("tests")
    }

    /// What must hold of every input.
    pub(crate) fn fuzz(&self) -> PathBuf {
        self.root.join("fuzz")
    }

    /// Cargo's own folder for what it compiles.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Intermediate files of `cargo xtask build`.
    pub(crate) fn workshop(&self) -> PathBuf {
        self.target.join("messenger-auth")
    }

    /// Cargo, run in the project.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root);
        command
    }
}

/// The cargo that runs us.
fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
