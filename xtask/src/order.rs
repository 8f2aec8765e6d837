//! The order of the WebAssembly's functions, for brotli: like ones side by side.
//!
//! Sorted by signature, then by their very code, the file is 1,000 bytes smaller than sorted by name, which
//! puts a module's functions together: what a function does with its parameters is what others of its
//! signature do, whatever it is for.

use wasmparser::{Parser, Payload, TypeRef};

/// The module with a name for each function that says where it is to stand, for wasm-opt's
/// `--reorder-functions-by-name`. It must have no names yet.
pub(crate) fn ranked(module: &[u8]) -> wasmparser::Result<Vec<u8>> {
    let mut imported = 0;
    let mut signatures = Vec::new();
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::FunctionSection(functions) => {
                signatures = functions.into_iter().collect::<Result<_, _>>()?;
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    let mut order: Vec<usize> = (0..bodies.len()).collect();
    order.sort_by_key(|&function| (signatures.get(function), bodies.get(function)));
    let mut ranks = vec![0; order.len()];
    for (rank, function) in order.into_iter().enumerate() {
        if let Some(place) = ranks.get_mut(function) {
            *place = rank;
        }
    }
    let mut names = leb128(ranks.len());
    for (function, rank) in ranks.into_iter().enumerate() {
        names.extend(leb128(imported + function));
        names.extend(text(&format!("{rank:06}")));
    }
    Ok([
        module,
        &section(0, &[text("name"), section(1, &names)].concat()),
    ]
    .concat())
}

/// A section, or a part of one: its number, its length, what is in it.
fn section(number: u8, content: &[u8]) -> Vec<u8> {
    [&[number], &*leb128(content.len()), content].concat()
}

fn text(text: &str) -> Vec<u8> {
    [&*leb128(text.len()), text.as_bytes()].concat()
}

/// A number as WebAssembly writes it: seven bits a byte, the lowest first.
fn leb128(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).unwrap_or_default();
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmparser::{KnownCustom, Name};

    /// Three functions, the first and the last of one signature.
    const MODULE: &[u8] = &[
        0, b'a', b's', b'm', 1, 0, 0, 0, // magic, version
        1, 8, 2, 0x60, 0, 0, 0x60, 1, 0x7f, 0, // types: [] -> [], [i32] -> []
        3, 4, 3, 0, 1, 0, // functions
        10, 11, 3, 3, 0, 1, 0x0b, 2, 0, 0x0b, 2, 0, 0x0b, // code: nop; nothing; nothing
    ];

    #[test]
    fn like_functions_are_named_side_by_side() {
        let ranked = ranked(MODULE).unwrap();
        let mut names = Vec::new();
        for payload in Parser::new(0).parse_all(&ranked) {
            if let Payload::CustomSection(custom) = payload.unwrap()
                && let KnownCustom::Name(parts) = custom.as_known()
            {
                for part in parts {
                    if let Name::Function(map) = part.unwrap() {
                        names.extend(map.into_iter().map(|it| it.unwrap().name.to_owned()));
                    }
                }
            }
        }
        assert_eq!(names, ["000000", "000002", "000001"]);
    }

    #[test]
    fn numbers_of_several_bytes() {
        assert_eq!(leb128(0), [0]);
        assert_eq!(leb128(127), [0x7f]);
        assert_eq!(leb128(624_485), [0xe5, 0x8e, 0x26]);
    }
}
