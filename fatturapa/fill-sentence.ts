// fatturapa: fills names, numbers and instants into a sentence in both languages.
import type { Sentence } from './finding.ts';

/** What stands in a sentence; an instant is shown as the time of day in Rome. */
export type SentenceDetails = Readonly<Record<string, string | number | Date>>;

const rome = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Rome',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

type Shown = { readonly [Language in keyof Sentence]: string };

function shownInstant(instant: Date): Shown {
  if (Number.isNaN(instant.getTime())) return { it: '?', en: '?' };
  const parts = Object.fromEntries(rome.formatToParts(instant).map(({ type, value }) => [type, value]));
  const time = `${parts['hour']}:${parts['minute']}`;
  return {
    it: `${parts['day']}/${parts['month']}/${parts['year']} alle ${time}`,
    en: `${parts['year']}-${parts['month']}-${parts['day']} at ${time} (Rome)`,
  };
}

function shown(detail: string | number | Date | undefined): Shown {
  if (detail instanceof Date) return shownInstant(detail);
  return { it: String(detail ?? ''), en: String(detail ?? '') };
}

/**
 * Fills a sentence.
 * @param sentence with `{name}` where a detail goes
 * @param details by name; one that is absent leaves nothing
 */
export function fillSentence(sentence: Sentence, details: SentenceDetails): { it: string; en: string } {
  const fill = (language: keyof Sentence): string =>
    sentence[language].replace(/\{(\w+)\}/g, (_, name: string) => shown(details[name])[language]);
  return { it: fill('it'), en: fill('en') };
}
