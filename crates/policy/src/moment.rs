//! Moments as policies write them: ISO 8601 (the W3C profile that AWS names) or seconds since 1970.

/// Milliseconds since 1970-01-01 UTC.
pub(crate) fn parse(text: &str) -> Option<i64> {
    if !text.is_empty()
        && text.len() <= 15
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.len() != 4
    {
        return text.parse::<i64>().ok()?.checked_mul(1000);
    }
    if !text.is_ascii() {
        return None;
    }
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let of_day = time.map_or(Some(0), milliseconds)?;
    Some(days(year, month, day) * 86_400_000 + of_day)
}

/// `hh:mm[:ss[.fraction]]` and a zone: `Z` or `±hh:mm`.
fn milliseconds(text: &str) -> Option<i64> {
    let (clock, offset_minutes) = if let Some(clock) = text.strip_suffix('Z') {
        (clock, 0)
    } else {
        let at = text.rfind(['+', '-'])?;
        let (clock, zone) = text.split_at(at);
        let (hours, minutes) = zone[1..].split_once(':')?;
        let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
        if hours > 14 || minutes > 59 {
            return None;
        }
        let sign = if zone.starts_with('-') { -1 } else { 1 };
        (clock, sign * (hours * 60 + minutes))
    };
    let mut parts = clock.split(':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let second = parts.next().unwrap_or("00");
    let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
    let second = digits(second, 2)?;
    let plain =
        !fraction.is_empty() && fraction.len() <= 9 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 || !plain {
        return None;
    }
    let thousandths: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(((hour * 60 + minute - offset_minutes) * 60 + second) * 1000 + thousandths)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    if text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar: years begin in March here, so that the leap day is the last one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// A moment as AWS writes it: `2026-11-25T19:30:00Z`, fractions of a second cut off. Takes milliseconds since 1970-01-01 UTC.
#[must_use]
pub fn iso8601(milliseconds: i64) -> String {
    let seconds = milliseconds.div_euclid(1000);
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // The inverse of `days`: the same calendar that begins in March.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::{iso8601, parse};

    #[test]
    fn what_is_written_is_read() {
        for milliseconds in
            [0, 1_795_635_000_000, 1_709_164_800_000, 951_782_400_000, 4_102_444_799_000, 68_256_000_000]
        {
            assert_eq!(parse(&iso8601(milliseconds)), Some(milliseconds), "{}", iso8601(milliseconds));
        }
        assert_eq!(iso8601(1_795_635_000_999), "2026-11-25T19:30:00Z");
    }

    #[test]
    fn moments() {
        for (text, milliseconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-11-25T19:30:00Z", 1_795_635_000_000),
            ("2026-11-25T20:30:00+01:00", 1_795_635_000_000),
            ("2026-11-25T19:30Z", 1_795_635_000_000),
            ("2026-11-25T19:30:00.25Z", 1_795_635_000_250),
            ("2024-02-29", 1_709_164_800_000),
            ("2024-02", 1_706_745_600_000),
            ("1970", 0),
            ("1795635000", 1_795_635_000_000),
        ] {
            assert_eq!(parse(text), Some(milliseconds), "{text}");
        }
        for text in [
            "",
            "today",
            "2023-02-29",
            "2024-13-01",
            "2024-01-01T25:00:00Z",
            "2024-01-01T00:00:00",
            "2024-01-01T",
            "2024-1-1",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00+1:00",
            "2024-01-01-01",
            "-5",
            "2024-01-01T00:00:00ä",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
