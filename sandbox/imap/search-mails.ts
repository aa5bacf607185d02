// sandbox: which mails a SEARCH finds (RFC 3501 §6.4.4).
import { decodeWords } from '@staffetta/fatturapa/mail/mail-text.ts';
import { flagsOf, readDay } from './imap-words.ts';
import type { FetchedMail } from './fetch-items.ts';
import { BadCommand, isIn, readSet, textOf } from './read-arguments.ts';
import type { Argument } from './read-arguments.ts';

/** A mail that may be found. */
export interface SearchedMail {
  readonly sequence: number;
  readonly mail: FetchedMail;
  /** How many mails there are, and the largest UID. */
  readonly last: { readonly sequence: number; readonly uid: number };
}

/** What is looked for. */
export interface Search {
  /** Whether the mails' bytes are needed. */
  readonly needsBytes: boolean;
  readonly fits: (one: SearchedMail) => boolean;
}

const keysMax = 1000;
const everything: Search = { needsBytes: false, fits: () => true };

/**
 * Reads what SEARCH is asked for; all keys must fit.
 * @param args its arguments; `CHARSET` in front is passed over
 * @throws BadCommand
 */
export function readSearch(args: readonly Argument[]): Search {
  const reader = new KeyReader(args);
  reader.skipPreamble();
  return reader.all();
}

function both(one: Search, other: Search): Search {
  return {
    needsBytes: one.needsBytes || other.needsBytes,
    fits: (mail) => one.fits(mail) && other.fits(mail),
  };
}

function hasFlag(letter: string, wanted: boolean): Search {
  return { needsBytes: false, fits: ({ mail }) => mail.flags.includes(letter) === wanted };
}

const flagKeys: Readonly<Record<string, Search>> = {
  ALL: everything,
  // Nothing is ever recent here: UIDs tell what is new.
  NEW: { needsBytes: false, fits: () => false },
  RECENT: { needsBytes: false, fits: () => false },
  OLD: everything,
  ...Object.fromEntries(
    ['Answered', 'Deleted', 'Draft', 'Flagged', 'Seen'].flatMap((word) => [
      [word.toUpperCase(), hasFlag(flagsOf([`\\${word}`]), true)],
      [`UN${word.toUpperCase()}`, hasFlag(flagsOf([`\\${word}`]), false)],
    ]),
  ),
};

class KeyReader {
  readonly #args: readonly Argument[];
  #at = 0;
  #count = 0;

  constructor(args: readonly Argument[]) {
    this.#args = args;
  }

  skipPreamble(): void {
    const [first] = this.#args;
    // Texts are compared as UTF-8, of which US-ASCII is a part.
    if (first?.kind === 'atom' && first.text.toUpperCase() === 'CHARSET') this.#at = 2;
  }

  all(): Search {
    if (this.#args.length <= this.#at) throw new BadCommand('SEARCH takes keys such as ALL or UNSEEN');
    let found = everything;
    while (this.#at < this.#args.length) found = both(found, this.#key());
    return found;
  }

  #next(): Argument {
    const next = this.#args[this.#at];
    if (next === undefined) throw new BadCommand('a key of SEARCH lacks what it looks for');
    this.#at += 1;
    return next;
  }

  #text(): string {
    return textOf(this.#next(), 'what is looked for');
  }

  #key(): Search {
    this.#count += 1;
    if (this.#count > keysMax) throw new BadCommand('SEARCH has too many keys');
    const argument = this.#next();
    if (argument.kind === 'list') return new KeyReader(argument.items).all();
    const word = textOf(argument, 'a key');
    const key = word.toUpperCase();
    const flag = Object.hasOwn(flagKeys, key) ? flagKeys[key] : undefined;
    return flag ?? this.#combined(key) ?? this.#sized(key) ?? this.#dated(key) ?? this.#said(key) ?? sequence(word);
  }

  #combined(key: string): Search | undefined {
    if (key === 'NOT') {
      const { needsBytes, fits } = this.#key();
      return { needsBytes, fits: (mail) => !fits(mail) };
    }
    if (key === 'OR') {
      const [one, other] = [this.#key(), this.#key()];
      return {
        needsBytes: one.needsBytes || other.needsBytes,
        fits: (mail) => one.fits(mail) || other.fits(mail),
      };
    }
    if (key !== 'UID') return undefined;
    const set = readSet(this.#text());
    return { needsBytes: false, fits: ({ mail, last }) => isIn(mail.uid, set, last.uid) };
  }

  #sized(key: string): Search | undefined {
    if (key === 'KEYWORD' || key === 'UNKEYWORD') {
      this.#text();
      return { needsBytes: false, fits: () => key === 'UNKEYWORD' };
    }
    if (key !== 'LARGER' && key !== 'SMALLER') return undefined;
    const size = Number(this.#text());
    if (!Number.isInteger(size)) throw new BadCommand(`${key} takes a number of bytes`);
    return { needsBytes: false, fits: ({ mail }) => (key === 'LARGER' ? mail.bytes > size : mail.bytes < size) };
  }

  #dated(key: string): Search | undefined {
    const [, sent = '', how = ''] = /^(SENT)?(BEFORE|ON|SINCE)$/.exec(key) ?? [];
    if (how === '') return undefined;
    const day = readDay(this.#text());
    if (day === undefined) throw new BadCommand(`${key} takes a day such as 1-Feb-2026`);
    return {
      needsBytes: sent !== '',
      fits: ({ mail }) => {
        const own = sent === '' ? dayOf(mail.at) : dayOf(new Date(headerTexts(mail, 'date')[0] ?? ''));
        if (own === undefined) return false;
        return how === 'BEFORE' ? own < day : how === 'ON' ? own === day : own >= day;
      },
    };
  }

  #said(key: string): Search | undefined {
    if (/^(?:FROM|TO|CC|BCC|SUBJECT|HEADER)$/.test(key)) {
      const name = (key === 'HEADER' ? this.#text() : key).toLowerCase();
      const wanted = this.#text().toLowerCase();
      return {
        needsBytes: true,
        fits: ({ mail }) => headerTexts(mail, name).some((text) => text.toLowerCase().includes(wanted)),
      };
    }
    if (key !== 'BODY' && key !== 'TEXT') return undefined;
    const wanted = this.#text().toLowerCase();
    const bytesOf = (mail: FetchedMail): Buffer => (key === 'BODY' ? mail.tree().body : mail.raw);
    return { needsBytes: true, fits: ({ mail }) => bytesOf(mail).toString('utf8').toLowerCase().includes(wanted) };
  }
}

function headerTexts(mail: FetchedMail, name: string): readonly string[] {
  return (mail.tree().headers.values.get(name) ?? []).map(decodeWords);
}

function dayOf(at: Date): string | undefined {
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString().slice(0, 10);
}

function sequence(word: string): Search {
  if (!/^[\d*:,]+$/.test(word)) throw new BadCommand(`SEARCH knows no ${word.slice(0, 60)}`);
  const set = readSet(word);
  return { needsBytes: false, fits: (one) => isIn(one.sequence, set, one.last.sequence) };
}
