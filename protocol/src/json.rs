//! JSON texts as values: one reader for all of them, because each type with a reader of its
//! own costs a download several kilobytes.
//!
//! Writing is left to whoever has a writer; a browser has one.

use core::{cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Reads a text; none for what is no UTF-8, no JSON, or nested deeper than `serde_json`'s limit
/// of 128. Of members that stand twice, the last counts.
#[must_use]
pub fn read(text: &[u8]) -> Option<Value> {
    read_with(text, &Cell::new(false))
}

/// Reads a text in which no member stands twice, anywhere in it.
///
/// Readers that disagree on which of two members counts can be played off against each
/// other; RFC 7519 4 leaves the choice, and here such a text is refused.
#[must_use]
pub fn read_strictly(text: &[u8]) -> Option<Value> {
    let repeats = Cell::new(false);
    read_with(text, &repeats).filter(|_| !repeats.get())
}

/// An object of these members.
#[must_use]
pub fn object(members: Vec<(&str, Value)>) -> Value {
    let mut object = Map::new();
    for (name, value) in members {
        object.insert(name.to_owned(), value);
    }
    Value::Object(object)
}

/// A text.
pub(crate) fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A number of seconds.
pub(crate) fn seconds(value: &Value) -> Option<u32> {
    u32::try_from(value.as_u64()?).ok()
}

/// A member that may be `null`, as [`object`] writes none. None at all where it is neither that
/// nor what `read` takes.
#[expect(clippy::option_option, reason = "the outer one is the failure")]
pub(crate) fn optional<T>(
    object: &Value,
    name: &str,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Option<Option<T>> {
    match object.get(name)? {
        Value::Null => Some(None),
        value => read(value).map(Some),
    }
}

fn read_with(text: &[u8], repeats: &Cell<bool>) -> Option<Value> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Reader { repeats }.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(value)
}

/// Reads any value, and notes whether a member stands twice.
#[derive(Clone, Copy)]
struct Reader<'a> {
    repeats: &'a Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(self)? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key()? {
            let value = members.next_value_seed(self)?;
            if object.insert(name, value).is_some() {
                self.repeats.set(true);
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_value() {
        let text = r#" {"a":[null,true,-1,18446744073709551615,0.5,"\u00e9\n"],"b":{"a":{}}} "#;
        let value = json!({
            "a": [null, true, -1, u64::MAX, 0.5, "\u{e9}\n"],
            "b": { "a": {} },
        });
        assert_eq!(read(text.as_bytes()), Some(value.clone()));
        assert_eq!(read_strictly(text.as_bytes()), Some(value));
    }

    #[test]
    fn what_is_no_json() {
        for text in [
            "", "{", "{} {}", "{a:1}", "'a'", "[1,]", "01", "NaN", "1e999",
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
        assert_eq!(read(b"\"\xff\""), None);
        assert_eq!(read("[".repeat(200).as_bytes()), None);
    }

    #[test]
    fn a_member_that_stands_twice() {
        for text in [r#"{"a":1,"a":2}"#, r#"{"a":2,"b":[{"a":1,"\u0061":2}]}"#] {
            assert!(read(text.as_bytes()).is_some_and(|value| value["a"] == 2));
            assert_eq!(read_strictly(text.as_bytes()), None, "{text}");
        }
    }
}
