//! Text and binary JSON read into values, for model files.

use std::collections::HashMap;

const DEEPEST: usize = 64;

/// A document is damaged or of no kind known here; the reason as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRefused(pub &'static str);

/// One value of a document. Numbers are kept as whole numbers where they are, and as single floats.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Flag(bool),
    Number { whole: Option<i64>, float: f32 },
    Text(String),
    List(Vec<Value>),
    Object(HashMap<String, Value>),
}

impl Value {
    /// Give what an object holds under this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(name),
            _ => None,
        }
    }

    /// Give the text of a text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Give the values of a list.
    #[must_use]
    pub fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(values) => Some(values),
            _ => None,
        }
    }

    /// Give a whole number, or 1 and 0 for a flag.
    #[must_use]
    pub fn whole(&self) -> Option<i64> {
        match self {
            Self::Number { whole, .. } => *whole,
            Self::Flag(flag) => Some(i64::from(*flag)),
            _ => None,
        }
    }

    /// Give a number as a single float.
    #[must_use]
    pub fn float(&self) -> Option<f32> {
        match self {
            Self::Number { float, .. } => Some(*float),
            _ => None,
        }
    }
}

/// Read a document: text JSON, or universal binary JSON, told apart by what follows the first brace.
///
/// # Errors
///
/// `DocumentRefused` when it ends too early, goes on too long, nests too deeply or is of another kind.
pub fn read(bytes: &[u8]) -> Result<Value, DocumentRefused> {
    let is_text = bytes
        .iter()
        .skip(1)
        .find(|byte| !byte.is_ascii_whitespace())
        .is_some_and(|&byte| matches!(byte, b'"' | b'}') && bytes.first() == Some(&b'{'));
    let mut reader = Reader { bytes, at: 0 };
    let value = if is_text { reader.text_value(0)? } else { reader.binary_value(0)? };
    if bytes[reader.at..].iter().all(u8::is_ascii_whitespace) {
        Ok(value)
    } else {
        Err(DocumentRefused("the document goes on after its end"))
    }
}

struct Reader<'bytes> {
    bytes: &'bytes [u8],
    at: usize,
}

impl<'bytes> Reader<'bytes> {
    fn take(&mut self, count: usize) -> Result<&'bytes [u8], DocumentRefused> {
        let end = self.at.checked_add(count).filter(|&end| end <= self.bytes.len());
        let end = end.ok_or(DocumentRefused("the document ends too early"))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn next(&mut self) -> Result<u8, DocumentRefused> {
        Ok(self.take(1)?[0])
    }

    fn take_if(&mut self, wanted: u8) -> bool {
        let is_next = self.bytes.get(self.at) == Some(&wanted);
        self.at += usize::from(is_next);
        is_next
    }

    fn text_value(&mut self, depth: usize) -> Result<Value, DocumentRefused> {
        check_depth(depth)?;
        self.skip_blanks();
        match self.bytes.get(self.at) {
            Some(b'{') => self.text_object(depth),
            Some(b'[') => self.text_list(depth),
            Some(b'"') => Ok(Value::Text(self.quoted()?)),
            _ => self.bare_word(),
        }
    }

    fn text_object(&mut self, depth: usize) -> Result<Value, DocumentRefused> {
        self.at += 1;
        let mut members = HashMap::new();
        while !self.ends_with(b'}', members.is_empty())? {
            self.skip_blanks();
            let name = self.quoted()?;
            self.skip_blanks();
            if !self.take_if(b':') {
                return Err(DocumentRefused("a name is not followed by a colon"));
            }
            members.insert(name, self.text_value(depth + 1)?);
        }
        Ok(Value::Object(members))
    }

    fn text_list(&mut self, depth: usize) -> Result<Value, DocumentRefused> {
        self.at += 1;
        let mut values = Vec::new();
        while !self.ends_with(b']', values.is_empty())? {
            values.push(self.text_value(depth + 1)?);
        }
        Ok(Value::List(values))
    }

    /// Tell whether the object or list ends here, and step over the comma if it goes on.
    fn ends_with(&mut self, end: u8, is_empty: bool) -> Result<bool, DocumentRefused> {
        self.skip_blanks();
        if self.take_if(end) {
            return Ok(true);
        }
        if is_empty || self.take_if(b',') {
            return Ok(false);
        }
        Err(DocumentRefused("values are not parted by commas"))
    }

    fn quoted(&mut self) -> Result<String, DocumentRefused> {
        if !self.take_if(b'"') {
            return Err(DocumentRefused("a name is not in quotes"));
        }
        let mut text = Vec::new();
        loop {
            match self.next()? {
                b'"' => break,
                b'\\' => text.extend(self.escaped()?.encode_utf8(&mut [0; 4]).bytes()),
                byte => text.push(byte),
            }
        }
        String::from_utf8(text).map_err(|_| DocumentRefused("a text is not UTF-8"))
    }

    fn escaped(&mut self) -> Result<char, DocumentRefused> {
        match self.next()? {
            b'n' => Ok('\n'),
            b't' => Ok('\t'),
            b'r' => Ok('\r'),
            b'b' => Ok('\x08'),
            b'f' => Ok('\x0c'),
            b'u' => self.numbered_character(),
            byte @ (b'"' | b'\\' | b'/') => Ok(byte.into()),
            _ => Err(DocumentRefused("a text holds a character spelled in a way not known here")),
        }
    }

    /// Read a character spelled by its number, a rare one by the two halves of a pair.
    fn numbered_character(&mut self) -> Result<char, DocumentRefused> {
        let first = self.four_digits()?;
        let is_half = (0xd800..0xdc00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u");
        let mut halves = vec![first];
        if is_half {
            self.at += 2;
            halves.push(self.four_digits()?);
        }
        let mut characters = char::decode_utf16(halves);
        let character = characters.next().and_then(Result::ok).filter(|_| characters.next().is_none());
        character.ok_or(DocumentRefused("a text holds half a character"))
    }

    fn four_digits(&mut self) -> Result<u16, DocumentRefused> {
        let digits = std::str::from_utf8(self.take(4)?).ok().filter(|digits| !digits.starts_with('+'));
        digits
            .and_then(|digits| u16::from_str_radix(digits, 16).ok())
            .ok_or(DocumentRefused("a character's number is none"))
    }

    fn bare_word(&mut self) -> Result<Value, DocumentRefused> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| b",]} \t\r\n".contains(byte)).unwrap_or(rest.len());
        let word = std::str::from_utf8(self.take(length)?).unwrap_or_default();
        match word {
            "null" => Ok(Value::Null),
            "true" => Ok(Value::Flag(true)),
            "false" => Ok(Value::Flag(false)),
            _ => {
                let float = word.parse().map_err(|_| DocumentRefused("a number is none"))?;
                Ok(Value::Number { whole: word.parse().ok(), float })
            }
        }
    }

    fn skip_blanks(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn binary_value(&mut self, depth: usize) -> Result<Value, DocumentRefused> {
        let kind = self.next()?;
        self.binary_value_of(kind, depth)
    }

    fn binary_value_of(&mut self, kind: u8, depth: usize) -> Result<Value, DocumentRefused> {
        check_depth(depth)?;
        match kind {
            b'Z' => Ok(Value::Null),
            b'T' => Ok(Value::Flag(true)),
            b'F' => Ok(Value::Flag(false)),
            b'd' => Ok(number(f32::from_be_bytes(self.array()?))),
            b'D' => Ok(number(single(f64::from_be_bytes(self.array()?)))),
            b'S' => Ok(Value::Text(self.binary_text()?)),
            b'[' => self.binary_list(depth),
            b'{' => self.binary_object(depth),
            _ => self.binary_whole(kind).map(whole_number),
        }
    }

    fn binary_whole(&mut self, kind: u8) -> Result<i64, DocumentRefused> {
        match kind {
            b'i' => Ok(i8::from_be_bytes(self.array()?).into()),
            b'U' => Ok(self.next()?.into()),
            b'I' => Ok(i16::from_be_bytes(self.array()?).into()),
            b'l' => Ok(i32::from_be_bytes(self.array()?).into()),
            b'L' => Ok(i64::from_be_bytes(self.array()?)),
            _ => Err(DocumentRefused("it is neither JSON nor UBJSON")),
        }
    }

    fn binary_length(&mut self) -> Result<usize, DocumentRefused> {
        let kind = self.next()?;
        usize::try_from(self.binary_whole(kind)?).map_err(|_| DocumentRefused("a length is below zero"))
    }

    fn binary_text(&mut self) -> Result<String, DocumentRefused> {
        let length = self.binary_length()?;
        let text = self.take(length)?.to_vec();
        String::from_utf8(text).map_err(|_| DocumentRefused("a text is not UTF-8"))
    }

    fn binary_list(&mut self, depth: usize) -> Result<Value, DocumentRefused> {
        let kind = if self.take_if(b'$') { Some(self.next()?) } else { None };
        let count = if self.take_if(b'#') { Some(self.binary_length()?) } else { None };
        let mut values = Vec::new();
        while count.map_or_else(|| !self.take_if(b']'), |count| values.len() < count) {
            if matches!(kind, Some(b'Z' | b'T' | b'F')) {
                return Err(DocumentRefused("a list of values that take no room could be endless"));
            }
            let kind = kind.map_or_else(|| self.next(), Ok)?;
            values.push(self.binary_value_of(kind, depth + 1)?);
        }
        Ok(Value::List(values))
    }

    fn binary_object(&mut self, depth: usize) -> Result<Value, DocumentRefused> {
        let mut members = HashMap::new();
        while !self.take_if(b'}') {
            let name = self.binary_text()?;
            members.insert(name, self.binary_value(depth + 1)?);
        }
        Ok(Value::Object(members))
    }

    fn array<const SIZE: usize>(&mut self) -> Result<[u8; SIZE], DocumentRefused> {
        let mut array = [0; SIZE];
        array.copy_from_slice(self.take(SIZE)?);
        Ok(array)
    }
}

fn check_depth(depth: usize) -> Result<(), DocumentRefused> {
    if depth > DEEPEST { Err(DocumentRefused("the document nests too deeply")) } else { Ok(()) }
}

fn number(float: f32) -> Value {
    Value::Number { whole: None, float }
}

#[expect(clippy::cast_precision_loss, reason = "a whole number read where a float is wanted is a small one")]
fn whole_number(whole: i64) -> Value {
    Value::Number { whole: Some(whole), float: whole as f32 }
}

#[expect(clippy::cast_possible_truncation, reason = "a model's numbers are single floats")]
fn single(double: f64) -> f32 {
    double as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_as_it_stands() {
        let value = read(br#" {"a": [1, -2.5E-1, true, null, "x\"y"], "b": {}} "#);
        assert_eq!(value, Err(DocumentRefused("it is neither JSON nor UBJSON")));
        let value = read(br#"{"a": [1, -2.5E-1, true, null, "x\"y"], "b": {}} "#).unwrap();
        let list = value.get("a").and_then(Value::list).unwrap();
        assert_eq!((list[0].whole(), list[0].float()), (Some(1), Some(1.0)));
        assert_eq!((list[1].whole(), list[1].float()), (None, Some(-0.25)));
        assert_eq!((list[2].whole(), &list[3], list[4].text()), (Some(1), &Value::Null, Some("x\"y")));
    }

    #[test]
    fn characters_spelled_by_their_number_are_read() {
        let value = read(br#"{"a": "\u0001\u00e9\u20AC\ud83d\ude00\b\f\/"}"#).unwrap();
        let text = value.get("a").and_then(Value::text);
        assert_eq!(text, Some("\u{1}\u{e9}\u{20ac}\u{1f600}\u{8}\u{c}/"));
        for bad in [r"\ud83d", r"\ude00", r"\ud83d\u0041", r"\ud83dx", r"\u+123", r"\u12g4", r"\u12", r"\x"] {
            assert!(read(format!(r#"{{"a": "{bad}"}}"#).as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn binary_is_read_as_text_would_be() {
        let mut bytes = b"{L\0\0\0\0\0\0\0\x01a[$d#L\0\0\0\0\0\0\0\x02".to_vec();
        bytes.extend(0.5_f32.to_be_bytes());
        bytes.extend((-1.5_f32).to_be_bytes());
        bytes.extend(b"i\x01bSi\x02hii\x01c[i\x07F]}");
        let value = read(&bytes).unwrap();
        let floats: Vec<_> =
            value.get("a").and_then(Value::list).unwrap().iter().filter_map(Value::float).collect();
        assert_eq!(floats, [0.5, -1.5]);
        assert_eq!(value.get("b").and_then(Value::text), Some("hi"));
        assert_eq!(value.get("c").and_then(Value::list).map(<[_]>::len), Some(2));
    }

    #[test]
    fn whatever_is_cut_or_changed_is_refused_or_read_but_never_panics() {
        let whole = br#"{"a": [1, -2.5E-1, {"b": "c"}], "d": "e"}"#;
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err());
            for byte in 0..=255 {
                let mut changed = whole.to_vec();
                changed[length] = byte;
                let _ = read(&changed);
            }
        }
        assert!(read("{\"a\":".repeat(100_000).as_bytes()).is_err());
        assert!(read(&b"[".repeat(100_000)).is_err());
        assert!(read(b"{i\x01a[$Z#L\x7f\xff\xff\xff\xff\xff\xff\xff}").is_err());
        assert!(read(b"{i\x01a[$[#L\x7f\xff\xff\xff\xff\xff\xff\xff}").is_err());
    }
}
