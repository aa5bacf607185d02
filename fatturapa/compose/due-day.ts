// fatturapa: reckons with days, which have no hours and no time zone.

/**
 * Counts days from a day on.
 * @param day `YYYY-MM-DD`
 * @param days how many
 * @param endOfMonth then goes on to the last day of that month
 * @returns the day, or undefined where `day` is none
 */
export function dayAfter(day: string, days: number, endOfMonth = false): string | undefined {
  const start = Date.parse(`${day.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(start)) return undefined;
  const date = new Date(start);
  date.setUTCDate(date.getUTCDate() + days);
  if (endOfMonth) date.setUTCMonth(date.getUTCMonth() + 1, 0);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 10);
}
