//! The seed corpus as a test: what must come of each file stands in its name.
//!
//! Beside it what libFuzzer is not given: inputs as large as a body may be.

#![allow(
    clippy::expect_used,
    reason = "a test that cannot go on says why and stops"
)]

use std::{fs, path::PathBuf};

use messenger_auth_fuzz::TARGETS;

/// What is in a folder, but for what a file manager hides there.
fn names(folder: &PathBuf) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.into_string().expect("a name that is text"))
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

#[test]
fn every_file_comes_to_what_its_name_says() {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus");
    assert_eq!(names(&corpus), TARGETS.map(|(name, _)| name));
    let mut others = Vec::new();
    for (target, check) in TARGETS {
        let folder = corpus.join(target);
        let files = names(&folder);
        assert!(files.iter().any(|name| name.starts_with("accepted.")));
        for name in files {
            let input = fs::read(folder.join(&name)).expect("a file");
            let verdict = check(&input);
            if name.split('.').next() != Some(verdict) {
                others.push(format!("{target}/{name}: {verdict}"));
            }
        }
    }
    assert!(others.is_empty(), "{others:#?}");
}

/// What would take for ever, or all memory, were anything read more than a few times over.
#[test]
fn a_mebibyte_comes_to_an_end() {
    const LARGE: [(&str, &str); 11] = [
        ("c?", "&state=%41"),
        ("c?state=", "%"),
        ("", "["),
        ("c2", "{\"a\":"),
        ("c2\"", "\\u0041"),
        ("{\"keys\":[{}", ",{}"),
        ("{\"issuer\":\"https://", "a."),
        ("{\"alg\":\"", "S"),
        (".", "A."),
        ("", "9"),
        ("[", "9e-340,"),
    ];
    for (target, check) in TARGETS {
        for (start, repeated) in LARGE {
            let input = [start, &repeated.repeat((1 << 20) / repeated.len())].concat();
            let verdict = check(input.as_bytes());
            assert_ne!(verdict, "accepted", "{target}: {start}{repeated}…");
        }
    }
}
