//! The project's commands, `cargo xtask <command>`.
//!
//! They fetch what they need and use what is there, so that a fresh machine with
//! Rust and Node is enough; where they cannot, they say what to install.

mod artifact;
mod bench;
mod boundaries;
mod bundle;
mod chromium;
mod demo;
mod digest;
mod engine;
mod failure;
mod fuzz;
mod glue;
mod node;
mod notices;
mod order;
mod process;
mod setup;
mod size;
mod table;
mod test;
mod toolchain;
mod weight;
mod workspace;

use crate::engine::Optimisation;
use crate::failure::Outcome;
use crate::workspace::Workspace;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  build [--dev]            the files of pkg/ and the set-up page; --dev leaves wasm-opt out
  demo                     build, then the demo site with a stand-in for every messenger and issuer
  demo --pictures [name]…  build, then make the demo's pictures in docs/ anew, all or those named, in Chromium
  test [part] [filter]     everything, or one part: native, types, browser;
                           filter: part of a test's name (native) or of a spec's file name (browser)
  fuzz [target] [--seconds N]
                           what strangers can send, against what must hold of it; 60 seconds a target
  bench session            what a session costs, and whether it grows, in Chromium; a few minutes
  table                    docs/attacks-results.md, from the last run of all browser tests
  size [--check|--crates]  what each shipped file weighs; fail when over budget; where the bytes come from
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nerror: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Outcome {
    let workspace = Workspace::find()?;
    match arguments {
        ["build"] => bundle::build(&workspace, Optimisation::Smallest),
        ["build", "--dev"] => bundle::build(&workspace, Optimisation::None),
        ["demo"] => demo::run(&workspace),
        ["demo", "--pictures", names @ ..] => demo::pictures(&workspace, names),
        ["test"] => test::everything(&workspace),
        ["test", "native"] => test::native(&workspace, None),
        ["test", "native", filter] => test::native(&workspace, Some(filter)),
        ["test", "types"] => test::types(&workspace),
        ["test", "browser"] => test::browser(&workspace, None),
        ["test", "browser", filter] => test::browser(&workspace, Some(filter)),
        ["fuzz", rest @ ..] => fuzz::run(&workspace, rest),
        ["bench", "session"] => bench::session(&workspace),
        ["table"] => table::write(&workspace),
        ["size"] => size::report(&workspace),
        ["size", "--check"] => size::check(&workspace),
        ["size", "--crates"] => weight::report(&workspace),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => Err(failure::Failure::new(format!(
            "there is no `cargo xtask {}`\n\n{USAGE}",
            arguments.join(" ")
        ))),
    }
}
