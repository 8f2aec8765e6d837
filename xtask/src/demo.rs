//! `cargo xtask demo`: the demo site with its own OpenID Provider, until Ctrl-C.

use crate::bundle;
use crate::engine::Optimisation;
use crate::failure::Outcome;
use crate::node::Node;
use crate::process;
use crate::workspace::Workspace;

/// Builds, then runs `tests/demo.js`. Ctrl-C reaches it by itself: it shares our terminal.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    bundle::build(workspace, Optimisation::Smallest)?;
    let node = Node::ready(workspace)?;
    process::heading("demo");
    process::run(node.node().arg("tests/demo.js"))
}
