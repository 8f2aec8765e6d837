//! The panel's style sheet, as it is downloaded: without comments, and without the white space that
//! only a reader needs.

const WRITTEN: &[u8] = include_bytes!("style.css");
const PLAIN: ([u8; WRITTEN.len()], usize) = plain();

/// The style sheet.
#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(dead_code, reason = "shown by a browser")
)]
pub(super) const SHEET: &str = match core::str::from_utf8(PLAIN.0.split_at(PLAIN.1).0) {
    Ok(sheet) => sheet,
    Err(_) => panic!("style.css is no text"),
};

/// What is left, and how much that is.
const fn plain() -> ([u8; WRITTEN.len()], usize) {
    let mut plain = [0; WRITTEN.len()];
    let (mut at, mut length) = (0, 0);
    while at < WRITTEN.len() {
        if WRITTEN[at] == b'/' && WRITTEN[at + 1] == b'*' {
            while !(WRITTEN[at] == b'*' && WRITTEN[at + 1] == b'/') {
                at += 1;
            }
            at += 2;
        } else if WRITTEN[at].is_ascii_whitespace()
            && (length == 0 || matches!(plain[length - 1], b' ' | b',' | b':' | b';' | b'{' | b'}'))
        {
            at += 1;
        } else {
            if WRITTEN[at] == b'{' && length > 0 && plain[length - 1] == b' ' {
                length -= 1;
            }
            plain[length] = if WRITTEN[at].is_ascii_whitespace() {
                b' '
            } else {
                WRITTEN[at]
            };
            length += 1;
            at += 1;
        }
    }
    (plain, length)
}
