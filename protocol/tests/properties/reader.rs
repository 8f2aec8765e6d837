//! The reader of JSON, compared with `serde_json`.

use core::ops::Range;

use messenger_auth_protocol::json::{self, read, read_strictly};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use crate::parts;

/// How many numbers there are between two.
fn apart(ours: f64, theirs: f64) -> u64 {
    // Neighbours differ by one in their bits; the first of them is the sign.
    ours.to_bits().abs_diff(theirs.to_bits())
}

/// Whether both are the same value, members in the same order, numbers no more than this far apart.
fn is_same(ours: &json::Value, theirs: &Value, tolerance: u64) -> bool {
    match (ours, theirs) {
        (json::Value::Null, Value::Null) => true,
        (json::Value::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (json::Value::String(ours), Value::String(theirs)) => ours == theirs,
        (json::Value::Number(ours), Value::Number(theirs)) => {
            apart(*ours, theirs.as_f64().unwrap()) <= tolerance
        }
        (json::Value::Array(ours), Value::Array(theirs)) => {
            let mut pairs = ours.iter().zip(theirs);
            ours.len() == theirs.len() && pairs.all(|(a, b)| is_same(a, b, tolerance))
        }
        (json::Value::Object(ours), Value::Object(theirs)) => {
            let mut pairs = ours.iter().zip(theirs);
            ours.len() == theirs.len()
                && pairs.all(|((a, x), (b, y))| a == b && is_same(x, y, tolerance))
        }
        _ => false,
    }
}

/// Texts that `serde_json` has written, short or indented.
fn written() -> impl Strategy<Value = (Value, String)> {
    (parts::json(), any::<bool>()).prop_map(|(value, is_pretty)| {
        let text = if is_pretty {
            serde_json::to_string_pretty(&value).unwrap()
        } else {
            value.to_string()
        };
        (value, text)
    })
}

/// Bytes that mean something in JSON, and some that do not.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = select(vec![
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "\\ude00", "\\u0061", "\\n",
        "-", "+", ".", "e", "E", "0", "1", "9", "00", "true", "false", "null", "nul", " ", "\n",
        "\t", "\r", "\x0b", "\x0c", "\u{a0}", "\u{feff}", "\0", "\x1f", "\x7f", "é", "😀",
        "\"a\":", "\"a\"", "/", "//", "'",
    ]);
    prop_oneof![
        8 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => any::<u8>().prop_map(|byte| vec![byte]),
    ]
}

/// A text of such pieces; or a good one, a few times cut into and put in.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let change = (
        any::<prop::sample::Index>(),
        0_usize..3,
        prop::option::of(piece()),
    );
    let spoilt = (written(), vec(change, 0..4)).prop_map(|((_, text), changes)| {
        let mut bytes = text.into_bytes();
        for (at, left_out, put_in) in changes {
            let at = at.index(bytes.len() + 1);
            let end = bytes.len().min(at + left_out);
            bytes.splice(at..end, put_in.unwrap_or_default());
        }
        bytes
    });
    let random = vec(piece(), 0..14).prop_map(|pieces| pieces.concat());
    prop_oneof![2 => spoilt, 1 => random]
}

/// Digits with a point and an exponent, as anybody may write them.
fn decimal(digits: Range<usize>, exponent: Range<i32>) -> impl Strategy<Value = String> {
    let digits = vec(b'0'..=b'9', digits);
    let at = any::<prop::sample::Index>();
    let form = select(vec!["e", "E", "e+"]);
    (any::<bool>(), digits, at, exponent, form).prop_map(
        |(is_negative, digits, at, exponent, form)| {
            let digits = String::from_utf8(digits).unwrap();
            let (whole, fraction) = digits.split_at(at.index(digits.len() + 1));
            let whole = whole.trim_start_matches('0');
            let whole = if whole.is_empty() { "0" } else { whole };
            let point = if fraction.is_empty() { "" } else { "." };
            let form = if exponent < 0 { "e" } else { form };
            let sign = if is_negative { "-" } else { "" };
            format!("{sign}{whole}{point}{fraction}{form}{exponent}")
        },
    )
}

fn number(text: &str) -> Option<f64> {
    read(text.as_bytes())?.as_f64()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_serde_json_writes_is_read_as_it_was((value, text) in written()) {
        let read = read(text.as_bytes());
        prop_assert!(read.as_ref().is_some_and(|read| is_same(read, &value, 2)), "{text}: {read:?}");
        prop_assert_eq!(read_strictly(text.as_bytes()), read);
    }

    #[test]
    fn taken_and_refused_is_what_serde_json_takes_and_refuses(bytes in mutated()) {
        let theirs = serde_json::from_slice::<Value>(&bytes).ok();
        let ours = read(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        match (&ours, &theirs) {
            (Some(ours), Some(theirs)) => {
                prop_assert!(is_same(ours, theirs, 2), "{text}: {ours}, {theirs}");
                let strict = read_strictly(&bytes);
                prop_assert!(strict.is_none() || strict.as_ref() == Some(ours), "{text}");
            }
            (None, None) => prop_assert_eq!(read_strictly(&bytes), None),
            _ => prop_assert!(false, "{text}: {ours:?}, {theirs:?}"),
        }
    }

    /// What JavaScript and `Display` here write, and whatever else: two apart at most, and from a
    /// correct reader too.
    #[test]
    fn any_number_is_read_to_its_last_bits(
        text in prop_oneof![
            decimal(1..40, -360..330), decimal(1..20, -30..30),
            any::<f64>().prop_map(|number| json!(number).to_string()),
            any::<f64>().prop_map(|number| read(json!(number).to_string().as_bytes()).unwrap().to_string()),
            any::<i64>().prop_map(|number| number.to_string()), any::<u64>().prop_map(|number| number.to_string()),
        ],
    ) {
        prop_assume!(text != "null");
        let theirs = serde_json::from_str::<Value>(&text).ok().and_then(|value| value.as_f64());
        let nearest: f64 = text.parse().unwrap();
        match (number(&text), theirs) {
            (Some(ours), Some(theirs)) => {
                prop_assert!(apart(ours, theirs) <= 2, "{text}: {ours:e}, {theirs:e}");
                prop_assert!(apart(ours, nearest) <= 2, "{text}: {ours:e}, {nearest:e}");
            }
            (None, None) => prop_assert!(nearest.abs() > 1.797e308, "{text}"),
            // The largest numbers of all may be too large for either.
            _ => prop_assert!(nearest.abs() > 1.797_693_134_862_315e308, "{text}"),
        }
    }

    #[test]
    fn what_a_person_writes_is_read_exactly(
        text in prop_oneof![
            // No power of ten beyond 10²² comes of it.
            decimal(1..16, -7..23),
            (-(1_i64 << 53)..=1 << 53).prop_map(|number| number.to_string()),
        ],
    ) {
        let theirs = serde_json::from_str::<Value>(&text).unwrap().as_f64().unwrap();
        prop_assert_eq!(number(&text).map(f64::to_bits), Some(theirs.to_bits()));
        prop_assert_eq!(theirs.to_bits(), text.parse::<f64>().unwrap().to_bits());
    }

    /// Of members that stand twice the last counts, in the place of the first; read strictly,
    /// nothing counts.
    #[test]
    fn repeated_members(
        members in vec(("[a-c]{0,1}", parts::json()), 0..5),
        depth in 0_usize..4,
    ) {
        let names: std::collections::BTreeSet<&String> = members.iter().map(|(name, _)| name).collect();
        let repeats = names.len() < members.len();
        let inside: Vec<String> = members.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
        let text = format!("{}{{{}}}{}", "[".repeat(depth), inside.join(","), "]".repeat(depth));
        let theirs: Value = serde_json::from_str(&text).unwrap();
        let ours = read(text.as_bytes()).unwrap();
        prop_assert!(is_same(&ours, &theirs, 2), "{text}");
        prop_assert_eq!(read_strictly(text.as_bytes()).is_none(), repeats, "{}", text);
    }

    #[test]
    fn what_is_written_here_is_read_by_anybody((value, _) in written()) {
        let ours = read(value.to_string().as_bytes()).unwrap();
        let theirs: Value = serde_json::from_str(&ours.to_string()).unwrap();
        prop_assert!(is_same(&ours, &theirs, 2), "{ours}");
    }
}
