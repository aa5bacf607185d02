// sandbox: the mailbox that a session has open: the numbers by which the client knows its mails, and what it was not told yet.
import type { BoxedMail, MailBox } from '../pec/mail-box.ts';
import { isIn, readSet } from './read-arguments.ts';

/** A mail with the number by which the client knows it. */
export interface Numbered {
  readonly sequence: number;
  readonly mail: BoxedMail;
}

/** A mailbox as one session sees it. */
export class SelectedBox {
  readonly box: MailBox;
  readonly readOnly: boolean;
  /** Other UIDs hold now, so that nothing that the client knows is true any more. */
  isRenumbered = false;
  readonly #forget: () => void;
  #uids: number[];
  #isStale = false;

  /**
   * @param box the mailbox
   * @param readOnly whether EXAMINE opened it
   * @param onChange told after each change
   */
  constructor(box: MailBox, readOnly: boolean, onChange: () => void) {
    this.box = box;
    this.readOnly = readOnly;
    this.#uids = box.mails().map(({ uid }) => uid);
    this.#forget = box.watch((event) => {
      this.#isStale = true;
      if (event === 'renumbered') this.isRenumbered = true;
      onChange();
    });
  }

  /** How many mails the client knows. */
  get count(): number {
    return this.#uids.length;
  }

  /** Ends the watching. */
  close(): void {
    this.#forget();
  }

  /**
   * Brings the client up to date.
   * @param withExpunge whether numbers may shift now (RFC 3501 §7.4.1: not while FETCH, STORE or SEARCH run)
   * @returns the lines to send
   */
  news(withExpunge: boolean): string[] {
    if (!this.#isStale || this.isRenumbered) return [];
    const now = this.box.mails().map(({ uid }) => uid);
    const lines: string[] = [];
    if (withExpunge) lines.push(...this.#expunged(new Set(now)));
    this.#isStale = !withExpunge;
    const last = this.#uids.at(-1) ?? 0;
    const more = now.filter((uid) => uid > last);
    this.#uids.push(...more);
    if (more.length > 0) lines.push(`* ${this.#uids.length} EXISTS`);
    return lines;
  }

  #expunged(now: ReadonlySet<number>): string[] {
    const lines: string[] = [];
    // From the last one on, so that the numbers of those before stay as they are.
    for (let at = this.#uids.length - 1; at >= 0; at -= 1) {
      if (!now.has(this.#uids[at] ?? 0)) lines.push(`* ${at + 1} EXPUNGE`);
    }
    this.#uids = this.#uids.filter((uid) => now.has(uid));
    return lines;
  }

  /** All mails that the client knows and that are still there. */
  all(): Numbered[] {
    return this.#numbered(() => true);
  }

  /**
   * The mails of a set.
   * @param text such as `1:3,7`
   * @param byUid whether the numbers are UIDs
   * @throws BadCommand
   */
  chosen(text: string, byUid: boolean): Numbered[] {
    const set = readSet(text);
    const largest = byUid ? (this.#uids.at(-1) ?? 0) : this.#uids.length;
    return this.#numbered((sequence, uid) => isIn(byUid ? uid : sequence, set, largest));
  }

  #numbered(isWanted: (sequence: number, uid: number) => boolean): Numbered[] {
    const found: Numbered[] = [];
    for (const [at, uid] of this.#uids.entries()) {
      // Numbers are looked at first: a large mailbox is asked for one mail far more often than for all.
      const mail = isWanted(at + 1, uid) ? this.box.mail(uid) : undefined;
      if (mail !== undefined) found.push({ sequence: at + 1, mail });
    }
    return found;
  }
}
