//! The table of attacks and their results, from what the browser tests left behind.

use crate::failure::{Failure, Outcome};
use crate::node::Node;
use crate::process;
use crate::workspace::Workspace;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A fresh folder for the results of a run.
pub(crate) fn empty_folder(workspace: &Workspace) -> Outcome<PathBuf> {
    let folder = folder(workspace);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(Failure::file("remove", &folder))?;
    }
    fs::create_dir_all(&folder).map_err(Failure::file("create", &folder))?;
    Ok(folder)
}

/// Prints the totals of the last run, where it had any of the attacks.
pub(crate) fn totals(workspace: &Workspace, node: &Node<'_>) -> Outcome {
    process::run(&mut script(workspace, node))
}

/// `cargo xtask table`: writes the results of the last run of all browser tests into `docs/`.
pub(crate) fn write(workspace: &Workspace) -> Outcome {
    let node = Node::ready(workspace)?;
    process::run(script(workspace, &node).arg(workspace.root().join("docs/attacks-results.md")))
}

fn script(workspace: &Workspace, node: &Node<'_>) -> Command {
    let mut command = node.node();
    command
        .arg(workspace.tests().join("e2e/support/table.js"))
        .arg(folder(workspace));
    command
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.workshop().join("results")
}
