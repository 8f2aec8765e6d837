//! The names of the files that are shipped, with the version in those that never change.

/// The version of the whole workspace.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(crate) const MODULE: &str = "messenger-auth.mjs";
pub(crate) const SNIPPET: &str = "snippet.js";
pub(crate) const REDIRECT_PAGE: &str = "authWindow.html";
pub(crate) const REDIRECT_SCRIPT: &str = "authWindow.js";
/// Static pages that an issuer sends people to, each with its one script.
pub(crate) const PAGES: [(&str, &str); 2] = [
    (REDIRECT_PAGE, REDIRECT_SCRIPT),
    ("appleMessages.html", "appleMessages.js"),
];
pub(crate) const INTEGRITY: &str = "integrity.json";
/// The licences of what others wrote.
pub(crate) const NOTICES: &str = "LICENSE-THIRD-PARTY";

/// What a page fills into the snippet: the loader's address, its hash, the options.
pub(crate) const SNIPPET_MARKS: [&str; 3] = ["__LOADER__", "__INTEGRITY__", "__OPTIONS__"];

/// The classic loader.
pub(crate) fn loader() -> String {
    format!("messenger-auth-{VERSION}.js")
}

/// wasm-bindgen's JavaScript.
pub(crate) fn glue() -> String {
    format!("messenger-auth-{VERSION}.glue.js")
}

/// The WebAssembly.
pub(crate) fn wasm() -> String {
    format!("messenger-auth-{VERSION}.wasm")
}

/// Whether a file in `pkg/` carries a version in its name: what an older build leaves behind.
pub(crate) fn is_versioned(name: &str) -> bool {
    name.strip_prefix("messenger-auth-").is_some_and(|rest| {
        rest.starts_with(|first: char| first.is_ascii_digit())
            && [".js", ".wasm"].iter().any(|end| rest.ends_with(end))
    })
}

#[cfg(test)]
mod tests {
    use super::{MODULE, glue, is_versioned, loader, wasm};

    #[test]
    fn only_versioned_names_are_swept() {
        for name in [loader(), glue(), wasm()] {
            assert!(is_versioned(&name), "{name}");
        }
        for name in [MODULE, "messenger-auth.d.ts", "package.json", "README.md"] {
            assert!(!is_versioned(name), "{name}");
        }
    }
}
