//! The licences of what is compiled into the WebAssembly, which go where it goes.

use crate::engine::PACKAGE;
use crate::failure::{Failure, Outcome};
use crate::process;
use crate::toolchain;
use crate::workspace::Workspace;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

/// How the names of files begin that have to be passed on.
const FILES: [&str; 6] = [
    "COPYING",
    "COPYRIGHT",
    "LICENCE",
    "LICENSE",
    "NOTICE",
    "UNLICENSE",
];

const OPENING: &str = "\
The WebAssembly, with the JavaScript that wasm-bindgen writes for it, is made of our own code and of
what is listed here with its licence. The texts follow as they come with it; where none does, its
authors are named, and the text is the common one, as in LICENSE-MIT and LICENSE-APACHE.
";

/// The file's text: what others wrote of the widget, by the dependencies that become a part of it.
pub(crate) fn text(workspace: &Workspace) -> Outcome<String> {
    let tree = process::output(
        workspace
            .cargo()
            .args(["tree", "--package", PACKAGE, "--target", toolchain::WASM])
            .args(["--edges", "normal,no-proc-macro"])
            .args(["--prefix", "none", "--format", "{p}"]),
    )?;
    let shipped = names(&tree);
    let metadata = process::output(
        workspace
            .cargo()
            .args(["metadata", "--format-version", "1"])
            .args(["--filter-platform", toolchain::WASM]),
    )?;
    let metadata: Value = serde_json::from_str(&metadata)
        .map_err(|error| Failure::new(format!("cargo metadata printed no JSON: {error}")))?;
    let mut notices = vec![standard_library(workspace)?];
    for package in metadata["packages"].as_array().into_iter().flatten() {
        // What comes from nowhere is ours.
        if shipped.contains(&name(package)) && !package["source"].is_null() {
            notices.push(Notice::of(package)?);
        }
    }
    notices.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(shown(&notices))
}

/// What is to be said of a crate.
struct Notice {
    /// With its version.
    name: String,
    /// As an SPDX expression.
    licence: String,
    authors: Vec<String>,
    texts: Vec<String>,
}

impl Notice {
    fn of(package: &Value) -> Outcome<Self> {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
        let authors = package["authors"].as_array().into_iter().flatten();
        Ok(Self {
            name: name(package),
            licence: package["license"].as_str().unwrap_or("see below").into(),
            authors: authors.filter_map(Value::as_str).map(Into::into).collect(),
            texts: texts(manifest.parent().unwrap_or(manifest))?,
        })
    }
}

/// Of core, alloc, std and `compiler_builtins`, which no dependency names.
fn standard_library(workspace: &Workspace) -> Outcome<Notice> {
    let rustc = process::output(
        Command::new("rustc")
            .current_dir(workspace.root())
            .arg("--version"),
    )?;
    Ok(Notice {
        name: format!("Rust's standard library, {}", rustc.trim()),
        licence: "(MIT OR Apache-2.0) AND MIT AND Apache-2.0 WITH LLVM-exception".into(),
        authors: vec!["The Rust Project Developers".into()],
        texts: Vec::new(),
    })
}

/// Name and version of each crate that `cargo tree` prints.
fn names(tree: &str) -> BTreeSet<String> {
    tree.lines()
        .filter_map(|line| {
            let (name, rest) = line.split_once(" v")?;
            let version = rest.split(' ').next()?;
            Some(format!("{name} {version}"))
        })
        .collect()
}

fn name(package: &Value) -> String {
    let word = |key: &str| package[key].as_str().unwrap_or_default();
    format!("{} {}", word("name"), word("version"))
}

/// What stands in a crate's folder about its licence, by the files' names.
fn texts(folder: &Path) -> Outcome<Vec<String>> {
    let entries = fs::read_dir(folder).map_err(Failure::file("read", folder))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.is_file() && is_licence(path));
    files.sort();
    files
        .iter()
        .map(|path| {
            let text = fs::read(path).map_err(Failure::file("read", path))?;
            Ok(String::from_utf8_lossy(&text).replace('\r', ""))
        })
        .collect()
}

fn is_licence(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_uppercase();
    FILES.iter().any(|begin| name.starts_with(begin))
}

/// All of them, in their order; a text that differs only in its spaces once, under all whose it is.
fn shown(notices: &[Notice]) -> String {
    let mut shown = OPENING.to_owned();
    shown.push('\n');
    let mut texts: Vec<(&str, Vec<&str>)> = Vec::new();
    for notice in notices {
        let _ = write!(shown, "{}: {}", notice.name, notice.licence);
        if notice.texts.is_empty() && !notice.authors.is_empty() {
            let _ = write!(shown, ", by {}", notice.authors.join(", "));
        }
        shown.push('\n');
        for text in &notice.texts {
            let same = |other: &str| other.split_whitespace().eq(text.split_whitespace());
            match texts.iter_mut().find(|(other, _)| same(other)) {
                Some((_, names)) => names.push(&notice.name),
                None => texts.push((text, vec![&notice.name])),
            }
        }
    }
    for (text, mut names) in texts {
        names.dedup();
        let _ = write!(shown, "\n{}\n{}\n\n", "=".repeat(72), names.join("\n"));
        // The first line's spaces put it in the middle.
        shown.push_str(text.trim_start_matches('\n').trim_end());
        shown.push('\n');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::{Notice, OPENING, is_licence, names, shown};
    use std::path::Path;

    fn notice(name: &str, texts: &[&str]) -> Notice {
        Notice {
            name: name.to_owned(),
            licence: "MIT".to_owned(),
            authors: vec!["Ann".to_owned(), "Bob".to_owned()],
            texts: texts.iter().map(|&text| text.to_owned()).collect(),
        }
    }

    #[test]
    fn a_text_stands_once_under_all_whose_it_is() {
        let rule = "=".repeat(72);
        let notices = [
            notice("a 1.0.0", &["Do as\nyou like.\n"]),
            notice("b 2.0.0", &[]),
            notice("c 3.0.0", &["Ask.", "  Do as you\n  like.\n"]),
        ];
        assert_eq!(
            shown(&notices),
            format!(
                "{OPENING}\na 1.0.0: MIT\nb 2.0.0: MIT, by Ann, Bob\nc 3.0.0: MIT\n\
                 \n{rule}\na 1.0.0\nc 3.0.0\n\nDo as\nyou like.\n\
                 \n{rule}\nc 3.0.0\n\nAsk.\n"
            )
        );
    }

    #[test]
    fn reads_what_cargo_prints() {
        let tree = "own v0.1.0 (/a place/own)\nrand_core v0.6.4\nrand_core v0.10.1\n\
                    rand_core v0.6.4 (*)\ntoml v1.2.1+spec-1.1.0";
        let expected = [
            "own 0.1.0",
            "rand_core 0.10.1",
            "rand_core 0.6.4",
            "toml 1.2.1+spec-1.1.0",
        ];
        assert_eq!(names(tree).into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn licences_are_told_by_their_names() {
        for name in ["LICENSE", "license-mit.txt", "COPYING", "NOTICE.md"] {
            assert!(is_licence(Path::new(name)), "{name}");
        }
        for name in ["README.md", "src", "Cargo.toml"] {
            assert!(!is_licence(Path::new(name)), "{name}");
        }
    }
}
