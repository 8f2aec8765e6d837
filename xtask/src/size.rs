//! `cargo xtask size`: what the files weigh that a page loads.

use crate::artifact;
use crate::failure::{Failure, Outcome};
use crate::node::Node;
use crate::process;
use crate::workspace::Workspace;
use std::fmt::Write;

/// The snippet's own bytes, uncompressed: without what a page fills in.
const SNIPPET_BUDGET: usize = 700;
/// After brotli.
const LOADER_BUDGET: usize = 3_000;
/// After brotli.
const REDIRECT_SCRIPT_BUDGET: usize = 1_000;
/// After brotli, everything that a page loads.
const TOTAL_BUDGET: usize = 100_000;

/// Node's zlib holds the reference encoders, set here as servers set them for static files.
const COMPRESS: &str = r#"
    import { readFileSync } from "node:fs";
    import { brotliCompressSync, constants, gzipSync } from "node:zlib";
    for (const path of process.argv.slice(1)) {
        const bytes = readFileSync(path);
        const brotli = brotliCompressSync(bytes, { params: {
            [constants.BROTLI_PARAM_QUALITY]: 11,
            [constants.BROTLI_PARAM_LGWIN]: 22,
            [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        } });
        console.log(bytes.length, gzipSync(bytes, { level: 9 }).length, brotli.length);
    }
"#;

/// Prints the table.
pub(crate) fn report(workspace: &Workspace) -> Outcome {
    print!("{}", Table::measure(workspace)?.shown());
    Ok(())
}

/// Prints the table; fails when something is over its budget.
pub(crate) fn check(workspace: &Workspace) -> Outcome {
    let table = Table::measure(workspace)?;
    print!("{}", table.shown());
    let over = table.over_budget();
    if over.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(over.join("\n")))
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Size {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

impl Size {
    fn parse(line: &str) -> Option<Self> {
        let mut numbers = line.split(' ').map(str::parse);
        Some(Self {
            raw: numbers.next()?.ok()?,
            gzip: numbers.next()?.ok()?,
            brotli: numbers.next()?.ok()?,
        })
    }

    fn sum<'s>(sizes: impl IntoIterator<Item = &'s Self>) -> Self {
        sizes.into_iter().fold(Self::default(), |sum, size| Self {
            raw: sum.raw + size.raw,
            gzip: sum.gzip + size.gzip,
            brotli: sum.brotli + size.brotli,
        })
    }
}

struct Table {
    snippet: Size,
    loader: Size,
    module: Size,
    glue: Size,
    wasm: Size,
    redirect_page: Size,
    redirect_script: Size,
}

impl Table {
    fn measure(workspace: &Workspace) -> Outcome<Self> {
        let names = [
            artifact::SNIPPET.to_owned(),
            artifact::loader(),
            artifact::MODULE.to_owned(),
            artifact::glue(),
            artifact::wasm(),
            artifact::REDIRECT_PAGE.to_owned(),
            artifact::REDIRECT_SCRIPT.to_owned(),
        ];
        let paths = names.map(|name| workspace.pkg().join(name));
        if let Some(missing) = paths.iter().find(|path| !path.exists()) {
            return Err(Failure::new(format!(
                "{} is not there; run cargo xtask build",
                missing.display()
            )));
        }
        let node = Node::ready(workspace)?;
        let printed = process::output(
            node.node()
                .args(["--input-type=module", "--eval", COMPRESS])
                .args(&paths),
        )?;
        let sizes: Option<Vec<Size>> = printed.lines().map(Size::parse).collect();
        let [
            snippet,
            loader,
            module,
            glue,
            wasm,
            redirect_page,
            redirect_script,
        ] = sizes
            .and_then(|sizes| sizes.try_into().ok())
            .ok_or_else(|| Failure::new(format!("node printed no sizes but: {printed}")))?;
        Ok(Self {
            snippet,
            loader,
            module,
            glue,
            wasm,
            redirect_page,
            redirect_script,
        })
    }

    fn before_first_use(&self) -> Size {
        Size::sum([&self.snippet, &self.loader])
    }

    fn after_first_use(&self) -> Size {
        Size::sum([&self.glue, &self.wasm])
    }

    fn redirect_window(&self) -> Size {
        Size::sum([&self.redirect_page, &self.redirect_script])
    }

    fn total(&self) -> Size {
        Size::sum([
            &self.before_first_use(),
            &self.after_first_use(),
            &self.redirect_window(),
        ])
    }

    fn shown(&self) -> String {
        let rows = [
            (artifact::SNIPPET.to_owned(), self.snippet),
            (artifact::loader(), self.loader),
            ("before the first use".to_owned(), self.before_first_use()),
            (artifact::glue(), self.glue),
            (artifact::wasm(), self.wasm),
            ("with the first use".to_owned(), self.after_first_use()),
            (artifact::REDIRECT_PAGE.to_owned(), self.redirect_page),
            (artifact::REDIRECT_SCRIPT.to_owned(), self.redirect_script),
            ("in the redirect window".to_owned(), self.redirect_window()),
            ("everything".to_owned(), self.total()),
            (
                format!("{} (instead of the loader)", artifact::MODULE),
                self.module,
            ),
        ];
        let mut text = format!(
            "{:<42}{:>10}{:>10}{:>10}\n",
            "bytes", "raw", "gzip", "brotli"
        );
        for (name, size) in rows {
            // A name of a file stands by itself, a sum under what it sums.
            let name = if name.contains('.') {
                name
            } else {
                format!("  = {name}")
            };
            let Size { raw, gzip, brotli } = size;
            let _ = writeln!(text, "{name:<42}{raw:>10}{gzip:>10}{brotli:>10}");
        }
        text
    }

    fn over_budget(&self) -> Vec<String> {
        [
            (
                "the snippet without what is filled in",
                self.snippet
                    .raw
                    .saturating_sub(artifact::SNIPPET_MARKS.concat().len()),
                SNIPPET_BUDGET,
            ),
            ("the loader after brotli", self.loader.brotli, LOADER_BUDGET),
            (
                "the redirect window's script after brotli",
                self.redirect_script.brotli,
                REDIRECT_SCRIPT_BUDGET,
            ),
            ("everything after brotli", self.total().brotli, TOTAL_BUDGET),
        ]
        .into_iter()
        .filter(|(_, bytes, budget)| bytes > budget)
        .map(|(what, bytes, budget)| format!("{what} has {bytes} bytes; the budget is {budget}"))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Size, Table};

    fn table() -> Table {
        let size = |brotli| Size {
            raw: 700 + "__LOADER____INTEGRITY____OPTIONS__".len(),
            gzip: 0,
            brotli,
        };
        Table {
            snippet: size(400),
            loader: size(3_000),
            module: size(3_000),
            glue: size(6_000),
            wasm: size(89_000),
            redirect_page: size(600),
            redirect_script: size(1_000),
        }
    }

    #[test]
    fn a_budget_may_be_spent_to_the_last_byte() {
        assert_eq!(table().total().brotli, 100_000);
        assert!(table().over_budget().is_empty());
    }

    #[test]
    fn one_byte_more_is_told() {
        let mut over = table();
        over.loader.brotli += 1;
        over.snippet.raw += 1;
        assert_eq!(over.over_budget().len(), 3, "snippet, loader, everything");
    }

    #[test]
    fn what_node_prints_is_read() {
        assert_eq!(
            Size::parse("3 2 1"),
            Some(Size {
                raw: 3,
                gzip: 2,
                brotli: 1
            })
        );
        assert_eq!(Size::parse("3 2"), None);
    }
}
