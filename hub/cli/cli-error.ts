// hub: what the command line says instead of a stack trace.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';

/** A mistake of the call or of the world, in a sentence that says what to do; exit code 2. */
export class CliError extends Error {
  /** In both languages, where it was said so; `message` is in the language of the command. */
  readonly told: Sentence | undefined;

  /**
   * @param what one sentence or several, or the same in both languages
   * @param lang of the message; English by default, as programs read it
   */
  constructor(what: string | Sentence, lang: Lang = 'en') {
    super(typeof what === 'string' ? what : what[lang]);
    this.told = typeof what === 'string' ? undefined : what;
  }
}
