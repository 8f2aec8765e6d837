//! The WebAssembly with its glue: cargo, wasm-bindgen, wasm-opt.

use crate::digest;
use crate::failure::{Failure, Outcome};
use crate::glue::{Glue, Names};
use crate::node::Node;
use crate::order;
use crate::process;
use crate::toolchain;
use crate::workspace::Workspace;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// The package that becomes the WebAssembly.
pub(crate) const PACKAGE: &str = "messenger-auth";

/// What rustc's WebAssembly target uses by default; wasm-opt refuses what is not named here.
pub(crate) const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What wasm-opt does. Measured on this project after brotli: turning loops and branches round
/// takes off 1 %, offsets in loads 0.3 %, locals shared once more 0.1 %; `--converge`, `-Os`, and
/// `opt-level = "s"` take off nothing or add.
const SMALLEST: &[&str] = &[
    // The stack's far end lies there.
    "--low-memory-unused",
    "-Oz",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--coalesce-locals-learning",
];

/// What wasm-opt does with the functions in order: once more as before takes off another 0.4 %.
const ORDERED: &[&str] = &[
    "--low-memory-unused",
    "-Oz",
    "--coalesce-locals-learning",
    "--reorder-functions-by-name",
];

/// What rustc leaves out, where it compiles the standard library too: the texts of panics, which
/// a browser shows nobody, and what makes them. The first two are LLVM's: loads moved ahead of branches and
/// loops rewritten take more room than they save. So do JavaScript's values in a table of WebAssembly's
/// instead of an array, and two passes of rustc's own that LLVM does better.
const LEAN: &[&str] = &[
    "-Cllvm-args=-enable-load-pre=false",
    "-Cllvm-args=-disable-lsr",
    "-Ctarget-feature=-reference-types",
    "-Zmir-enable-passes=-JumpThreading,-GVN",
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
];

/// How cargo is told to compile the standard library.
const WITH_STD: &[&str] = &[
    "-Zbuild-std=std,panic_abort",
    "-Zbuild-std-features=optimize_for_size",
];

/// What wasm-opt takes away, names included; it prints the short ones that it gives.
const STRIP: &[&str] = &[
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
    "--minify-imports-and-exports-and-modules",
];

/// What makes the intermediate files.
const SOURCES: &str = concat!(
    include_str!("engine.rs"),
    include_str!("glue.rs"),
    include_str!("order.rs")
);

/// The global that wasm-bindgen's output declares.
const GLOBAL: &str = "wasm_bindgen";

/// How much time a build takes for its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Optimisation {
    /// What is shipped.
    Smallest,
    /// For quick turns while developing.
    None,
}

/// The two files that wasm-bindgen writes, the WebAssembly made small.
pub(crate) struct Engine {
    /// JavaScript that declares a variable `wasm_bindgen`.
    pub(crate) glue: String,
    /// The WebAssembly as it is shipped.
    pub(crate) wasm: Vec<u8>,
}

impl Engine {
    /// Compiles; what follows cargo is skipped when cargo's result is the one of last time.
    pub(crate) fn build(
        node: &Node,
        workspace: &Workspace,
        optimisation: Optimisation,
    ) -> Outcome<Self> {
        let compiled = compile(workspace, PACKAGE)?;
        let files = Files::of(workspace);
        let key = key(node, &compiled, optimisation, SOURCES)?;
        if !fs::read_to_string(&files.key).is_ok_and(|made| made == key) {
            let _ = fs::remove_file(&files.key);
            let mut glue = bind(&compiled, &files)?;
            match optimisation {
                Optimisation::Smallest => glue.rename(&optimise(node, &files)?)?,
                Optimisation::None => {
                    fs::copy(&files.named, &files.wasm)
                        .map_err(Failure::file("copy", &files.named))?;
                }
            }
            fs::write(&files.glue, glue.text()).map_err(Failure::file("write", &files.glue))?;
            fs::write(&files.key, key).map_err(Failure::file("write", &files.key))?;
        }
        Ok(Self {
            glue: fs::read_to_string(&files.glue).map_err(Failure::file("read", &files.glue))?,
            wasm: fs::read(&files.wasm).map_err(Failure::file("read", &files.wasm))?,
        })
    }
}

/// The WebAssembly after wasm-bindgen, functions still named: for `size --crates`.
pub(crate) fn named(workspace: &Workspace) -> PathBuf {
    Files::of(workspace).named
}

/// The files in the workshop.
struct Files {
    folder: PathBuf,
    /// What the others were made from.
    key: PathBuf,
    /// wasm-bindgen's WebAssembly, functions named.
    named: PathBuf,
    glue: PathBuf,
    wasm: PathBuf,
}

impl Files {
    fn of(workspace: &Workspace) -> Self {
        let folder = workspace.workshop();
        Self {
            key: folder.join("engine.key"),
            named: folder.join("engine_bg.wasm"),
            glue: folder.join("engine.glue.js"),
            wasm: folder.join("engine.wasm"),
            folder,
        }
    }
}

/// A package of ours, to WebAssembly.
///
/// The standard library is compiled with everything else: as it comes, it adds a tenth after
/// brotli. That is an unstable feature of a stable compiler, and what we ship is tested as it is shipped.
pub(crate) fn compile(workspace: &Workspace, package: &str) -> Outcome<PathBuf> {
    toolchain::wasm_target(workspace)?;
    let lean =
        toolchain::standard_library(workspace) && toolchain::takes(workspace, LEAN, WITH_STD);
    process::heading(&format!("cargo build {package}, to WebAssembly"));
    process::run(
        workspace
            .cargo()
            .args(["fetch", "--quiet", "--target", toolchain::WASM]),
    )?;
    let mut cargo = workspace.cargo();
    let mut flags = remapped()?;
    if lean {
        flags.extend(LEAN.iter().map(|&flag| flag.to_owned()));
        cargo.env("RUSTC_BOOTSTRAP", "1");
    }
    process::run(
        cargo
            // Told here once more: beside an rlib cargo compiles a cdylib without LTO (+14 %).
            .args([
                "rustc",
                "--release",
                "--lib",
                "--crate-type",
                "cdylib",
                "--package",
                package,
            ])
            .args(["--target", toolchain::WASM])
            .args(WITH_STD.iter().filter(|_| lean))
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
            // wasm-bindgen reads the target's features, `size --crates` the functions' names;
            // wasm-opt strips both.
            .env("CARGO_PROFILE_RELEASE_STRIP", "none"),
    )?;
    Ok(workspace
        .target()
        .join(toolchain::WASM)
        .join("release")
        .join(format!("{}.wasm", package.replace('-', "_"))))
}

/// Leaves this machine's folders out of the panic messages, so that every machine builds the
/// same bytes and so the same hashes.
fn remapped() -> Outcome<Vec<String>> {
    let cargo_home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .ok_or_else(|| Failure::new("neither CARGO_HOME nor a home directory is set"))?;
    remapped_below(&cargo_home.join("registry").join("src"))
}

/// A flag for each folder in `registries`, which is not there where all crates are vendored.
fn remapped_below(registries: &Path) -> Outcome<Vec<String>> {
    let entries = match fs::read_dir(registries) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(Failure::file("read", registries))?,
    };
    let mut flags = Vec::new();
    for registry in entries {
        let registry = registry.map_err(Failure::file("read", registries))?;
        flags.push(format!(
            "--remap-path-prefix={}=",
            registry.path().display()
        ));
    }
    flags.sort();
    Ok(flags)
}

/// wasm-bindgen, classic script form, without what nobody calls.
fn bind(compiled: &Path, files: &Files) -> Outcome<Glue> {
    process::heading("wasm-bindgen");
    let bindgen = |error| Failure::new(format!("wasm-bindgen: {error:?}"));
    let mut bound = Bindgen::new()
        .input_path(compiled)
        .out_name("engine")
        .typescript(false)
        .omit_default_module_path(true)
        .no_modules(true)
        .and_then(|settings| settings.no_modules_global(GLOBAL))
        .and_then(Bindgen::generate_output)
        .map_err(bindgen)?;
    bound.emit(&files.folder).map_err(bindgen)?;

    let written = files.folder.join("engine.js");
    let written = fs::read_to_string(&written).map_err(Failure::file("read", &written))?;
    let mut glue = Glue::new(&written);
    glue.cut_current_script()?;
    glue.guard()?;
    glue.load_simply()?;

    let used = glue.exports();
    let exports = &mut bound.wasm_mut().exports;
    let mut unused = Vec::new();
    for export in exports.iter().filter(|export| !used.contains(&export.name)) {
        unused.push(export.id());
    }
    for export in unused {
        exports.delete(export);
    }
    let wasm = bound.wasm_mut().emit_wasm();
    fs::write(&files.named, wasm).map_err(Failure::file("write", &files.named))?;
    Ok(glue)
}

fn optimise(node: &Node, files: &Files) -> Outcome<Names> {
    process::heading("wasm-opt");
    let names = Names::parse(&wasm_opt(node, &files.named, STRIP, &files.wasm)?)?;
    let small = fs::read(&files.wasm).map_err(Failure::file("read", &files.wasm))?;
    let ranked = order::ranked(&small).map_err(Failure::file("parse", &files.wasm))?;
    fs::write(&files.wasm, ranked).map_err(Failure::file("write", &files.wasm))?;
    pass(node, &files.wasm, ORDERED, &files.wasm)?;
    Ok(names)
}

/// Makes WebAssembly small; `last` comes after everything else. What it prints is returned.
pub(crate) fn wasm_opt(node: &Node, from: &Path, last: &[&str], to: &Path) -> Outcome<String> {
    pass(node, from, &[SMALLEST, last].concat(), to)
}

fn pass(node: &Node, from: &Path, passes: &[&str], to: &Path) -> Outcome<String> {
    process::output(
        node.command("wasm-opt")
            .args(FEATURES)
            .args(passes)
            .arg(from)
            .arg("--output")
            .arg(to),
    )
}

/// What the files depend on that `sources`, the code that makes them, makes of what cargo has compiled.
pub(crate) fn key(
    node: &Node,
    compiled: &Path,
    optimisation: Optimisation,
    sources: &str,
) -> Outcome<String> {
    let bytes = fs::read(compiled).map_err(Failure::file("read", compiled))?;
    Ok(format!(
        "{} {optimisation:?} {} {}",
        digest::integrity(&bytes),
        digest::integrity(sources.as_bytes()),
        node.packages()
    ))
}

#[cfg(test)]
mod tests {
    use super::remapped_below;
    use std::path::Path;

    #[test]
    fn each_registry_is_remapped_and_none_is_no_failure() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let flags = remapped_below(&folder.join("src")).unwrap();
        let own = format!(
            "--remap-path-prefix={}=",
            folder.join("src/engine.rs").display()
        );
        assert!(flags.contains(&own) && flags.is_sorted(), "{flags:?}");
        assert_eq!(remapped_below(&folder.join("vendored")).unwrap(), [""; 0]);
    }
}
