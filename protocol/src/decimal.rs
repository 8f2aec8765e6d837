//! Whole numbers in decimal. The standard library prints and reads far more than that, and brings
//! 1,400 bytes (brotli) along for it.

/// Numbers below this one are read.
const LARGEST: i64 = 1_000_000_000_000_000_000;

/// The number as text.
#[must_use]
pub fn print(number: i64) -> String {
    let mut text = String::new();
    if number < 0 {
        text.push('-');
    }
    push(&mut text, number.unsigned_abs());
    text
}

fn push(text: &mut String, number: u64) {
    if number >= 10 {
        push(text, number / 10);
    }
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// The number that a text is: digits, with a minus before them where it is below zero, and nothing else.
/// None beyond eighteen digits.
#[must_use]
pub fn read(text: &str) -> Option<i64> {
    match text.strip_prefix('-') {
        Some(text) => digits(text).map(|number| -number),
        None => digits(text),
    }
}

/// The number that a text is: digits and nothing else. None beyond eighteen of them.
#[must_use]
pub fn digits(text: &str) -> Option<i64> {
    let mut number = None;
    for byte in text.bytes() {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        let before = number.unwrap_or(0);
        (before < LARGEST / 10).then_some(())?;
        number = Some(before * 10 + digit);
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read() {
        for number in [
            0,
            7,
            -7,
            10,
            1_000,
            -1_234_567_890,
            LARGEST - 1,
            1 - LARGEST,
        ] {
            assert_eq!(print(number), number.to_string());
            assert_eq!(read(&print(number)), Some(number));
        }
        assert_eq!(print(i64::MIN), i64::MIN.to_string());
    }

    #[test]
    fn only_digits_are_a_number() {
        assert_eq!(read("007"), Some(7));
        assert_eq!(
            (digits("7"), digits("-7"), digits("-0")),
            (Some(7), None, None)
        );
        for text in [
            "",
            "-",
            "+1",
            "1 ",
            "1.0",
            "0x1",
            "--1",
            "1000000000000000000",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
