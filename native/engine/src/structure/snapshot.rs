//! The state of a structure engine as bytes, exact to the last bit; twin of `domain/structure/snapshot.py`.
//!
//! The bytes are those of the Python twin: words of text with a blank between them, floats as the exact
//! hexadecimals of Python's `float.hex`, so that either engine takes over the other's state.

use std::fmt::{Display, Formatter, Write};
use std::str::Split;

use crate::candle::Candle;

const BELOW_2_TO_64: u128 = 59;
const LARGEST_64_BIT_PRIME: u128 = (1 << 64) - BELOW_2_TO_64;
const UNKNOWN: &str = "-";
const FRACTION_BITS: u32 = 52;
const EXPONENT_BIAS: i64 = 1023;
const EXPONENT_MASK: u64 = 0x7ff;

/// Why a snapshot was not taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotRefused {
    NotText,
    OtherSchema { found: String, expected: String },
    Damaged,
}

impl Display for SnapshotRefused {
    fn fmt(&self, out: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotText => write!(out, "snapshot is no text of this kind"),
            Self::OtherSchema { found, expected } => {
                write!(out, "snapshot of schema {found}, this engine has {expected}")
            }
            Self::Damaged => write!(out, "snapshot is damaged"),
        }
    }
}

impl std::error::Error for SnapshotRefused {}

/// Give 16 hexadecimal digits that tell one text from another.
///
/// The UTF-8 bytes, read as one little-endian number with a 1 after the last byte, modulo the largest
/// prime below 2^64: any change of a single byte shows.
pub fn fingerprint(text: &str) -> String {
    let eights = text.as_bytes().chunks_exact(8);
    let mut number = little_endian(eights.remainder()) + (1 << (8 * eights.remainder().len()));
    for eight in eights.rev() {
        number = folded(folded((number << 64) + little_endian(eight)));
    }
    format!("{:016x}", number % LARGEST_64_BIT_PRIME)
}

fn little_endian(bytes: &[u8]) -> u128 {
    bytes.iter().rev().fold(0, |number, &byte| (number << 8) | u128::from(byte))
}

/// Give a smaller number of the same remainder: 2^64 leaves 59.
fn folded(number: u128) -> u128 {
    (number >> 64) * BELOW_2_TO_64 + (number & u128::from(u64::MAX))
}

/// Writes whole numbers, floats and flags one after the other.
#[derive(Debug, Default)]
pub struct SnapshotWriter {
    words: String,
}

impl SnapshotWriter {
    /// Write a whole number.
    pub fn whole(&mut self, value: i64) {
        self.word(format_args!("{value}"));
    }

    /// Write how many things follow.
    pub fn length(&mut self, things: usize) {
        self.word(format_args!("{things}"));
    }

    /// Write a whole number that may not be known yet.
    pub fn whole_or_unknown(&mut self, value: Option<i64>) {
        match value {
            Some(value) => self.whole(value),
            None => self.word(format_args!("{UNKNOWN}")),
        }
    }

    /// Write a float, NaN included.
    pub fn number(&mut self, value: f64) {
        self.word(format_args!("{}", Hexadecimal(value)));
    }

    /// Write some floats and how many they are.
    pub fn numbers(&mut self, values: &[f64]) {
        self.length(values.len());
        for &value in values {
            self.number(value);
        }
    }

    /// Write yes or no.
    pub fn flag(&mut self, value: bool) {
        self.whole(i64::from(value));
    }

    /// Write a candle that may be missing.
    pub fn candle(&mut self, candle: Option<&Candle>) {
        self.whole_or_unknown(candle.map(|candle| candle.open_time_ms));
        if let Some(candle) = candle {
            let Candle { open, high, low, close, volume, taker_buy_volume, .. } = *candle;
            for value in [open, high, low, close, volume, taker_buy_volume] {
                self.number(value);
            }
        }
    }

    /// Give everything written so far under its schema and a check of its own bytes.
    #[must_use]
    pub fn sealed(&self, schema: &str) -> Vec<u8> {
        let body = &self.words;
        format!("{schema} {} {body}", fingerprint(body)).into_bytes()
    }

    fn word(&mut self, word: std::fmt::Arguments<'_>) {
        if !self.words.is_empty() {
            self.words.push(' ');
        }
        let _never_fails_on_a_string = self.words.write_fmt(word);
    }
}

/// Reads back, in the same order, what a `SnapshotWriter` wrote.
#[derive(Debug)]
pub struct SnapshotReader<'bytes> {
    words: Split<'bytes, char>,
}

impl<'bytes> SnapshotReader<'bytes> {
    /// Open a snapshot that was sealed under this schema.
    ///
    /// # Errors
    ///
    /// `SnapshotRefused` when the bytes are damaged or were sealed under another schema.
    pub fn new(snapshot: &'bytes [u8], schema: &str) -> Result<Self, SnapshotRefused> {
        let text = std::str::from_utf8(snapshot).map_err(|_| SnapshotRefused::NotText)?;
        let mut parts = text.splitn(3, ' ');
        let (Some(found), Some(seal), Some(body)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(SnapshotRefused::NotText);
        };
        if found != schema {
            return Err(SnapshotRefused::OtherSchema { found: found.into(), expected: schema.into() });
        }
        if seal != fingerprint(body) {
            return Err(SnapshotRefused::Damaged);
        }
        Ok(Self { words: body.split(' ') })
    }

    /// Read a whole number.
    pub fn whole(&mut self) -> Result<i64, SnapshotRefused> {
        self.word()?.parse().map_err(|_| SnapshotRefused::Damaged)
    }

    /// Read a whole number that may not have been known.
    pub fn whole_or_unknown(&mut self) -> Result<Option<i64>, SnapshotRefused> {
        match self.word()? {
            UNKNOWN => Ok(None),
            word => word.parse().map(Some).map_err(|_| SnapshotRefused::Damaged),
        }
    }

    /// Read a float.
    pub fn number(&mut self) -> Result<f64, SnapshotRefused> {
        float_of(self.word()?).ok_or(SnapshotRefused::Damaged)
    }

    /// Read some floats.
    pub fn numbers(&mut self) -> Result<Vec<f64>, SnapshotRefused> {
        self.each(Self::number)
    }

    /// Read how many things follow, and each of them.
    pub fn each<T>(
        &mut self,
        read: impl Fn(&mut Self) -> Result<T, SnapshotRefused>,
    ) -> Result<Vec<T>, SnapshotRefused> {
        let mut things = Vec::new();
        for _ in 0..self.whole()? {
            things.push(read(self)?);
        }
        Ok(things)
    }

    /// Read yes or no.
    pub fn flag(&mut self) -> Result<bool, SnapshotRefused> {
        Ok(self.word()? == "1")
    }

    /// Read a candle that may be missing.
    pub fn candle(&mut self) -> Result<Option<Candle>, SnapshotRefused> {
        let Some(open_time_ms) = self.whole_or_unknown()? else { return Ok(None) };
        Ok(Some(Candle {
            open_time_ms,
            open: self.number()?,
            high: self.number()?,
            low: self.number()?,
            close: self.number()?,
            volume: self.number()?,
            taker_buy_volume: self.number()?,
        }))
    }

    fn word(&mut self) -> Result<&'bytes str, SnapshotRefused> {
        self.words.next().ok_or(SnapshotRefused::Damaged)
    }
}

/// A float as Python's `float.hex` spells it.
pub struct Hexadecimal(pub f64);

impl Display for Hexadecimal {
    fn fmt(&self, out: &mut Formatter<'_>) -> std::fmt::Result {
        let value = self.0;
        if value.is_nan() {
            return write!(out, "nan");
        }
        let sign = if value.is_sign_negative() { "-" } else { "" };
        let bits = value.abs().to_bits();
        let (exponent, fraction) = (bits >> FRACTION_BITS, bits & ((1 << FRACTION_BITS) - 1));
        match (exponent, fraction) {
            (0, 0) => write!(out, "{sign}0x0.0p+0"),
            (0, _) => write!(out, "{sign}0x0.{fraction:013x}p{}", 1 - EXPONENT_BIAS),
            (EXPONENT_MASK, _) => write!(out, "{sign}inf"),
            (exponent, _) => {
                let power = i64::try_from(exponent).unwrap_or(0) - EXPONENT_BIAS;
                write!(out, "{sign}0x1.{fraction:013x}p{power:+}")
            }
        }
    }
}

/// Read a float as Python's `float.hex` spells it.
fn float_of(word: &str) -> Option<f64> {
    let (is_negative, size) = word.strip_prefix('-').map_or((false, word), |size| (true, size));
    let size = match size {
        "nan" => f64::NAN,
        "inf" => f64::INFINITY,
        "0x0.0p+0" => 0.0,
        _ => f64::from_bits(bits_of(size)?),
    };
    Some(if is_negative { -size } else { size })
}

fn bits_of(size: &str) -> Option<u64> {
    let (digits, exponent) = size.strip_prefix("0x")?.split_once('p')?;
    let (lead, fraction) = digits.split_once('.')?;
    let is_exact = fraction.len() == 13 && fraction.bytes().all(|digit| digit.is_ascii_hexdigit());
    let fraction = is_exact.then(|| u64::from_str_radix(fraction, 16).ok()).flatten()?;
    let exponent = exponent.parse::<i64>().ok()?.checked_add(EXPONENT_BIAS)?.try_into().ok()?;
    match (lead, exponent) {
        ("0", 1) => Some(fraction),
        ("1", 1..EXPONENT_MASK) => Some((exponent << FRACTION_BITS) | fraction),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(value: f64) -> String {
        Hexadecimal(value).to_string()
    }

    #[test]
    fn floats_are_spelled_as_python_spells_them() {
        let spellings = [
            (1.0, "0x1.0000000000000p+0"),
            (-0.1, "-0x1.999999999999ap-4"),
            (0.0, "0x0.0p+0"),
            (-0.0, "-0x0.0p+0"),
            (5e-324, "0x0.0000000000001p-1022"),
            (2.225_073_858_507_201_4e-308, "0x1.0000000000000p-1022"),
            (f64::MAX, "0x1.fffffffffffffp+1023"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
            (-f64::NAN, "nan"),
        ];
        for (value, spelling) in spellings {
            assert_eq!(spelled(value), spelling);
        }
    }

    #[test]
    fn every_float_is_read_back_to_the_last_bit() {
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..20_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let value = f64::from_bits(bits);
            let read = float_of(&spelled(value)).unwrap();
            assert!(read.to_bits() == bits || value.is_nan() && read.is_nan(), "{value:?}");
        }
    }

    #[test]
    fn words_that_are_no_float_are_none() {
        for word in [
            "",
            "-",
            "1.0",
            "0x1.0p+0",
            "0x2.0000000000000p+0",
            "0x1.0000000000000p+1024",
            "0x1.+000000000000p+0",
        ] {
            assert_eq!(float_of(word), None, "{word}");
        }
    }

    #[test]
    fn a_fingerprint_is_the_remainder_of_the_whole_text() {
        for length in [0, 1, 7, 8, 9, 40, 1000] {
            let text = "slt! ".repeat(length);
            let number = text
                .bytes()
                .rev()
                .fold(1_u128, |number, byte| (number * 256 + u128::from(byte)) % LARGEST_64_BIT_PRIME);
            assert_eq!(fingerprint(&text), format!("{number:016x}"));
        }
    }

    #[test]
    fn what_was_written_is_read_and_damage_is_refused() {
        let mut out = SnapshotWriter::default();
        out.whole(-7);
        out.whole_or_unknown(None);
        out.numbers(&[0.5, f64::NAN]);
        out.flag(true);
        out.candle(None);
        let sealed = out.sealed("abc");
        let mut saved = SnapshotReader::new(&sealed, "abc").unwrap();
        assert_eq!((saved.whole(), saved.whole_or_unknown()), (Ok(-7), Ok(None)));
        let numbers = saved.numbers().unwrap();
        assert!(numbers[0] == 0.5 && numbers[1].is_nan());
        assert_eq!(
            (saved.flag(), saved.candle(), saved.whole()),
            (Ok(true), Ok(None), Err(SnapshotRefused::Damaged))
        );
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(SnapshotReader::new(&damaged, "abc").is_err());
        }
    }
}
