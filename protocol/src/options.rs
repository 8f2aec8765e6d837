//! Options as an integrator wrote them, read one name at a time.
//!
//! Attributes arrive as text, objects as JavaScript wrote them: a number may come as digits in
//! a text, a switch as `"true"`; `null` is the same as nothing. What is wrong is remembered and told at the end, the
//! first of it: so reading goes straight on, with the default for what is wrong.

use core::cell::RefCell;

use crate::{
    Error, decimal,
    json::{self, Map, Value},
};

/// A set of options.
pub struct Options<'a> {
    members: &'a Map,
    /// What stands before the names where they are told.
    prefix: &'static str,
    fault: RefCell<Option<Error>>,
}

impl<'a> Options<'a> {
    /// Options to be read. `prefix` is what stands before their names where they are told: empty,
    /// or that of an option which is itself an object, with its dot.
    #[must_use]
    pub const fn new(members: &'a Map, prefix: &'static str) -> Self {
        Self {
            members,
            prefix,
            fault: RefCell::new(None),
        }
    }

    /// What has been read, if nothing was wrong with it.
    pub fn checked<T>(self, read: T) -> Result<T, Error> {
        match self.fault.into_inner() {
            None => Ok(read),
            Some(fault) => Err(fault),
        }
    }

    /// Remembers that something is wrong with an option.
    pub fn refuse(&self, name: &str, problem: &str) {
        let error = Error::bad_option([self.prefix, name].concat(), problem);
        self.fault.borrow_mut().get_or_insert(error);
    }

    /// Refuses the names that are not `known`.
    pub fn refuse_others(&self, known: &[&str]) {
        if let Some(name) = self.members.keys().find(|key| !known.contains(key)) {
            self.refuse(
                name,
                "is no option of this version; see the list in the README",
            );
        }
    }

    /// The value as it came.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.present(name)
    }

    /// A text that is not empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&'a str> {
        let value = self.get(name)?;
        let text = value.as_str().filter(|text| {
            !text.chars().all(char::is_whitespace) && !text.contains(char::is_control)
        });
        if text.is_none() {
            self.refuse(name, "must be a text that is not empty");
        }
        text
    }

    /// A text that must be there. `meaning` says what it is.
    #[must_use]
    pub fn required(&self, name: &str, meaning: &str) -> &'a str {
        self.text(name).unwrap_or_else(|| {
            self.refuse(name, &["is required: ", meaning].concat());
            ""
        })
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&self, name: &str, words: &[&str], meanings: &[T]) -> Option<T> {
        meanings.get(self.word(name, words)?).copied()
    }

    /// `true` or `false`, also as text.
    #[must_use]
    pub fn switch(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(Value::Bool(value)) => Some(*value),
            _ => self.choice(name, &["true", "false"], &[true, false]),
        }
    }

    /// A whole number in a range, also as digits in a text.
    #[must_use]
    pub fn number(&self, name: &str, least: u32, most: u32) -> Option<u32> {
        let value = self.float(name)?;
        if value.fract() == 0.0 && value >= f64::from(least) && value <= f64::from(most) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "whole, and inside the bounds of u32"
            )]
            return Some(value as u32);
        }
        let (least, most) = (decimal::print(least.into()), decimal::print(most.into()));
        self.refuse(
            name,
            &["must be a whole number from ", &least, " to ", &most].concat(),
        );
        None
    }

    /// A number, also as text.
    #[must_use]
    pub fn float(&self, name: &str) -> Option<f64> {
        let number = match self.get(name)? {
            // Read as JSON: the reader for it is there anyway.
            Value::String(text) => json::read(text.as_bytes()).and_then(|read| read.as_f64()),
            other => other.as_f64(),
        };
        if number.is_none() {
            self.refuse(name, "must be a number");
        }
        number
    }

    /// Names and texts: an object, or an object written as JSON in an attribute.
    #[must_use]
    pub fn params(&self, name: &str) -> Vec<(String, String)> {
        let parsed;
        let mut value = self.get(name);
        if let Some(Value::String(text)) = value {
            parsed = json::read(text.as_bytes()).unwrap_or(Value::Null);
            value = Some(&parsed);
        }
        let mut params = Vec::new();
        match value {
            None => {}
            Some(Value::Object(members)) => {
                for (key, value) in members.iter() {
                    params.push((key.to_owned(), self.param(name, value)));
                }
            }
            Some(_) => self.refuse(name, OBJECT_OF_TEXTS),
        }
        params
    }

    fn param(&self, name: &str, value: &Value) -> String {
        match value {
            Value::String(text) => text.clone(),
            Value::Bool(true) => "true".to_owned(),
            Value::Bool(false) => "false".to_owned(),
            _ => value.as_i64().map_or_else(
                || {
                    self.refuse(name, OBJECT_OF_TEXTS);
                    String::new()
                },
                decimal::print,
            ),
        }
    }

    fn word(&self, name: &str, words: &[&str]) -> Option<usize> {
        let value = self.get(name)?;
        let found = words.iter().position(|word| value.as_str() == Some(word));
        if found.is_none() {
            self.refuse(name, &["must be one of: ", &words.join(", ")].concat());
        }
        found
    }
}

const OBJECT_OF_TEXTS: &str = "must be an object of names and texts";
