//! `cargo xtask demo`: the demo site with a stand-in for every messenger and issuer.

use crate::bundle;
use crate::chromium;
use crate::engine::Optimisation;
use crate::failure::Outcome;
use crate::node::Node;
use crate::process;
use crate::workspace::Workspace;

/// Builds, then runs `tests/demo.js` until Ctrl-C, which reaches it by itself: it shares our terminal.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    bundle::build(workspace, Optimisation::Smallest)?;
    let node = Node::ready(workspace)?;
    process::heading("demo");
    process::run(node.node().arg("tests/demo.js"))
}

/// Builds, then makes the pictures in `docs/` anew, all or those named.
pub(crate) fn pictures(workspace: &Workspace, names: &[&str]) -> Outcome {
    let chromium = chromium::find()?;
    bundle::build(workspace, Optimisation::Smallest)?;
    let node = Node::ready(workspace)?;
    process::heading("pictures of the demo");
    process::run(
        node.node()
            .arg("tests/pictures.js")
            .args(names)
            .env("CHROMIUM", chromium),
    )
}
