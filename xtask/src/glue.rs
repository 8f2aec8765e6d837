//! wasm-bindgen's JavaScript, cut down to what its WebAssembly needs.
//!
//! Works on lines as wasm-bindgen indents them; what does not look as expected is a failure,
//! never a guess.

use crate::failure::{Failure, Outcome};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// The module that the WebAssembly imports everything from.
pub(crate) const MODULE: &str = "./engine_bg.js";

const INSTANCE: &str = "        wasm = instance.exports;";
const LOADING_BEGIN: &str = "    async function __wbg_load(module, imports) {";
const LOADING_END: &str = "    return Object.assign(__wbg_init, { initSync }, exports);";
const LOADING: &str = "    async function __wbg_init(response) {
        if (wasm === undefined) {
            const { instance, module } = await instantiated(response, __wbg_get_imports());
            __wbg_finalize_init(instance, module);
        }
    }
    return Object.assign(__wbg_init, exports);";
const REGISTRY_BEGIN: &str =
    "    const CLOSURE_DTORS = (typeof FinalizationRegistry === 'undefined')";
const REGISTRY_END: &str = "        : new FinalizationRegistry(state => wasm.__wbindgen_destroy_closure(state.a, state.b));";
const REGISTRY: &str = "    const CLOSURE_DTORS =
        new FinalizationRegistry(state => wasm.__wbindgen_destroy_closure(state.a, state.b));";
const IMPORTS_BEGIN: &str = "        const import0 = {";
const IMPORTS_END: &str = "        };";

/// The text, one `String` a line.
pub(crate) struct Glue(Vec<String>);

impl Glue {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.lines().map(str::to_owned).collect())
    }

    pub(crate) fn text(&self) -> String {
        self.0.join("\n") + "\n"
    }

    /// Takes out the lines that read `document.currentScript.src`: nothing uses what they find,
    /// and they throw where an element of the page is named `currentScript`.
    pub(crate) fn cut_current_script(&mut self) -> Outcome {
        self.cut("    let script_src;", "    }");
        match self
            .0
            .iter()
            .find(|line| line.contains("script_src") || line.contains("currentScript"))
        {
            None => Ok(()),
            Some(line) => Err(unexpected("it still reads document.currentScript", line)),
        }
    }

    /// Lets nothing call the WebAssembly but through `www/loader/guard.js`.
    pub(crate) fn guard(&mut self) -> Outcome {
        let at = self.position(0, INSTANCE)?;
        self.0[at] = INSTANCE.replace("instance.exports", "guarded(instance.exports)");
        Ok(())
    }

    /// Puts the way in which the loader has the WebAssembly in the place of all the ways in which somebody
    /// might, and takes out what helps browsers that have no WebAssembly like this one.
    pub(crate) fn load_simply(&mut self) -> Outcome {
        self.replace(LOADING_BEGIN, LOADING_END, LOADING)?;
        self.replace(REGISTRY_BEGIN, REGISTRY_END, REGISTRY)?;
        self.replace(
            "    if (!('encodeInto' in cachedTextEncoder)) {",
            "    }",
            "",
        )
    }

    /// The exports of the WebAssembly that it uses.
    pub(crate) fn exports(&self) -> BTreeSet<String> {
        let mut exports = BTreeSet::new();
        for line in &self.0 {
            for_each_export(line, |name| {
                exports.insert(name.to_owned());
                name
            });
        }
        exports
    }

    /// Takes over the short names that wasm-opt gave, and leaves out the imports that it found
    /// unused.
    pub(crate) fn rename(&mut self, names: &Names) -> Outcome {
        self.rename_imports(names)?;
        let mut unknown = None;
        for line in &mut self.0 {
            *line = for_each_export(line, |name| {
                names.exports.get(name).map_or_else(
                    || {
                        unknown = Some(name.to_owned());
                        name
                    },
                    String::as_str,
                )
            });
        }
        unknown.map_or(Ok(()), |name| {
            Err(unexpected("it uses an export that is not there", &name))
        })
    }

    fn rename_imports(&mut self, names: &Names) -> Outcome {
        let begin = self.position(0, IMPORTS_BEGIN)?;
        let end = self.position(begin, IMPORTS_END)?;
        let mut renamed = 0;
        let mut kept = Vec::new();
        let mut keep = true;
        for line in self.0.drain(begin + 1..end) {
            match import_name(&line) {
                None => {}
                Some("__proto__") => keep = true,
                Some(name) => match names.imports.get(name) {
                    None => keep = false,
                    Some(short) => {
                        keep = true;
                        renamed += 1;
                        kept.push(line.replacen(name, short, 1));
                        continue;
                    }
                },
            }
            if keep {
                kept.push(line);
            }
        }
        self.0.splice(begin + 1..=begin, kept);
        if renamed != names.imports.len() {
            return Err(unexpected(
                "it does not give all that is imported",
                &format!("{renamed} of {}", names.imports.len()),
            ));
        }
        let begin = format!("            \"{MODULE}\": import0,");
        let at = self.position(0, &begin)?;
        self.0[at] = format!("            \"{}\": import0,", names.module);
        Ok(())
    }

    fn position(&self, from: usize, line: &str) -> Outcome<usize> {
        let found = self.0.iter().skip(from).position(|one| one == line);
        found
            .map(|at| at + from)
            .ok_or_else(|| unexpected("it lacks the line", line))
    }

    /// Puts other lines in the place of those from one to the next that is another.
    fn replace(&mut self, first: &str, last: &str, with: &str) -> Outcome {
        let begin = self.position(0, first)?;
        let end = self.position(begin, last)?;
        let lines = with.lines().map(str::to_owned);
        self.0.splice(begin..=end, lines);
        Ok(())
    }

    /// Cuts from one line to the next that is another, both included, when they are there.
    fn cut(&mut self, first: &str, last: &str) {
        let Ok(begin) = self.position(0, first) else {
            return;
        };
        let Ok(end) = self.position(begin, last) else {
            return;
        };
        self.0.drain(begin..=end);
    }
}

/// The short names that wasm-opt gave to what passes between WebAssembly and glue.
pub(crate) struct Names {
    /// The one module that everything is imported from.
    module: String,
    imports: HashMap<String, String>,
    exports: HashMap<String, String>,
}

impl Names {
    /// Reads what `wasm-opt --minify-imports-and-exports-and-modules` prints.
    pub(crate) fn parse(printed: &str) -> Outcome<Self> {
        let printed: Value = serde_json::from_str(printed)
            .map_err(|error| Failure::new(format!("wasm-opt printed no names: {error}")))?;
        let rows = |part: &str| printed[part].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let imports = rows("imports");
        if imports.iter().any(|row| row[0] != MODULE) {
            return Err(Failure::new(format!(
                "the WebAssembly imports from another module than {MODULE}; a dependency brings \
                 JavaScript of its own, which the classic form cannot carry"
            )));
        }
        Ok(Self {
            module: "a".to_owned(),
            imports: imports
                .iter()
                .map(|row| (text(&row[1]), text(&row[2])))
                .collect(),
            exports: rows("exports")
                .iter()
                .map(|row| (text(&row[0]), text(&row[1])))
                .collect(),
        })
    }
}

/// `name` of a line `            name: function(…) {`.
fn import_name(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix("            ")?.split_once(": ")?;
    name.chars().all(is_part_of_a_name).then_some(name)
}

/// The line with each `wasm.name` given to `change`.
fn for_each_export<'n>(line: &'n str, mut change: impl FnMut(&'n str) -> &'n str) -> String {
    const OBJECT: &str = "wasm.";
    let mut changed = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(OBJECT) {
        let (before, after) = rest.split_at(at + OBJECT.len());
        changed.push_str(before);
        let end = after
            .find(|letter| !is_part_of_a_name(letter))
            .unwrap_or(after.len());
        let (name, remainder) = after.split_at(end);
        rest = remainder;
        let is_the_object = !before[..at].ends_with(is_part_of_a_name);
        changed.push_str(if is_the_object && !name.is_empty() {
            change(name)
        } else {
            name
        });
    }
    changed.push_str(rest);
    changed
}

fn is_part_of_a_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

fn unexpected(what: &str, line: &str) -> Failure {
    Failure::new(format!(
        "wasm-bindgen's glue is not as xtask/src/glue.rs knows it: {what}: {}",
        line.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::{Glue, Names};

    const GLUE: &str = r#"let wasm_bindgen = (function(exports) {
    let script_src;
    if (typeof document !== 'undefined' && document.currentScript !== null) {
        script_src = new URL(document.currentScript.src, location.href).toString();
    }

    exports.start = function(options) {
        wasm.start(options);
    };

    function __wbg_get_imports() {
        const import0 = {
            __proto__: null,
            __wbg_now_12: function() {
                const ret = Date.now();
                return ret;
            },
            __wbg_unused_34: function() {
                return { a: 1 };
            },
        };
        return {
            __proto__: null,
            "./engine_bg.js": import0,
        };
    }
    function __wbg_finalize_init(instance, module) {
        wasm = instance.exports;
        return wasm;
    }
    const CLOSURE_DTORS = (typeof FinalizationRegistry === 'undefined')
        ? { register: () => {}, unregister: () => {} }
        : new FinalizationRegistry(state => wasm.__wbindgen_destroy_closure(state.a, state.b));
    const cachedTextEncoder = new TextEncoder();
    if (!('encodeInto' in cachedTextEncoder)) {
        cachedTextEncoder.encodeInto = function (arg, view) {
        };
    }
    async function __wbg_load(module, imports) {
        return await WebAssembly.instantiate(module, imports);
    }
    function initSync(module) {
    }
    async function __wbg_init(module_or_path) {
    }
    return Object.assign(__wbg_init, { initSync }, exports);
})({ __proto__: null });
"#;

    const NAMES: &str = r#"{
        "imports": [["./engine_bg.js", "__wbg_now_12", "$"]],
        "exports": [["start", "b"], ["__wbindgen_destroy_closure", "c"]]
    }"#;

    fn made_small() -> String {
        let mut glue = Glue::new(GLUE);
        glue.cut_current_script().unwrap();
        glue.guard().unwrap();
        glue.load_simply().unwrap();
        glue.rename(&Names::parse(NAMES).unwrap()).unwrap();
        glue.text()
    }

    #[test]
    fn only_what_is_used_stays() {
        assert_eq!(
            made_small(),
            r#"let wasm_bindgen = (function(exports) {

    exports.start = function(options) {
        wasm.b(options);
    };

    function __wbg_get_imports() {
        const import0 = {
            __proto__: null,
            $: function() {
                const ret = Date.now();
                return ret;
            },
        };
        return {
            __proto__: null,
            "a": import0,
        };
    }
    function __wbg_finalize_init(instance, module) {
        wasm = guarded(instance.exports);
        return wasm;
    }
    const CLOSURE_DTORS =
        new FinalizationRegistry(state => wasm.c(state.a, state.b));
    const cachedTextEncoder = new TextEncoder();
    async function __wbg_init(response) {
        if (wasm === undefined) {
            const { instance, module } = await instantiated(response, __wbg_get_imports());
            __wbg_finalize_init(instance, module);
        }
    }
    return Object.assign(__wbg_init, exports);
})({ __proto__: null });
"#
        );
    }

    #[test]
    fn the_exports_that_it_uses() {
        assert_eq!(
            Glue::new(GLUE).exports().into_iter().collect::<Vec<_>>(),
            ["__wbindgen_destroy_closure", "start"]
        );
    }

    #[test]
    fn a_form_that_is_not_known_is_a_failure() {
        let mut other = Glue::new("let script_src = document.currentScript.src;");
        assert!(other.cut_current_script().is_err());
        assert!(other.guard().is_err());
        assert!(other.load_simply().is_err());
        let names = NAMES.replace("__wbg_now_12", "__wbg_gone_56");
        assert!(
            Glue::new(GLUE)
                .rename(&Names::parse(&names).unwrap())
                .is_err()
        );
        let names = NAMES.replace("./engine_bg.js", "./other.js");
        assert!(Names::parse(&names).is_err());
    }
}
