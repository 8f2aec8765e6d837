//! `cargo xtask bench`: figures about a running session; no part of the tests.

use crate::bundle;
use crate::chromium;
use crate::engine::Optimisation;
use crate::failure::Outcome;
use crate::node::Node;
use crate::process;
use crate::workspace::Workspace;

/// Builds, then measures in Chromium.
pub(crate) fn session(workspace: &Workspace) -> Outcome {
    let chromium = chromium::find()?;
    bundle::build(workspace, Optimisation::Smallest)?;
    process::heading("bench: session");
    let node = Node::ready(workspace)?;
    process::run(
        node.node()
            .arg(workspace.tests().join("bench/session.js"))
            .env("CHROMIUM", chromium),
    )
}
