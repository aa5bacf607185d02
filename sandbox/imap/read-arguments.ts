// sandbox: reads an IMAP command's arguments: atoms, strings, lists, and the sections of FETCH (RFC 3501 §4, §9).
import type { Pieces } from './command-reader.ts';

/** One argument. */
export type Argument =
  /** As written; an item of FETCH with its section and range. */
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'string'; readonly bytes: Buffer }
  | { readonly kind: 'list'; readonly items: readonly Argument[] };

/** A command. */
export interface Command {
  readonly tag: string;
  /** In capitals; `UID FETCH` and its like as one word with a blank. */
  readonly name: string;
  readonly args: readonly Argument[];
}

/** What a client wrote makes no sense; the message says why. */
export class BadCommand extends Error {
  readonly tag: string;

  /**
   * @param message what is wrong
   * @param tag the command's tag, `*` where it has none
   */
  constructor(message: string, tag = '*') {
    super(message);
    this.name = 'BadCommand';
    this.tag = tag;
  }
}

const depthMax = 20;
const argumentsMax = 20_000;
const tagForm = /^[^\s(){%*"\\+\x00-\x1f\x7f-\xff]{1,100}$/;

/**
 * Reads a command.
 * @param pieces its lines and literals
 * @throws BadCommand
 */
export function readCommand(pieces: Pieces): Command {
  const [first = ''] = pieces;
  const [, tag = '', name = ''] = /^(\S+) +(\S+)/.exec(String(first)) ?? [];
  if (!tagForm.test(tag) || name === '') throw new BadCommand('a command is a tag, a blank and a word');
  const rest = [String(first).slice(String(first).indexOf(name, tag.length) + name.length), ...pieces.slice(1)];
  try {
    const args = new ArgumentReader(rest).all();
    const word = name.toUpperCase();
    const [next] = args;
    if (word !== 'UID' || next?.kind !== 'atom') return { tag, name: word, args };
    return { tag, name: `UID ${next.text.toUpperCase()}`, args: args.slice(1) };
  } catch (error) {
    throw error instanceof BadCommand ? new BadCommand(error.message, tag) : error;
  }
}

class ArgumentReader {
  readonly #pieces: Pieces;
  #piece = 0;
  #at = 0;
  #count = 0;

  constructor(pieces: Pieces) {
    this.#pieces = pieces;
  }

  all(): Argument[] {
    const args: Argument[] = [];
    for (let more = this.#skipBlanks(); more; more = this.#skipBlanks()) args.push(this.#one(0));
    return args;
  }

  /** Passes over blanks; says whether anything follows. */
  #skipBlanks(): boolean {
    for (;;) {
      const piece = this.#pieces[this.#piece];
      if (piece === undefined) return false;
      if (typeof piece !== 'string') return true;
      while (piece[this.#at] === ' ') this.#at += 1;
      if (this.#at < piece.length) return true;
      this.#piece += 1;
      this.#at = 0;
    }
  }

  #one(depth: number): Argument {
    this.#count += 1;
    if (depth > depthMax || this.#count > argumentsMax) throw new BadCommand('the command has too many parts');
    const piece = this.#pieces[this.#piece];
    if (typeof piece === 'object') {
      this.#piece += 1;
      this.#at = 0;
      return { kind: 'string', bytes: piece };
    }
    const character = piece?.[this.#at];
    if (character === '(') return this.#list(depth);
    if (character === '"') return this.#quoted(piece ?? '');
    return this.#atom(piece ?? '');
  }

  #list(depth: number): Argument {
    this.#at += 1;
    const items: Argument[] = [];
    for (;;) {
      if (!this.#skipBlanks()) throw new BadCommand('a list has no end');
      const piece = this.#pieces[this.#piece];
      if (typeof piece === 'string' && piece[this.#at] === ')') break;
      items.push(this.#one(depth + 1));
    }
    this.#at += 1;
    return { kind: 'list', items };
  }

  #quoted(line: string): Argument {
    const form = /"((?:[^"\\]|\\.)*)"/y;
    form.lastIndex = this.#at;
    const found = form.exec(line);
    if (found === null) throw new BadCommand('a quoted text has no end');
    this.#at = form.lastIndex;
    return { kind: 'string', bytes: Buffer.from((found[1] ?? '').replaceAll(/\\(.)/g, '$1'), 'latin1') };
  }

  #atom(line: string): Argument {
    // A section may hold blanks, lists and quoted names: BODY[HEADER.FIELDS (DATE "FROM")]<0.100>
    const form = /(?:[^\s()"[\]{}]|\[(?:[^\]"]|"[^"]*")*\](?:<[\d.]+>)?)+/y;
    form.lastIndex = this.#at;
    const found = form.exec(line);
    if (found === null) throw new BadCommand(`there is an unexpected ${JSON.stringify(line[this.#at] ?? 'end')}`);
    this.#at = form.lastIndex;
    return { kind: 'atom', text: found[0] };
  }
}

/**
 * An argument as a text, whichever way it was written.
 * @throws BadCommand where it is absent or a list
 */
export function textOf(argument: Argument | undefined, what: string): string {
  if (argument?.kind === 'atom') return argument.text;
  if (argument?.kind === 'string') return argument.bytes.toString('utf8');
  throw new BadCommand(`${what} is missing`);
}

/** A range of numbers; infinity stands for `*`. */
export type NumberRange = readonly [from: number, to: number];

const rangesMax = 10_000;

/**
 * Reads a sequence set such as `1:3,7,9:*` (RFC 3501 §9).
 * @throws BadCommand
 */
export function readSet(text: string): NumberRange[] {
  const words = text.split(',');
  if (words.length > rangesMax) throw new BadCommand('the set has too many parts');
  return words.map((word) => {
    const [, first, last] = /^(\d{1,10}|\*)(?::(\d{1,10}|\*))?$/.exec(word) ?? [];
    if (first === undefined) throw new BadCommand(`${JSON.stringify(word.slice(0, 40))} is no set of numbers`);
    const [from, to] = [numberOf(first), numberOf(last ?? first)];
    return from <= to ? [from, to] : [to, from];
  });
}

function numberOf(word: string): number {
  return word === '*' ? Number.POSITIVE_INFINITY : Number(word);
}

/**
 * Whether a number is in a set.
 * @param number the number
 * @param set the set
 * @param largest the largest number in use, which `*` stands for
 */
export function isIn(number: number, set: readonly NumberRange[], largest: number): boolean {
  return set.some(([first, last]) => {
    const [one, other] = [first, last].map((bound) => (bound === Infinity ? largest : bound)) as [number, number];
    return number >= Math.min(one, other) && number <= Math.max(one, other);
  });
}
