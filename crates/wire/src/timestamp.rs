//! Moments on the wire: seconds since the epoch, to the millisecond.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment, in whole milliseconds since 1970-01-01T00:00:00Z. Held as an integer: seconds in a float drift when they are
/// added to, and are made only where they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// CBOR's tag for seconds since the epoch (RFC 8949, section 3.4.2).
pub(crate) const EPOCH_TAG: u64 = 1;

/// Beyond this many seconds (the year 9999) a float no longer holds milliseconds and no client can show the moment.
const MAXIMUM_SECONDS: f64 = 253_402_300_800.0;

impl Timestamp {
    /// From milliseconds since the epoch.
    #[must_use]
    pub const fn from_epoch_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// From whole seconds since the epoch.
    #[must_use]
    pub const fn from_epoch_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn epoch_milliseconds(self) -> i64 {
        self.0
    }

    /// The nearest millisecond to `seconds`; none if it is no number or outside the years that can be shown.
    pub(crate) fn from_seconds(seconds: f64) -> Option<Self> {
        // A range that is false for NaN, and within which the cast below is exact.
        #[expect(clippy::cast_possible_truncation, reason = "bounded by the range before")]
        (-MAXIMUM_SECONDS..=MAXIMUM_SECONDS)
            .contains(&seconds)
            .then(|| Self((seconds * 1000.0).round() as i64))
    }

    /// Seconds with the fraction: the float nearest to the milliseconds, whose shortest form has three decimals at most.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds up to the year 9999 need 48 of 53 bits")]
    fn seconds(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    fn whole_seconds(self) -> Option<i64> {
        (self.0 % 1000 == 0).then_some(self.0 / 1000)
    }
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let milliseconds = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(milliseconds(after)),
            Err(before) => Self(-milliseconds(before.duration())),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use ciborium::tag::Required;
        match (serializer.is_human_readable(), self.whole_seconds()) {
            (true, Some(seconds)) => serializer.serialize_i64(seconds),
            (true, None) => serializer.serialize_f64(self.seconds()),
            (false, Some(seconds)) => Required::<i64, EPOCH_TAG>(seconds).serialize(serializer),
            (false, None) => Required::<f64, EPOCH_TAG>(self.seconds()).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Seconds)
    }
}

struct Seconds;

impl Visitor<'_> for Seconds {
    type Value = Timestamp;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("seconds since the epoch")
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Timestamp, E> {
        #[expect(clippy::cast_precision_loss, reason = "what loses precision is out of range")]
        self.visit_f64(seconds as f64)
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Timestamp, E> {
        #[expect(clippy::cast_precision_loss, reason = "what loses precision is out of range")]
        self.visit_f64(seconds as f64)
    }

    fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Timestamp, E> {
        Timestamp::from_seconds(seconds).ok_or_else(|| E::custom("a timestamp out of range"))
    }
}
