//! `cargo xtask build`: the files of `pkg/`, each made after those whose hash it carries; then the set-up page.

use crate::artifact::{self, VERSION};
use crate::digest;
use crate::engine::{Engine, Optimisation};
use crate::failure::{Failure, Outcome};
use crate::node::Node;
use crate::notices;
use crate::process;
use crate::setup;
use crate::workspace::Workspace;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The oldest browsers that run what rustc makes of the WebAssembly target by default.
const BROWSERS: &str = "--target=chrome96,firefox95,safari15";

/// Tag managers still check for it in what is pasted into them.
const ECMASCRIPT_5: &str = "--target=es5";

/// The key in `src/ui/text.json` of the words on the loader's placeholder button.
const PLACEHOLDER: &str = "sign-in";

/// What terser is to do with what esbuild has made: in the language of `BROWSERS`, or in ES 5.
const COMPRESS: &str = "--compress=passes=3,ecma=2020,unsafe_arrows,reduce_funcs=false";
const COMPRESS_ES5: &str = "--compress=passes=3";

/// What the package carries beside its files.
const LICENCES: [&str; 2] = ["LICENSE-MIT", "LICENSE-APACHE"];

/// What the build replaces by a hash in the pages of `www/`.
const INTEGRITY_MARK: &str = "__INTEGRITY__";

/// Makes every file of `pkg/` that is not kept by hand.
pub(crate) fn build(workspace: &Workspace, optimisation: Optimisation) -> Outcome {
    let manifest = workspace.pkg().join("package.json");
    let text = fs::read(&manifest).map_err(Failure::file("read", &manifest))?;
    has_version(&manifest, &text)?;
    let node = Node::ready(workspace)?;
    let engine = Engine::build(&node, workspace, optimisation)?;
    process::heading("pkg/");
    let bundler = Bundler {
        node: &node,
        workspace,
    };
    let mut made = BTreeMap::new();

    let glue = bundler.glue(&engine.glue)?;
    made.insert(artifact::wasm(), engine.wasm);
    made.insert(artifact::glue(), glue);

    let defines = defines(workspace, &made)?;
    made.insert(
        artifact::loader(),
        bundler.loader("classic.js", "iife", &defines)?,
    );
    made.insert(
        artifact::MODULE.into(),
        bundler.loader("module.js", "esm", &defines)?,
    );
    made.insert(artifact::SNIPPET.into(), bundler.snippet()?);

    for (page, script) in artifact::PAGES {
        let source = workspace.www().join(script);
        let text = bundler.script(&source, BROWSERS, &["--bundle", "--format=iife"])?;
        made.insert(page.into(), pinned_page(workspace, page, &text)?);
        made.insert(script.into(), text);
    }

    made.insert(artifact::INTEGRITY.into(), integrity(&made)?);
    for name in LICENCES {
        let path = workspace.root().join(name);
        let text = fs::read(&path).map_err(Failure::file("read", &path))?;
        made.insert(name.into(), text);
    }
    made.insert(
        artifact::NOTICES.into(),
        notices::text(workspace)?.into_bytes(),
    );
    publish(&workspace.pkg(), &made)?;
    setup::build(&node, workspace, optimisation)
}

/// The package's version is kept by hand, beside the workspace's, which the files have in their names.
fn has_version(manifest: &Path, text: &[u8]) -> Outcome {
    let text: Value = serde_json::from_slice(text).map_err(Failure::file("parse", manifest))?;
    if text["version"] == VERSION {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} has the version {} and Cargo.toml's workspace {VERSION}: give both the same",
        manifest.display(),
        text["version"],
    )))
}

/// esbuild, as each file needs it.
struct Bundler<'w> {
    node: &'w Node<'w>,
    workspace: &'w Workspace,
}

impl Bundler<'_> {
    /// wasm-bindgen's JavaScript, guarded, and declaring nothing global: whoever loads it takes it
    /// from under a symbol.
    fn glue(&self, glue: &str) -> Outcome<Vec<u8>> {
        let guard = self.workspace.www().join("loader/guard.js");
        let guard = fs::read_to_string(&guard).map_err(Failure::file("read", &guard))?;
        let source = self.workspace.workshop().join("glue.js");
        let published = format!("{guard}\n{glue}\npublish(wasm_bindgen);\n");
        fs::write(&source, published).map_err(Failure::file("write", &source))?;
        let version = format!("--define:__VERSION__={}", json!(VERSION));
        self.script(&source, BROWSERS, &["--format=iife", &version])
    }

    fn loader(&self, entry: &str, format: &str, defines: &[String]) -> Outcome<Vec<u8>> {
        let source = self.workspace.www().join("loader").join(entry);
        let format = format!("--format={format}");
        let external = format!("--external:./{}", artifact::glue());
        let mut options = vec!["--bundle", &format, &external];
        options.extend(defines.iter().map(String::as_str));
        self.script(&source, BROWSERS, &options)
    }

    fn snippet(&self) -> Outcome<Vec<u8>> {
        let source = self.workspace.www().join(artifact::SNIPPET);
        let text = self.script(&source, ECMASCRIPT_5, &[])?;
        for mark in artifact::SNIPPET_MARKS {
            occurs_once(&source, &String::from_utf8_lossy(&text), mark)?;
        }
        Ok(text)
    }

    /// A minified file without a closing line break, as it is pasted.
    fn script(&self, source: &Path, target: &str, options: &[&str]) -> Outcome<Vec<u8>> {
        let text = process::output(
            self.node
                .command("esbuild")
                .arg(source)
                .args([
                    "--minify",
                    target,
                    "--legal-comments=none",
                    "--log-level=warning",
                ])
                .args(options),
        )?;
        let bundle = self.workspace.workshop().join("bundle.js");
        fs::write(&bundle, text).map_err(Failure::file("write", &bundle))?;
        self.smallest(&bundle, target, options)
    }

    /// What esbuild has made, once more: terser finds what esbuild does not look for.
    fn smallest(&self, bundle: &Path, target: &str, options: &[&str]) -> Outcome<Vec<u8>> {
        let mut terser = self.node.command("terser");
        let compress = if target == ECMASCRIPT_5 {
            COMPRESS_ES5
        } else {
            COMPRESS
        };
        terser
            .arg(bundle)
            .args([compress, "--mangle", "--format=ascii_only"]);
        if options.contains(&"--format=esm") {
            terser.arg("--module");
        }
        Ok(process::output(&mut terser)?.trim_end().into())
    }
}

/// What the loader knows of the files that it loads.
fn defines(workspace: &Workspace, made: &BTreeMap<String, Vec<u8>>) -> Outcome<Vec<String>> {
    let (glue, wasm) = (artifact::glue(), artifact::wasm());
    let values = [
        ("__VERSION__", json!(VERSION)),
        (
            "__GLUE_INTEGRITY__",
            json!(digest::short_integrity(&made[&glue])),
        ),
        (
            "__WASM_INTEGRITY__",
            json!(digest::short_integrity(&made[&wasm])),
        ),
        ("__GLUE__", json!(glue)),
        ("__WASM__", json!(wasm)),
        ("__TEXT__", placeholder(workspace)?),
    ];
    Ok(values
        .into_iter()
        .map(|(name, value)| format!("--define:{name}={value}"))
        .collect())
}

fn placeholder(workspace: &Workspace) -> Outcome<Value> {
    let path = workspace.root().join("src/ui/text.json");
    let text = fs::read(&path).map_err(Failure::file("read", &path))?;
    let text: Value = serde_json::from_slice(&text).map_err(Failure::file("parse", &path))?;
    text.get(PLACEHOLDER)
        .cloned()
        .ok_or_else(|| Failure::new(format!("{} has no {PLACEHOLDER}", path.display())))
}

fn pinned_page(workspace: &Workspace, page: &str, script: &[u8]) -> Outcome<Vec<u8>> {
    let path = workspace.www().join(page);
    let page = fs::read_to_string(&path).map_err(Failure::file("read", &path))?;
    occurs_once(&path, &page, INTEGRITY_MARK)?;
    Ok(page
        .replace(INTEGRITY_MARK, &digest::short_integrity(script))
        .into_bytes())
}

fn occurs_once(file: &Path, text: &str, mark: &str) -> Outcome {
    match text.matches(mark).count() {
        1 => Ok(()),
        count => Err(Failure::new(format!(
            "{} must say {mark} once, for what is filled in there; it says it {count} times",
            file.display()
        ))),
    }
}

fn integrity(made: &BTreeMap<String, Vec<u8>>) -> Outcome<Vec<u8>> {
    let hashes: Map<String, Value> = made
        .iter()
        .map(|(name, bytes)| (name.clone(), digest::integrity(bytes).into()))
        .collect();
    let mut text = serde_json::to_vec_pretty(&hashes)
        .map_err(|error| Failure::new(format!("could not write the hashes: {error}")))?;
    text.push(b'\n');
    Ok(text)
}

/// Writes everything, after the files of older versions are gone.
fn publish(pkg: &Path, made: &BTreeMap<String, Vec<u8>>) -> Outcome {
    for entry in fs::read_dir(pkg).map_err(Failure::file("read", pkg))? {
        let entry = entry.map_err(Failure::file("read", pkg))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if artifact::is_versioned(&name) && !made.contains_key(&*name) {
            fs::remove_file(entry.path()).map_err(Failure::file("remove", &entry.path()))?;
        }
    }
    for (name, bytes) in made {
        let path = pkg.join(name);
        fs::write(&path, bytes).map_err(Failure::file("write", &path))?;
        println!("{name}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{VERSION, has_version};
    use serde_json::json;
    use std::path::Path;

    #[test]
    fn the_package_has_the_workspaces_version() {
        let agrees = |manifest: serde_json::Value| {
            has_version(Path::new("package.json"), manifest.to_string().as_bytes()).is_ok()
        };
        assert!(agrees(json!({ "version": VERSION })));
        assert!(!agrees(json!({ "version": format!("{VERSION}-rc.1") })));
        assert!(!agrees(json!({ "name": VERSION })));
    }
}
