// mailbox: what is wrong with a mailbox right now: told once when it begins and once when it ends, and shown meanwhile.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { Log } from '@staffetta/platform/telemetry/log.ts';
import { shownAddress } from '@staffetta/platform/telemetry/shown-address.ts';

/** What can be wrong. */
export type TroubleCode =
  | 'SERVER_AWAY'
  | 'LOGIN_REFUSED'
  | 'FOLDER_MISSING'
  | 'UIDVALIDITY_CHANGED'
  | 'NEARLY_FULL'
  | 'NOT_STORED'
  | 'NOT_HANDED_OVER';

/** Something that is wrong, in words for people. */
export interface Trouble extends Sentence {
  /** ISO 8601 in UTC. */
  readonly since: string;
}

/** What troubles are told with. */
export interface TroubleParts {
  readonly mailbox: string;
  readonly log: Log;
  /** By the hub's clock. */
  readonly now: () => Date;
  /** Keeps them where other instances and people see them. */
  readonly keep: (troubles: Readonly<Record<string, Trouble>>) => Promise<void>;
}

/** The troubles of one mailbox. */
export class Troubles {
  readonly #parts: TroubleParts;
  readonly #all = new Map<TroubleCode, Trouble>();
  #kept: Promise<void> = Promise.resolve();

  /** @param parts whom to tell */
  constructor(parts: TroubleParts) {
    this.#parts = parts;
  }

  /**
   * Says that something is wrong; said again, only its words change.
   * @param code what
   * @param words for people
   * @param error underneath, for the log
   */
  begin(code: TroubleCode, words: Sentence, error?: unknown): void {
    const { mailbox, log, now } = this.#parts;
    const before = this.#all.get(code);
    if (before?.en === words.en) return;
    this.#all.set(code, { since: before?.since ?? now().toISOString(), it: words.it, en: words.en });
    if (!before)
      log.warn({ mailbox: shownAddress(mailbox), trouble: code, says: words.en, err: error }, 'mailbox.trouble');
    this.#keep();
  }

  /**
   * Says that it is over.
   * @param codes what
   */
  end(...codes: readonly TroubleCode[]): void {
    const over = codes.filter((code) => this.#all.delete(code));
    const mailbox = shownAddress(this.#parts.mailbox);
    for (const trouble of over) this.#parts.log.info({ mailbox, trouble }, 'mailbox.troubleEnded');
    if (over.length > 0) this.#keep();
  }

  /** Forgets all of them: another instance has the mailbox now, or this one begins with it. */
  forget(): void {
    this.#all.clear();
  }

  /** Those that there are now, in English, each with its mailbox. */
  sentences(): string[] {
    return [...this.#all.values()].map(({ en }) => `${this.#parts.mailbox}: ${en}`);
  }

  /** Resolves when what was kept so far is kept. */
  settled(): Promise<void> {
    return this.#kept;
  }

  #keep(): void {
    const all = Object.fromEntries(this.#all);
    this.#kept = this.#kept
      .then(() => this.#parts.keep(all))
      // The database is away; health and log say it all the same.
      .catch((error: unknown) => this.#parts.log.debug({ err: error }, 'mailbox.troubleNotKept'));
  }
}
