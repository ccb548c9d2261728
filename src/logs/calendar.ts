/**
 * The Gregorian calendar in whole numbers: a `Date` for each message would cost more than the rest of its
 * decoding.
 *
 * Both conversions count years from 1 March, so that the leap day is the last of its year and the lengths of
 * the months follow one formula (153 days in every five months), and in eras of 400 years, after which all
 * repeats.
 */

const DAYS_OF_ERA = 146_097;
/** Days from 1 March of the year 0 to 1 January 1970. */
const EPOCH = 719_468;
const MONTH_DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a year, a month from 1 and a day from 1 name a real date. False for NaN. */
export function isDate(year: number, month: number, day: number): boolean {
  const days = MONTH_DAYS[month - 1];
  if (days === undefined || !(day >= 1)) return false;
  return day <= days || (day === 29 && month === 2 && isLeap(year));
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days from 1 January 1970 to a real date. */
export function dayNumber(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * DAYS_OF_ERA + yearOfEra * 365 + leapDays + dayOfYear - EPOCH;
}

/** The date, as `YYYY-MM-DD`, that lies `days` after 1 January 1970. For the years 1000 to 9999. */
export function dateText(days: number): string {
  const sinceYear0 = days + EPOCH;
  const era = Math.floor(sinceYear0 / DAYS_OF_ERA);
  const dayOfEra = sinceYear0 - era * DAYS_OF_ERA;
  // Without its leap days (the last of 1,461 days, not of 36,524, but of the era) a year has 365 days.
  const leapDays =
    Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  return `${year}-${twoDigits(month)}-${twoDigits(day)}`;
}

/** A number below 100 in two digits. */
export function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}
