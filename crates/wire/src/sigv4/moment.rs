//! Dates of signatures: `20261123T154000Z`, in UTC, to the second.

const SECONDS_A_DAY: i64 = 86_400;

/// Seconds since the epoch of a date in ISO 8601's basic format; none if it is not one.
pub(super) fn parse(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 16 || bytes[8] != b'T' || bytes[15] != b'Z' {
        return None;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to].iter().try_fold(0_i64, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'))
        })
    };
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let (hour, minute, second) = (number(9, 11)?, number(11, 13)?, number(13, 15)?);
    // A leap second is written as 60.
    let plausible =
        (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    plausible.then(|| days(year, month, day) * SECONDS_A_DAY + hour * 3600 + minute * 60 + second)
}

/// The date of `seconds` since the epoch, in the same format.
pub(super) fn format(seconds: i64) -> String {
    let (year, month, day) = date(seconds.div_euclid(SECONDS_A_DAY));
    let second = seconds.rem_euclid(SECONDS_A_DAY);
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// Days from the epoch to a date of the Gregorian calendar. Years are counted from March, so that the leap day is the last
/// of its year and the lengths of the months before it repeat every five (153 days).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

/// The inverse of [`days`].
fn date(days: i64) -> (i64, i64, i64) {
    // An era is 400 years, 146,097 days.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{format, parse};

    #[test]
    fn dates_are_read_and_written() {
        let check = |text: &str, seconds: i64| {
            assert_eq!(parse(text), Some(seconds), "{text}");
            assert_eq!(format(seconds), text);
        };
        check("19700101T000000Z", 0);
        check("20000229T235959Z", 951_868_799);
        check("20261123T154000Z", 1_795_448_400);
        check("21000301T000000Z", 4_107_542_400);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "20261123",
            "20261123T154000",
            "2026-11-23T15:40:00Z",
            "20261323T154000Z",
            "20261123T154000ZZ",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("2026112ä154000Z"), None);
    }

    proptest::proptest! {
        #[test]
        fn reading_undoes_writing(seconds in 0_i64..253_402_300_800) {
            assert_eq!(parse(&format(seconds)), Some(seconds));
        }
    }
}
