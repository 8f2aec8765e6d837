//! JSON: its values, and one reader for all of them.
//!
//! Our own, because every text here comes from somebody else and is read in the browser: `serde_json`
//! would add 7,200 bytes to the download (brotli), 2,400 of them powers of ten. What is taken and
//! what is refused is compared with `serde_json`, in the tests and by the fuzzer.
//!
//! The product writes with the browser's own writer; `Display` is for those who have none.

use core::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

/// How deep a text may nest.
const DEPTH_MAX: u8 = 127;

/// How many members an object may have: each new one is compared with all before it.
const MEMBERS_MAX: usize = 1_024;

/// A JSON value. Numbers are as JavaScript has them.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each is the JSON value of its name")]
pub enum Value {
    Null,
    Bool(bool),
    Number(f64),
    String(String),
    Array(Vec<Value>),
    Object(Map),
}

// No number here is NaN: JSON has none.
impl Eq for Value {}

/// The members of a JSON object, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Map(Vec<(String, Value)>);

/// Reads a text; none for what is no UTF-8, no JSON (RFC 8259), nested deeper than 127 levels, or
/// has an object of more than 1,024 members. Of members that stand twice, the last counts.
#[must_use]
pub fn read(text: &[u8]) -> Option<Value> {
    Reader::read(text).map(|(value, _)| value)
}

/// Reads a text in which no member stands twice, anywhere in it.
///
/// Readers that disagree on which of two members counts can be played off against each
/// other; RFC 7519 4 leaves the choice, and here such a text is refused.
#[must_use]
pub fn read_strictly(text: &[u8]) -> Option<Value> {
    Reader::read(text)
        .filter(|(_, repeats)| !repeats)
        .map(|(value, _)| value)
}

/// An object of these members.
#[must_use]
pub fn object(members: Vec<(&str, Value)>) -> Value {
    let mut object = Map::new();
    for (name, value) in members {
        object.0.push((name.to_owned(), value));
    }
    Value::Object(object)
}

/// A text.
pub(crate) fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The texts of an array.
pub(crate) fn texts(values: &[Value]) -> Vec<String> {
    let mut texts = Vec::new();
    for value in values {
        texts.extend(text(value));
    }
    texts
}

/// A number of seconds.
pub(crate) fn seconds(value: &Value) -> Option<u32> {
    u32::try_from(value.as_i64()?).ok()
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

impl Value {
    /// The member of this name, of an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// The members of an object.
    #[must_use]
    pub const fn as_object(&self) -> Option<&Map> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The elements of an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// A text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// A number.
    #[must_use]
    pub const fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A whole number.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        let number = self.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::float_cmp,
            reason = "what is not whole, or too large, comes back as another number"
        )]
        Some(number as i64).filter(|whole| *whole as f64 == number)
    }

    /// `true` or `false`.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether it is `null`.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl Map {
    /// No members.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The member of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let mut members = self.iter();
        Some(members.find(|(key, _)| *key == name)?.1)
    }

    /// The member of this name, unless it is `null`, which some write for what is absent.
    #[must_use]
    pub fn present(&self, name: &str) -> Option<&Value> {
        self.get(name).filter(|value| !value.is_null())
    }

    /// The member of this name, where it is a text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// Whether there is a member of this name.
    #[must_use]
    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The member of this name, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let mut members = self.0.iter_mut();
        Some(&mut members.find(|(key, _)| *key == name)?.1)
    }

    /// Gives the member of this name a value. Says whether it had one.
    pub fn insert(&mut self, name: String, value: Value) -> bool {
        if let Some(known) = self.get_mut(&name) {
            *known = value;
            return true;
        }
        self.0.push((name, value));
        false
    }

    /// Keeps the members that `keep` says to.
    pub fn retain(&mut self, keep: impl Fn(&str, &Value) -> bool) {
        self.0.retain(|(name, value)| keep(name, value));
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Names.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// How many members there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq<str> for Value {
    fn eq(&self, text: &str) -> bool {
        self.as_str() == Some(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<i64> for Value {
    /// Beyond 2⁵³ the nearest number that JavaScript has.
    #[expect(clippy::cast_precision_loss, reason = "said above")]
    fn from(number: i64) -> Self {
        Self::Number(number as f64)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(elements: Vec<T>) -> Self {
        let mut array = Vec::new();
        for element in elements {
            array.push(element.into());
        }
        Self::Array(array)
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(elements) => serializer.collect_seq(elements),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members.iter() {
                    // JavaScript would take it for the object's prototype.
                    if name != "__proto__" {
                        map.serialize_entry(name, value)?;
                    }
                }
                map.end()
            }
        }
    }
}

impl fmt::Display for Value {
    /// As JSON, without white space.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut comma = "";
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::String(text) => write_text(f, text),
            Self::Array(elements) => {
                f.write_str("[")?;
                for element in elements {
                    write!(f, "{comma}{element}")?;
                    comma = ",";
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (name, value) in members.iter() {
                    f.write_str(comma)?;
                    write_text(f, name)?;
                    write!(f, ":{value}")?;
                    comma = ",";
                }
                f.write_str("}")
            }
        }
    }
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    use fmt::Write;
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(f, "\\{character}")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            ..' ' => write!(f, "\\u{:04x}", u32::from(character))?,
            _ => f.write_char(character)?,
        }
    }
    f.write_char('"')
}

/// Where in a text reading has come to.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Whether a member stood twice.
    repeats: bool,
}

impl<'a> Reader<'a> {
    /// The value, and whether a member stands twice in it.
    fn read(text: &'a [u8]) -> Option<(Value, bool)> {
        let text = core::str::from_utf8(text).ok()?;
        let mut reader = Self {
            text,
            at: 0,
            repeats: false,
        };
        let value = reader.value(DEPTH_MAX)?;
        (reader.at == text.len()).then_some((value, reader.repeats))
    }

    /// The next byte; NUL, which is part of no JSON, at the end.
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == byte;
        self.at += usize::from(is_next);
        is_next
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    /// A value with the space around it, nested no deeper than `depth`.
    fn value(&mut self, depth: u8) -> Option<Value> {
        self.skip_space();
        let value = match self.peek() {
            b'"' => Value::String(self.string()?),
            b'[' => {
                let depth = depth.checked_sub(1)?;
                let mut elements = Vec::new();
                self.list(b']', &mut |reader| {
                    elements.push(reader.value(depth)?);
                    Some(())
                })?;
                Value::Array(elements)
            }
            b'{' => {
                let depth = depth.checked_sub(1)?;
                let mut members = Map::new();
                self.list(b'}', &mut |reader| {
                    reader.skip_space();
                    let name = reader.string()?;
                    reader.skip_space();
                    reader.take(b':').then_some(())?;
                    let value = reader.value(depth)?;
                    reader.repeats |= members.insert(name, value);
                    (members.len() <= MEMBERS_MAX).then_some(())
                })?;
                Value::Object(members)
            }
            b't' => self.word("true", Value::Bool(true))?,
            b'f' => self.word("false", Value::Bool(false))?,
            b'n' => self.word("null", Value::Null)?,
            _ => Value::Number(self.number()?),
        };
        self.skip_space();
        Some(value)
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let rest = self.text.get(self.at..)?;
        self.at += word.len();
        rest.starts_with(word).then_some(value)
    }

    /// What stands between brackets, with commas between.
    fn list(&mut self, end: u8, item: &mut dyn FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        self.skip_space();
        if self.take(end) {
            return Some(());
        }
        loop {
            item(self)?;
            if !self.take(b',') {
                return self.take(end).then_some(());
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        self.take(b'"').then_some(())?;
        let mut string = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), b'"' | b'\\' | ..b' ') {
                self.at += 1;
            }
            string.push_str(self.text.get(start..self.at)?);
            if self.take(b'"') {
                return Some(string);
            }
            self.take(b'\\').then_some(())?;
            string.push(self.escaped()?);
        }
    }

    /// The character that stands behind a backslash.
    fn escaped(&mut self) -> Option<char> {
        let escape = self.peek();
        self.at += 1;
        Some(match escape {
            b'"' | b'\\' | b'/' => escape.into(),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let mut unit = self.unit()?;
                if (0xD800..0xDC00).contains(&unit) {
                    (self.take(b'\\') && self.take(b'u')).then_some(())?;
                    let low = self.unit()?.checked_sub(0xDC00)?;
                    (low < 0x400).then_some(())?;
                    unit = 0x1_0000 + ((unit - 0xD800) << 10) + low;
                }
                char::from_u32(unit)?
            }
            _ => return None,
        })
    }

    /// Four hexadecimal digits: a unit of UTF-16.
    fn unit(&mut self) -> Option<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            unit = unit << 4 | char::from(self.peek()).to_digit(16)?;
            self.at += 1;
        }
        Some(unit)
    }

    /// A number: the nearest that there is for as many digits as a person writes.
    fn number(&mut self) -> Option<f64> {
        let is_negative = self.take(b'-');
        let mut digits = Digits::default();
        if !self.take(b'0') {
            self.digits(&mut |digit| digits.push(digit, false))?;
        }
        if self.take(b'.') {
            self.digits(&mut |digit| digits.push(digit, true))?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            let is_small = self.take(b'-');
            if !is_small {
                self.take(b'+');
            }
            let mut exponent = 0_i32;
            // More places than any text has digits.
            self.digits(&mut |digit| {
                exponent = (exponent * 10 + i32::from(digit)).min(100_000_000);
            })?;
            digits.exponent += if is_small { -exponent } else { exponent };
        }
        let number = digits.value();
        number
            .is_finite()
            .then_some(if is_negative { -number } else { number })
    }

    /// One digit or more.
    fn digits(&mut self, take: &mut dyn FnMut(u8)) -> Option<()> {
        let start = self.at;
        while self.peek().is_ascii_digit() {
            take(self.peek() - b'0');
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}

/// A number in decimal: `mantissa` times ten to the `exponent`.
#[derive(Default)]
struct Digits {
    mantissa: u64,
    exponent: i32,
}

impl Digits {
    /// One digit more; what lies beyond nineteen digits is too little to count.
    fn push(&mut self, digit: u8, is_fraction: bool) {
        let has_room = self.mantissa < 1_000_000_000_000_000_000;
        if has_room {
            self.mantissa = self.mantissa * 10 + u64::from(digit);
        }
        self.exponent += i32::from(!has_room) - i32::from(is_fraction);
    }

    #[expect(clippy::cast_precision_loss, reason = "a number has 53 bits")]
    fn value(&self) -> f64 {
        let Self {
            mut mantissa,
            exponent,
        } = *self;
        let places = exponent.unsigned_abs();
        if mantissa == 0 || places <= 22 {
            // Powers of ten up to 10²² are exact, and then so is the nearest result.
            let power = (0..places.min(22)).fold(1.0, |power, _| power * 10.0);
            let mantissa = mantissa as f64;
            return if exponent < 0 {
                mantissa / power
            } else {
                mantissa * power
            };
        }
        // In 60 bits and powers of two, so that rounding again and again is not seen in the end.
        let mut twos = 0_i32;
        for _ in 0..places.min(400) {
            let room = mantissa.leading_zeros();
            if exponent < 0 {
                mantissa = ((mantissa << room >> 1) + 5) / 10;
                twos += 1 - room.cast_signed();
            } else {
                let excess = 4_u32.saturating_sub(room);
                mantissa = ((mantissa + (1 << excess >> 1)) >> excess) * 10;
                twos += excess.cast_signed();
            }
        }
        // In two steps: all of it at once may be more than the number is.
        let power = |twos: i32| f64::from_bits(u64::from((1_023 + twos).cast_unsigned()) << 52);
        mantissa as f64 * power(twos / 2) * power(twos - twos / 2)
    }
}

/// The value of `serde_json::json!`, as the text of it is read here.
#[cfg(test)]
macro_rules! json {
    ($($tokens:tt)+) => {
        $crate::json::read(serde_json::json!($($tokens)+).to_string().as_bytes()).expect("JSON")
    };
}
#[cfg(test)]
pub(crate) use json;

/// `null` where there is no such member.
#[cfg(test)]
impl core::ops::Index<&str> for Value {
    type Output = Self;

    fn index(&self, name: &str) -> &Self {
        self.get(name).unwrap_or(&Self::Null)
    }
}

#[cfg(test)]
impl Value {
    /// This object with the members of another put in.
    pub(crate) fn with(self, more: &Self) -> Self {
        let (Self::Object(mut members), Self::Object(more)) = (self, more) else {
            panic!("not two objects");
        };
        for (name, value) in more.iter() {
            members.insert(name.to_owned(), value.clone());
        }
        Self::Object(members)
    }
}

#[cfg(test)]
mod tests {
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
            "",
            " ",
            "{",
            "[",
            "\"",
            "{} {}",
            "1 2",
            "{a:1}",
            "'a'",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1}",
            "{\"a\":1,}",
            "{\"a\"}",
            "{\"a\",1}",
            "{1:1}",
            "{\"a\":1]",
            "nul",
            "nulll",
            "True",
            "NaN",
            "Infinity",
            "undefined",
            "//\n1",
        ] {
            refused(text);
        }
        for bytes in [
            &b"\"\xff\""[..],
            b"\"\xed\xa0\x80\"",
            b"\"\xc0\xa0\"",
            b"\0",
            b"1\0",
            b"\xff\xfe1\0",
        ] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }

    #[track_caller]
    fn refused(text: &str) {
        assert_eq!(read(text.as_bytes()), None, "{text}");
        assert_eq!(read_strictly(text.as_bytes()), None, "{text}");
        let theirs = serde_json::from_str::<serde_json::Value>(text);
        assert!(theirs.is_err(), "serde_json takes {text}");
    }

    #[test]
    fn a_text_nests_as_deep_as_serde_json_has_it() {
        for (open, close) in [("[", "]"), ("{\"a\":[", "]}"), ("[{\"a\":", "}]")] {
            let levels = open.matches(['[', '{']).count();
            let nested = |depth: usize| {
                let odd = if depth.is_multiple_of(levels) {
                    ("", "")
                } else {
                    ("[", "]")
                };
                let (opened, closed) = (open.repeat(depth / levels), close.repeat(depth / levels));
                [odd.0, &opened, "0", &closed, odd.1].concat()
            };
            let deepest = nested(127);
            assert!(read(deepest.as_bytes()).is_some(), "{deepest}");
            assert!(serde_json::from_str::<serde_json::Value>(&deepest).is_ok());
            refused(&nested(128));
        }
        // As wide as one likes.
        let wide = format!("[{}0]", "[],".repeat(1_000));
        assert!(read(wide.as_bytes()).is_some());
    }

    #[test]
    fn an_object_has_a_limit_of_members() {
        let of = |count: usize| {
            let members: Vec<String> = (0..count).map(|n| format!("\"{n}\":{n}")).collect();
            format!("{{{}}}", members.join(","))
        };
        let most = read(of(1_024).as_bytes()).expect("an object");
        assert_eq!(most.as_object().map(Map::len), Some(1_024));
        assert_eq!(most["1023"].as_i64(), Some(1_023));
        assert_eq!(read(of(1_025).as_bytes()), None);
        assert_eq!(read(format!("[{}]", of(1_025)).as_bytes()), None);
        // Each has its own.
        let two = format!("[{0},{0}]", of(1_024));
        assert!(read(two.as_bytes()).is_some());
        // One that stands again is none more.
        let again = of(1_024).replace("\"1023\":", "\"1022\":");
        assert!(
            read(again.as_bytes()).is_some_and(|object| object["1022"].as_i64() == Some(1_023))
        );
    }

    #[test]
    fn texts() {
        for (text, expected) in [
            (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r#""\u0000\u001f\u00e9\u00E9\uFFFF""#, "\0\u{1f}éé\u{ffff}"),
            (
                r#""\ud800\udc00\uD83D\uDE00\udbff\udfff""#,
                "\u{10000}😀\u{10ffff}",
            ),
            (r#""\ud7ff\ue000""#, "\u{d7ff}\u{e000}"),
            ("\"é😀\u{7f}\u{2028}/\"", "é😀\u{7f}\u{2028}/"),
            (r#""\\u0041""#, "\\u0041"),
            ("\"\"", ""),
        ] {
            assert_eq!(read(text.as_bytes()), Some(expected.into()), "{text}");
        }
    }

    #[test]
    fn escapes_that_are_none() {
        for text in [
            r#""\a""#,
            r#""\'""#,
            r#""\x41""#,
            r#""\U0041""#,
            r#""\0""#,
            r#""\""#,
            r#""\u""#,
            r#""\u004""#,
            r#""\u004g""#,
            r#""\u+041""#,
            r#""\u{41}""#,
            r#""\u 041""#,
            "\"\\\n\"",
            "\"\\é\"",
            "\"\\u00é1\"",
        ] {
            refused(text);
        }
    }

    #[test]
    fn half_a_surrogate_pair_is_refused() {
        for text in [
            r#""\ud800""#,
            r#""\udbff""#,
            r#""\udc00""#,
            r#""\udfff""#,
            r#""\ud800x""#,
            r#""\ud800\n""#,
            r#""\ud800\u0041""#,
            r#""\ud800\ud800""#,
            r#""\ud800\ue000""#,
            r#""\udc00\ud800""#,
            r#""\ud800\""#,
            r#""\ud800\udc0""#,
            r#""\ud800udc00""#,
        ] {
            refused(text);
        }
    }

    #[test]
    fn control_characters_are_refused_in_texts() {
        for character in '\0'..' ' {
            refused(&format!("\"{character}\""));
            refused(&format!("{{\"{character}\":1}}"));
        }
    }

    #[test]
    fn white_space_is_what_json_calls_so() {
        let spaced = " \t\r\n{ \t\r\n\"a\" \t\r\n: \t\r\n[ \t\r\n1 \t\r\n, \t\r\n2 \t\r\n] \t\r\n, \"b\" : { } , \"c\" : [ ] } \t\r\n";
        assert_eq!(
            read(spaced.as_bytes()),
            Some(json!({ "a": [1, 2], "b": {}, "c": [] }))
        );
        for other in [
            '\u{b}', '\u{c}', '\0', '\u{85}', '\u{a0}', '\u{2003}', '\u{2028}', '\u{3000}',
            '\u{feff}',
        ] {
            for text in [
                format!("{other}1"),
                format!("1{other}"),
                format!("[{other}1]"),
            ] {
                refused(&text);
            }
        }
    }

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("0", 0.0),
            ("-0", -0.0),
            ("-0.0e-0", -0.0),
            ("0e999999999999999999999", 0.0),
            ("7", 7.0),
            ("-12.5", -12.5),
            ("1E+2", 100.0),
            ("1e-2", 0.01),
            ("0.1", 0.1),
            ("1e00002", 100.0),
            ("1e22", 1e22),
            ("1e23", 1e23),
            ("123456789012345e-22", 1.234_567_890_123_45e-8),
            ("9007199254740991", 9_007_199_254_740_991.0),
            ("9007199254740993", 9_007_199_254_740_992.0),
            ("123456789012345678", 123_456_789_012_345_678.0),
            ("9223372036854775807", 9_223_372_036_854_775_808.0),
            (
                "123456789012345678901234567890",
                123_456_789_012_345_678_901_234_567_890.0,
            ),
            ("0.000000000000000000000000000001", 1e-30),
            ("1.00000000000000000000000000000", 1.0),
            ("100000000000000000000000000e-320", 1e-294),
            ("2.2250738585072014e-308", 2.225_073_858_507_201_4e-308),
            ("5e-324", 5e-324),
            ("1.7976931348623157e308", f64::MAX),
            ("1e-999", 0.0),
            ("-1e-999999999999999999999", -0.0),
        ] {
            let number = read(text.as_bytes()).and_then(|value| value.as_f64());
            assert_eq!(
                number.map(f64::to_bits),
                Some(expected.to_bits()),
                "{text}: {number:?}"
            );
        }
        let long = [&"1".repeat(20_000), "e-19999"].concat();
        let number = read(long.as_bytes()).and_then(|value| value.as_f64());
        assert!(
            number.is_some_and(|number| (number - 1.111_111_111_111_111_1).abs() < 1e-15),
            "{number:?}"
        );
    }

    #[test]
    fn what_is_no_number() {
        for text in [
            "-",
            "+1",
            "--1",
            "- 1",
            "01",
            "-01",
            "00",
            "1.",
            ".5",
            "-.5",
            "1.e1",
            "1e",
            "1e+",
            "1e-",
            "1e+-1",
            "e1",
            "1e1.5",
            "1e1e1",
            "1.2.3",
            "0x10",
            "1_000",
            "1,000",
            "١",
            "1f",
            "1e999",
            "-1e999",
            "1e99999999999999999999",
            "2e308",
        ] {
            refused(text);
        }
        refused(&"9".repeat(400));
    }

    #[test]
    fn whole_numbers() {
        let whole = |text: &str| read(text.as_bytes()).and_then(|value| value.as_i64());
        assert_eq!(whole("3e2"), Some(300));
        assert_eq!(whole("-0.0"), Some(0));
        assert_eq!(whole("-9007199254740992"), Some(-(1 << 53)));
        assert_eq!(whole("0.5"), None);
        assert_eq!(whole("1e300"), None);
        assert_eq!(whole("\"1\""), None);
        // The nearest number that JavaScript has.
        assert_eq!(whole("9007199254740993"), Some(9_007_199_254_740_992));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let value = json!({
            "\"\\/\u{8}\u{c}\n\r\t\u{1f}é😀\u{2028}": [null, true, false, 0, -1.5, 1e300, 5e-324, "", {}, []],
        });
        let written = value.to_string();
        assert_eq!(read(written.as_bytes()), Some(value));
        assert!(
            written.starts_with(r#"{"\"\\/\u0008\u000c\n\r\t\u001fé"#),
            "{written}"
        );
        assert!(written.contains("[null,true,false,0,-1.5,1"), "{written}");
    }

    #[test]
    fn no_member_becomes_a_prototype() {
        let value = read(br#"{"__proto__": 1, "a": {"__proto__": {"b": 2}}}"#);
        let handed_on = serde_json::to_string(&value);
        assert!(
            matches!(handed_on.as_deref(), Ok(r#"{"a":{}}"#)),
            "{handed_on:?}"
        );
    }

    #[test]
    fn a_member_that_stands_twice() {
        for text in [r#"{"a":1,"a":2}"#, r#"{"a":2,"b":[{"a":1,"\u0061":2}]}"#] {
            assert!(read(text.as_bytes()).is_some_and(|value| value["a"].as_i64() == Some(2)));
            assert_eq!(read_strictly(text.as_bytes()), None, "{text}");
        }
    }
}
