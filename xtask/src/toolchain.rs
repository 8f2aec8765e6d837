//! The Rust side of a fresh machine: target and components.

use crate::failure::{Failure, Outcome};
use crate::process;
use crate::workspace::Workspace;
use std::path::Path;
use std::process::Command;

/// The target of everything that runs in a browser.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Sees that the standard library for WebAssembly is there.
pub(crate) fn wasm_target(workspace: &Workspace) -> Outcome {
    let library = process::output(Command::new("rustc").current_dir(workspace.root()).args([
        "--print",
        "target-libdir",
        "--target",
        WASM,
    ]))?;
    if Path::new(library.trim()).exists() {
        return Ok(());
    }
    rustup(workspace, &["target", "add", WASM])
}

/// Whether the sources of the standard library are there, after trying to get them.
pub(crate) fn standard_library(workspace: &Workspace) -> bool {
    let is_there = || {
        let mut rustc = Command::new("rustc");
        rustc.current_dir(workspace.root());
        process::output(rustc.args(["--print", "sysroot"])).is_ok_and(|sysroot| {
            Path::new(sysroot.trim())
                .join("lib/rustlib/src/rust/library/Cargo.lock")
                .exists()
        })
    };
    if is_there() || rustup(workspace, &["component", "add", "rust-src"]).is_ok() && is_there() {
        return true;
    }
    println!(
        "The standard library's sources (rust-src) are not to be had: it is taken as it comes, \
         and the WebAssembly becomes a tenth larger."
    );
    false
}

/// Whether this Rust takes flags that are unstable, and so promised to no next one.
pub(crate) fn takes(workspace: &Workspace, rustc_flags: &[&str], cargo_flags: &[&str]) -> bool {
    // Neither compiles anything; LLVM reads its own flags to say what the target has.
    let mut rustc = Command::new("rustc");
    rustc.current_dir(workspace.root()).args(rustc_flags);
    rustc.args(["--print", "cfg", "--target", WASM]);
    let mut cargo = workspace.cargo();
    cargo.args(cargo_flags).arg("locate-project");
    let takes = |asked: &mut Command| process::succeeds(asked.env("RUSTC_BOOTSTRAP", "1"));
    if takes(&mut rustc) && takes(&mut cargo) {
        return true;
    }
    println!(
        "This Rust refuses one of the unstable flags in xtask/src/engine.rs: it is built without \
         them, and the WebAssembly becomes a tenth larger."
    );
    false
}

/// Sees that clippy and rustfmt are there.
pub(crate) fn linters(workspace: &Workspace) -> Outcome {
    for (subcommand, component) in [("clippy", "clippy"), ("fmt", "rustfmt")] {
        if !process::succeeds(workspace.cargo().args([subcommand, "--version"])) {
            rustup(workspace, &["component", "add", component])?;
        }
    }
    Ok(())
}

fn rustup(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let line = arguments.join(" ");
    process::heading(&format!("rustup {line}"));
    let mut command = Command::new("rustup");
    command.current_dir(workspace.root()).args(arguments);
    process::run(&mut command).map_err(|failure| {
        Failure::new(format!(
            "{failure}\nThis Rust lacks something: install Rust by rustup (https://rustup.rs), \
             or add the equivalent of `rustup {line}` by your system's packages."
        ))
    })
}
