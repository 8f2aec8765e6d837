//! `cargo xtask test`: every check, the browser's last, so that its runner has the last word.

use crate::boundaries;
use crate::bundle;
use crate::chromium;
use crate::engine::{Optimisation, PACKAGE};
use crate::failure::{Failure, Outcome};
use crate::fuzz;
use crate::node::Node;
use crate::process;
use crate::setup;
use crate::size;
use crate::table;
use crate::toolchain;
use crate::workspace::Workspace;
use std::fs;
use std::path::PathBuf;

/// How many browsers run at once.
const CONCURRENCY: &str = "--test-concurrency=2";

/// Everything, in the order of how soon it tells.
pub(crate) fn everything(workspace: &Workspace) -> Outcome {
    lint(workspace)?;
    native(workspace, None)?;
    fuzz::briefly(workspace)?;
    types(workspace)?;
    bundle::build(workspace, Optimisation::Smallest)?;
    process::heading("size");
    // Told, not judged: `cargo xtask size --check` judges.
    size::report(workspace)?;
    browser(workspace, None)
}

/// Format, lints and boundaries, here and for WebAssembly.
fn lint(workspace: &Workspace) -> Outcome {
    toolchain::linters(workspace)?;
    toolchain::wasm_target(workspace)?;
    process::heading("format");
    process::run(workspace.cargo().args(["fmt", "--all", "--check"]))?;
    process::heading("boundaries");
    boundaries::check(workspace)?;
    process::heading("clippy");
    process::run(workspace.cargo().args([
        "clippy",
        "--quiet",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ]))?;
    for package in [PACKAGE, setup::PACKAGE] {
        process::heading(&format!("clippy {package}, WebAssembly"));
        process::run(workspace.cargo().args([
            "clippy",
            "--quiet",
            "--package",
            package,
            "--target",
            toolchain::WASM,
            "--",
            "--deny",
            "warnings",
        ]))?;
    }
    Ok(())
}

/// The tests that need no browser.
pub(crate) fn native(workspace: &Workspace, filter: Option<&str>) -> Outcome {
    process::heading("native tests");
    process::run(workspace.cargo().args(["test", "--workspace"]).args(filter))
}

/// The types of the JavaScript, ours and those that integrators get.
pub(crate) fn types(workspace: &Workspace) -> Outcome {
    let node = Node::ready(workspace)?;
    for project in projects(workspace)? {
        process::heading(&format!("tsc, {}", project.display()));
        process::run(node.command("tsc").arg("--project").arg(project))?;
    }
    Ok(())
}

/// Builds, then runs the specs in Chromium.
pub(crate) fn browser(workspace: &Workspace, filter: Option<&str>) -> Outcome {
    let specs = specs(workspace, filter)?;
    let chromium = chromium::find()?;
    bundle::build(workspace, Optimisation::Smallest)?;
    process::heading("browser tests");
    let node = Node::ready(workspace)?;
    let results = table::empty_folder(workspace)?;
    let outcome = process::run(
        node.node()
            .args([
                "--test",
                CONCURRENCY,
                "--test-timeout=1200000",
                "--test-reporter=spec",
            ])
            .args(specs)
            .env("CHROMIUM", chromium)
            .env("RESULTS", results),
    );
    let told = table::totals(workspace, &node);
    outcome.and(told)
}

/// Every `tests/**/tsconfig*.json`, two folders deep.
fn projects(workspace: &Workspace) -> Outcome<Vec<PathBuf>> {
    let tests = workspace.tests();
    let mut found = Vec::new();
    for folder in [tests.clone(), tests.join("types")] {
        found.extend(files(&folder)?.into_iter().filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("tsconfig") && name.ends_with(".json")
        }));
    }
    if found.is_empty() {
        return Err(Failure::new("no tsconfig.json was found in tests/"));
    }
    Ok(found)
}

fn specs(workspace: &Workspace, filter: Option<&str>) -> Outcome<Vec<PathBuf>> {
    let filter = filter.unwrap_or_default();
    let mut found = files(&workspace.tests().join("e2e"))?;
    found.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".spec.js") && name.contains(filter)
    });
    if found.is_empty() {
        return Err(Failure::new(format!(
            "no spec in tests/e2e has `{filter}` in its name"
        )));
    }
    Ok(found)
}

fn files(folder: &std::path::Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(Failure::file("read", folder))?;
    let mut found = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(Failure::file("read", folder))?;
    found.sort();
    Ok(found)
}
