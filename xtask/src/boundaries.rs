//! Which crate may depend on what: the promises of the architecture that Cargo can answer.

use crate::failure::{Failure, Outcome};
use crate::process;
use crate::toolchain;
use crate::workspace::Workspace;

/// What the login must not be able to name: the browser, a clock, dice, a runtime.
const BROWSER: &[&str] = &[
    "futures-executor",
    "getrandom",
    "gloo-net",
    "js-sys",
    "leptos",
    "rand",
    "tokio",
    "wasm-bindgen",
    "wasm-bindgen-futures",
    "web-sys",
    "web-time",
];

/// Fails when `protocol` could reach the browser, or when a plain `cargo test` would compile it.
pub(crate) fn check(workspace: &Workspace) -> Outcome {
    check_tree(
        workspace,
        "messenger-auth-protocol",
        &["--target", toolchain::WASM],
    )?;
    check_tree(workspace, "messenger-auth-protocol", &[])?;
    check_tree(workspace, "messenger-auth", &[])?;
    check_tree(workspace, "messenger-auth-setup", &[])
}

fn check_tree(workspace: &Workspace, package: &str, target: &[&str]) -> Outcome {
    let tree = process::output(
        workspace
            .cargo()
            .args([
                "tree",
                "--package",
                package,
                "--edges",
                "normal",
                "--prefix",
                "none",
            ])
            .args(["--format", "{p}"])
            .args(target),
    )?;
    let found = forbidden(&tree);
    if found.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{package} {} depends on {}; `cargo tree --package {package} {} --invert <crate>` shows how",
        target
            .last()
            .map_or("on this machine", |_| "in WebAssembly"),
        found.join(", "),
        target.join(" "),
    )))
}

fn forbidden(tree: &str) -> Vec<&str> {
    let mut found: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| BROWSER.contains(name))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::forbidden;

    #[test]
    fn finds_whole_names_once() {
        let tree = "messenger-auth-protocol v0.1.0 (/p)\nrand_core v0.6.4\njs-sys v0.3.1\njs-sys v0.3.1 (*)";
        assert_eq!(forbidden(tree), ["js-sys"]);
    }
}
