//! `cargo xtask fuzz`: libFuzzer on each parser, with the stable compiler.
//!
//! The pass that counts edges is LLVM's own and needs neither a nightly compiler nor cargo-fuzz;
//! libFuzzer itself is C++, so that a C++ compiler is needed.

use crate::failure::{Failure, Outcome};
use crate::process;
use crate::workspace::Workspace;
use std::fs::{self, File};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

const PACKAGE: &str = "messenger-auth-fuzz";

/// Seconds a target, where none are said.
const USUAL: u32 = 60;

/// Seconds a target in `cargo xtask test`.
const IN_TESTS: u32 = 20;

/// What cargo-fuzz passes too: an edge counter each, and what comparisons compare.
const COVERAGE: &str = "-Cpasses=sancov-module \
     -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
     -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares";

/// An input may take so many seconds, the whole so many megabytes (some 35 are used); more is a
/// finding. libFuzzer's limit of a single allocation works only with a sanitizer's allocator.
const LIMITS: [&str; 3] = ["-timeout=5", "-rss_limit_mb=256", "-max_len=16384"];

/// `[target] [--seconds N]`.
pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let (only, seconds) = parse(arguments)?;
    if !has_cpp() {
        return Err(Failure::new(NO_CPP));
    }
    fuzz(workspace, only, seconds)
}

/// Every target for a short while; where there is no C++ compiler, none, and that is said.
pub(crate) fn briefly(workspace: &Workspace) -> Outcome {
    if has_cpp() {
        return fuzz(workspace, None, IN_TESTS);
    }
    process::heading("fuzzing: SKIPPED");
    println!("{NO_CPP}");
    Ok(())
}

const NO_CPP: &str = "Nothing was fuzzed: libFuzzer needs a C++ compiler, and none was found. Install one \
     (Debian: apt-get install g++), or set CXX to its path.";

fn fuzz(workspace: &Workspace, only: Option<&str>, seconds: u32) -> Outcome {
    let targets = targets(workspace, only)?;
    process::heading(&format!("fuzzing, {seconds} s a target"));
    let programs = build(workspace)?;
    let queue = Mutex::new(targets.iter());
    let failures = Mutex::new(Vec::new());
    let at_once = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..at_once.min(targets.len()) {
            scope.spawn(|| {
                while let Some(name) = queue.lock().ok().and_then(|mut queue| queue.next()) {
                    let campaign = Campaign::new(workspace, &programs, name);
                    match campaign.and_then(|campaign| campaign.run(seconds)) {
                        Ok(summary) => println!("  {summary}"),
                        Err(failure) => {
                            println!("  {name:<12} FAILED");
                            if let Ok(mut failures) = failures.lock() {
                                failures.push(failure.to_string());
                            }
                        }
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_default();
    if failures.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(failures.join("\n\n")))
    }
}

fn parse<'a>(arguments: &[&'a str]) -> Outcome<(Option<&'a str>, u32)> {
    let (only, rest) = match arguments {
        [name, rest @ ..] if !name.starts_with('-') => (Some(*name), rest),
        rest => (None, rest),
    };
    let seconds = match rest {
        [] => Some(USUAL),
        ["--seconds", digits] => digits.parse().ok().filter(|seconds| *seconds > 0),
        _ => None,
    };
    let usage = || Failure::new("usage: cargo xtask fuzz [target] [--seconds <from 1>]");
    Ok((only, seconds.ok_or_else(usage)?))
}

/// Each folder of the corpus is a target; a test of the package holds the two together.
fn targets(workspace: &Workspace, only: Option<&str>) -> Outcome<Vec<String>> {
    let corpus = workspace.fuzz().join("corpus");
    let names = folders(&corpus)?;
    let Some(only) = only else { return Ok(names) };
    if names.iter().any(|name| name == only) {
        return Ok(vec![only.to_owned()]);
    }
    Err(Failure::new(format!(
        "there is no target `{only}`; there are {}",
        names.join(", ")
    )))
}

/// The folders in one, by name; not what a file manager leaves beside them.
fn folders(parent: &Path) -> Outcome<Vec<String>> {
    let entries = fs::read_dir(parent).map_err(Failure::file("read", parent))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

/// Builds every target; gives the folder of the programs.
fn build(workspace: &Workspace) -> Outcome<PathBuf> {
    let host = host(workspace)?;
    // With a target named, the flags are not for build scripts.
    process::run(
        workspace
            .cargo()
            .args(["build", "--quiet", "--package", PACKAGE, "--bins"])
            .args(["--features", "libfuzzer", "--profile", "fuzz"])
            .args(["--target", &host])
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTFLAGS", COVERAGE),
    )?;
    Ok(workspace.target().join(host).join("fuzz"))
}

fn host(workspace: &Workspace) -> Outcome<String> {
    let printed = process::output(
        Command::new("rustc")
            .arg("-vV")
            .current_dir(workspace.root()),
    )?;
    let host = printed.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Failure::new("rustc -vV names no host"))
}

/// Whether the compiler that the `cc` crate would take is there.
fn has_cpp() -> bool {
    let named = std::env::var_os("CXX").filter(|name| !name.is_empty());
    // Visual Studio's is found by `cc` in ways of its own.
    cfg!(windows)
        || process::succeeds(Command::new(named.unwrap_or_else(|| "c++".into())).arg("--version"))
}

/// One target with its folders.
struct Campaign<'a> {
    name: &'a str,
    program: PathBuf,
    /// What libFuzzer has found worth keeping, from run to run.
    found: PathBuf,
    seeds: PathBuf,
    dictionary: PathBuf,
    /// Where inputs that break something are kept.
    crashes: PathBuf,
    log: PathBuf,
}

impl<'a> Campaign<'a> {
    fn new(workspace: &Workspace, programs: &Path, name: &'a str) -> Outcome<Self> {
        let workshop = workspace.workshop().join("fuzz");
        let source = workspace.fuzz();
        let campaign = Self {
            name,
            program: programs.join(name),
            found: workshop.join(name),
            seeds: source.join("corpus").join(name),
            dictionary: source.join("words.dict"),
            crashes: source.join("artifacts").join(name),
            log: workshop.join(format!("{name}.log")),
        };
        for folder in [&campaign.found, &campaign.crashes] {
            fs::create_dir_all(folder).map_err(Failure::file("create", folder))?;
        }
        Ok(campaign)
    }

    /// Runs it; a line about how it went, or what it found.
    fn run(&self, seconds: u32) -> Outcome<String> {
        let log = File::create(&self.log).map_err(Failure::file("create", &self.log))?;
        let output = log.try_clone().map_err(Failure::file("write", &self.log))?;
        let status = Command::new(&self.program)
            .args([&self.found, &self.seeds])
            .args(LIMITS)
            .arg(format!("-dict={}", self.dictionary.display()))
            .arg(format!("-max_total_time={seconds}"))
            // The closing separator makes a folder of the prefix.
            .arg(format!("-artifact_prefix={}/", self.crashes.display()))
            .arg("-print_final_stats=1")
            // An assertion says where it stands; below it there is only libFuzzer.
            .env("RUST_BACKTRACE", "0")
            .stdin(std::process::Stdio::null())
            .stdout(output)
            .stderr(log)
            .status()
            .map_err(Failure::file("start", &self.program))?;
        let log = fs::read(&self.log).map_err(Failure::file("read", &self.log))?;
        let log = String::from_utf8_lossy(&log);
        if status.success() {
            Ok(self.summary(&log))
        } else {
            Err(self.finding(&log))
        }
    }

    fn summary(&self, log: &str) -> String {
        let stat = |name: &str| stat(log, name).unwrap_or("?");
        format!(
            "{:<12} {:>9} inputs, {:>6} a second, {:>5} edges, {:>4} MB at most",
            self.name,
            stat("number_of_executed_units"),
            stat("average_exec_per_sec"),
            edges(log).unwrap_or("?"),
            stat("peak_rss_mb"),
        )
    }

    fn finding(&self, log: &str) -> Failure {
        let lines: Vec<&str> = log.lines().collect();
        let from = lines.iter().position(|line| is_finding(line));
        let from = from.unwrap_or(lines.len().saturating_sub(24));
        let told: Vec<&str> = lines.into_iter().skip(from).take(24).collect();
        Failure::new(format!(
            "the target `{}` found an input that breaks what must hold of it:\n{}\n\
             The input is kept in {}; run it again with `{} <file>`. Once it is mended, move it to {} \
             under the name of what must come of it.",
            self.name,
            told.join("\n"),
            self.crashes.display(),
            self.program.display(),
            self.seeds.display(),
        ))
    }
}

fn is_finding(line: &str) -> bool {
    ["panicked at", "ERROR: libFuzzer", "ALARM: "]
        .iter()
        .any(|mark| line.contains(mark))
}

/// A figure of libFuzzer's closing words.
fn stat<'a>(log: &'a str, name: &str) -> Option<&'a str> {
    log.lines()
        .filter_map(|line| line.strip_prefix("stat::"))
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .map(str::trim)
}

/// How many edges were reached, by the last line that tells.
fn edges(log: &str) -> Option<&str> {
    let after = log.rsplit_once(" cov: ")?.1;
    after.split(' ').next()
}

#[cfg(test)]
mod tests {
    use super::{USUAL, edges, folders, parse, stat};
    use std::path::Path;

    const LOG: &str = "#2\tINITED cov: 210 ft: 211\n#9\tDONE   cov: 345 ft: 1201 corp: 93/3451b\n\
                       stat::number_of_executed_units: 48211\nstat::peak_rss_mb:              63\n";

    #[test]
    fn reads_the_figures() {
        assert_eq!(edges(LOG), Some("345"));
        assert_eq!(stat(LOG, "number_of_executed_units"), Some("48211"));
        assert_eq!(stat(LOG, "peak_rss_mb"), Some("63"));
        assert_eq!(stat(LOG, "peak_rss"), None);
    }

    #[test]
    fn a_file_in_the_corpus_is_no_target() {
        // `Cargo.toml` lies beside it.
        let parent = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(folders(parent).unwrap(), ["src"]);
    }

    #[test]
    fn reads_the_arguments() {
        let read = |arguments: &[&'static str]| parse(arguments).ok();
        assert_eq!(read(&[]), Some((None, USUAL)));
        assert_eq!(read(&["keys"]), Some((Some("keys"), USUAL)));
        assert_eq!(read(&["--seconds", "5"]), Some((None, 5)));
        assert_eq!(read(&["keys", "--seconds", "5"]), Some((Some("keys"), 5)));
        for wrong in [&["--seconds"][..], &["--seconds", "0"], &["a", "b"]] {
            assert_eq!(read(wrong), None);
        }
    }
}
