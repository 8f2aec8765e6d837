//! `cargo xtask size --crates`: where the bytes of the WebAssembly come from.
//!
//! Functions are counted for the first crate that their name tells, the standard library's
//! aside: `drop_in_place::<leptos::…>` is Leptos's doing. Our own crates are told module by
//! module. Inlined code counts where it went.

use crate::engine;
use crate::failure::{Failure, Outcome};
use crate::node::Node;
use crate::workspace::Workspace;
use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use wasmparser::{KnownCustom, Name, Parser, Payload};

/// How many of the largest functions are shown.
const LARGEST: usize = 30;

const STANDARD: &[&str] = &["alloc", "core", "std"];

const OURS: &[&str] = &["messenger_auth", "messenger_auth_protocol"];

/// Optimises the last build once more, with its functions' names, and prints what they weigh.
pub(crate) fn report(workspace: &Workspace) -> Outcome {
    let source = engine::named(workspace);
    if !source.exists() {
        return Err(Failure::new("nothing is built yet; run cargo xtask build"));
    }
    let node = Node::ready(workspace)?;
    let named = workspace.workshop().join("named.wasm");
    engine::wasm_opt(&node, &source, &["--debuginfo"], &named)?;
    let bytes = fs::read(&named).map_err(Failure::file("read", &named))?;
    let anatomy = Anatomy::of(&bytes).map_err(Failure::file("parse", &named))?;
    print!("{}", anatomy.shown());
    Ok(())
}

/// A module taken apart.
struct Anatomy {
    /// Name and size of each function.
    functions: Vec<(String, usize)>,
    /// What is no function: name and size of each other section but the names.
    sections: Vec<(&'static str, usize)>,
}

impl Anatomy {
    fn of(module: &[u8]) -> wasmparser::Result<Self> {
        let mut imported = 0;
        let mut bodies = Vec::new();
        let mut names = HashMap::new();
        let mut sections = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    sections.push(("imports", imports.range().len()));
                    for import in imports.into_imports() {
                        if matches!(import?.ty, wasmparser::TypeRef::Func(_)) {
                            imported += 1;
                        }
                    }
                }
                Payload::DataSection(data) => {
                    sections.push(("data: texts, tables", data.range().len()));
                }
                Payload::ElementSection(elements) => {
                    sections.push(("function table", elements.range().len()));
                }
                Payload::TypeSection(types) => sections.push(("types", types.range().len())),
                Payload::FunctionSection(functions) => {
                    sections.push(("signatures", functions.range().len()));
                }
                Payload::ExportSection(exports) => {
                    sections.push(("exports", exports.range().len()));
                }
                Payload::CodeSectionEntry(body) => bodies.push(body.range().len()),
                Payload::CustomSection(custom) => {
                    if let KnownCustom::Name(subsections) = custom.as_known() {
                        for subsection in subsections {
                            if let Name::Function(map) = subsection? {
                                for naming in map {
                                    let naming = naming?;
                                    names.insert(naming.index as usize, naming.name.to_owned());
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        let functions = bodies
            .into_iter()
            .enumerate()
            .map(|(index, size)| (names.remove(&(imported + index)).unwrap_or_default(), size))
            .collect();
        Ok(Self {
            functions,
            sections,
        })
    }

    fn shown(&self) -> String {
        let mut crates: HashMap<&str, usize> = HashMap::new();
        for (name, size) in &self.functions {
            *crates.entry(origin(name)).or_default() += size;
        }
        crates.extend(self.sections.iter().map(|(name, size)| (*name, *size)));
        let total: usize = crates.values().sum();

        let mut text = format!("{total:>8} bytes before compression\n\nby crate\n");
        for (name, size) in largest_first(crates) {
            let share = size * 1000 / total.max(1);
            let _ = writeln!(text, "{size:>8} {:>3}.{}%  {name}", share / 10, share % 10);
        }
        text.push_str("\nlargest functions\n");
        for (name, size) in largest_first(self.functions.iter().map(|(name, size)| (name, *size)))
            .into_iter()
            .take(LARGEST)
        {
            let _ = writeln!(text, "{size:>8}  {name}");
        }
        text
    }
}

fn largest_first<N: Ord>(sizes: impl IntoIterator<Item = (N, usize)>) -> Vec<(N, usize)> {
    let mut sizes: Vec<_> = sizes.into_iter().collect();
    sizes.sort_by(|(left_name, left), (right_name, right)| {
        right.cmp(left).then_with(|| left_name.cmp(right_name))
    });
    sizes
}

/// The first crate in a function's name that is not of the standard library; of our own the
/// module as well.
fn origin(name: &str) -> &str {
    let of_path = |letter: char| letter.is_alphanumeric() || "_:[]".contains(letter);
    let mut origins = name
        .split(|letter| !of_path(letter))
        .filter_map(|path| {
            let (first, rest) = path.split_once("::")?;
            if OURS.contains(&first) {
                let module = rest.split("::").next().unwrap_or_default();
                return path.get(..first.len() + 2 + module.len());
            }
            // `leptos[0123abcd]` where the compiler tells two versions apart.
            first.split('[').next()
        })
        // A path that goes on after a `>` begins with nothing.
        .filter(|origin| !origin.is_empty());
    let standard = origins.clone().next();
    origins
        .find(|origin| !STANDARD.contains(origin))
        .or(standard)
        .unwrap_or("no crate in the name")
}

#[cfg(test)]
mod tests {
    use super::{Anatomy, origin};

    #[test]
    fn functions_count_for_the_crate_that_asked_for_them() {
        for (name, expected) in [
            (
                "core::ptr::drop_in_place::<leptos::mount::Handle>",
                "leptos",
            ),
            (
                "<alloc::vec::Vec<serde_json::value::Value> as core::clone::Clone>::clone",
                "serde_json",
            ),
            (
                "<alloc::string::String as core::fmt::Write>::write_str",
                "alloc",
            ),
            (
                "dlmalloc[e24a27700634d609]::dlmalloc::Dlmalloc<dlmalloc[e24a]::sys::System>>::malloc",
                "dlmalloc",
            ),
            ("core[12ab]::fmt::write", "core"),
            ("<T as reactive_graph::traits::Get>::get", "reactive_graph"),
            (
                "core::ptr::drop_in_place<messenger_auth::session::obtain::obtain::{{closure}}>",
                "messenger_auth::session",
            ),
            ("memcpy", "no crate in the name"),
        ] {
            assert_eq!(origin(name), expected, "{name}");
        }
    }

    #[test]
    fn a_body_finds_its_name_past_the_imports() {
        // One imported function, one of our own (an empty body), both named.
        let module = b"\0asm\x01\0\0\0\
            \x01\x04\x01\x60\0\0\
            \x02\x07\x01\x01m\x01i\0\0\
            \x03\x02\x01\0\
            \x0a\x04\x01\x02\0\x0b\
            \0\x13\x04name\x01\x0c\x02\0\x01i\x01\x06a::own";
        let anatomy = Anatomy::of(module).map_err(|error| error.to_string());
        assert_eq!(
            anatomy.map(|anatomy| anatomy.functions),
            Ok(vec![("a::own".to_owned(), 2)])
        );
    }
}
