//! The set-up page's WebAssembly with its glue, beside the page in `www/setup/`.
//!
//! Nothing of it goes into `pkg/`: what a customer's page loads knows nothing of it.

use crate::engine::{self, Optimisation};
use crate::failure::{Failure, Outcome};
use crate::node::Node;
use crate::process;
use crate::workspace::Workspace;
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// The package that becomes the page.
pub(crate) const PACKAGE: &str = "messenger-auth-setup";

/// The files that are made, without their ends.
const NAME: &str = "engine";

/// Compiles; what follows cargo is skipped when cargo's result is the one of last time.
pub(crate) fn build(node: &Node, workspace: &Workspace, optimisation: Optimisation) -> Outcome {
    let compiled = engine::compile(workspace, PACKAGE)?;
    let folder = workspace.setup();
    let key_file = workspace.workshop().join("setup.key");
    let key = engine::key(node, &compiled, optimisation, include_str!("setup.rs"))?;
    let wasm = folder.join(format!("{NAME}_bg.wasm"));
    let glue = folder.join(format!("{NAME}.js"));
    if wasm.exists() && glue.exists() && fs::read_to_string(&key_file).is_ok_and(|made| made == key)
    {
        return Ok(());
    }
    let _ = fs::remove_file(&key_file);
    bind(&compiled, &folder)?;
    if optimisation == Optimisation::Smallest {
        process::heading("wasm-opt, set-up page");
        process::run(
            node.command("wasm-opt")
                .args(engine::FEATURES)
                .args(["-Oz", "--strip-debug", "--strip-producers"])
                .arg(&wasm)
                .arg("--output")
                .arg(&wasm),
        )?;
    }
    fs::write(&key_file, key).map_err(Failure::file("write", &key_file))
}

/// wasm-bindgen, as a module.
fn bind(compiled: &Path, folder: &Path) -> Outcome {
    process::heading("wasm-bindgen, set-up page");
    Bindgen::new()
        .input_path(compiled)
        .out_name(NAME)
        .typescript(false)
        .web(true)
        .and_then(|settings| settings.generate(folder))
        .map_err(|error| Failure::new(format!("wasm-bindgen: {error:?}")))
}
