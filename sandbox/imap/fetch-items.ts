// sandbox: what FETCH is asked for and what it gives for one mail (RFC 3501 §6.4.5).
import type { BoxedMail } from '../pec/mail-box.ts';
import { flagList, internalDate } from './imap-words.ts';
import { envelopeOf, structureOf } from './mail-shape.ts';
import { partAt, readTree } from './mail-tree.ts';
import type { Part } from './mail-tree.ts';
import { BadCommand } from './read-arguments.ts';
import type { Argument } from './read-arguments.ts';

/** One thing that is asked for. */
export interface FetchItem {
  /** Its name in the answer. */
  readonly name: string;
  /** Whether the mail's bytes are needed. */
  readonly needsBytes: boolean;
  /** Whether asking for it marks the mail as seen. */
  readonly marksSeen: boolean;
  /** Gives the item's value: what goes behind its name. */
  readonly value: (mail: FetchedMail) => readonly (string | Buffer)[];
}

/** A mail as FETCH sees it. */
export interface FetchedMail extends BoxedMail {
  readonly raw: Buffer;
  /** The mail's parts, read when first asked for. */
  readonly tree: () => Part;
}

/**
 * A mail with its bytes.
 * @param mail what the mailbox knows of it
 * @param raw its bytes; empty where no item needs them
 */
export function fetchedMail(mail: BoxedMail, raw: Buffer): FetchedMail {
  let tree: Part | undefined;
  return { ...mail, raw, tree: () => (tree ??= readTree(raw)) };
}

const macros: Readonly<Record<string, readonly string[]>> = {
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
};

const cheap = { needsBytes: false, marksSeen: false };
const peeks = { needsBytes: true, marksSeen: false };

const plainItems: Readonly<Record<string, Omit<FetchItem, 'name'>>> = {
  FLAGS: { ...cheap, value: ({ flags }) => [flagList(flags)] },
  UID: { ...cheap, value: ({ uid }) => [String(uid)] },
  'RFC822.SIZE': { ...cheap, value: ({ bytes }) => [String(bytes)] },
  INTERNALDATE: { ...cheap, value: ({ at }) => [internalDate(at)] },
  ENVELOPE: { ...peeks, value: ({ tree }) => [envelopeOf(tree().headers)] },
  BODY: { ...peeks, value: ({ tree }) => [structureOf(tree(), false)] },
  BODYSTRUCTURE: { ...peeks, value: ({ tree }) => [structureOf(tree(), true)] },
  RFC822: { needsBytes: true, marksSeen: true, value: ({ raw }) => literal(raw) },
  'RFC822.HEADER': { ...peeks, value: ({ tree }) => literal(tree().head) },
  'RFC822.TEXT': { needsBytes: true, marksSeen: true, value: ({ tree }) => literal(tree().body) },
};

const itemsMax = 100;

/**
 * Reads what FETCH is asked for.
 * @param argument an item, a macro or a list of items
 * @throws BadCommand
 */
export function readItems(argument: Argument | undefined): FetchItem[] {
  const asked = argument?.kind === 'list' ? argument.items : argument === undefined ? [] : [argument];
  const words = asked.flatMap((one) => {
    if (one.kind !== 'atom') throw new BadCommand('FETCH takes items such as FLAGS or BODY.PEEK[]');
    return macros[one.text.toUpperCase()] ?? [one.text];
  });
  if (words.length === 0 || words.length > itemsMax) throw new BadCommand('FETCH takes one to a hundred items');
  return words.map(itemOf);
}

function itemOf(word: string): FetchItem {
  const name = word.toUpperCase();
  const plain = Object.hasOwn(plainItems, name) ? plainItems[name] : undefined;
  if (plain) return { name, ...plain };
  const [, peek, section, from, length] = /^BODY(\.PEEK)?\[([^]*)\](?:<(\d{1,10})\.(\d{1,10})>)?$/i.exec(word) ?? [];
  if (section === undefined) throw new BadCommand(`FETCH knows no ${word.slice(0, 60)}`);
  const find = sectionFinder(section);
  const origin = from === undefined ? '' : `<${Number(from)}>`;
  return {
    name: `BODY[${section}]${origin}`,
    needsBytes: true,
    marksSeen: peek === undefined,
    value: (mail) => {
      const bytes = find(mail);
      if (bytes === undefined) return ['NIL'];
      return literal(from === undefined ? bytes : bytes.subarray(Number(from), Number(from) + Number(length)));
    },
  };
}

function literal(bytes: Buffer): readonly (string | Buffer)[] {
  return [`{${bytes.length}}\r\n`, bytes];
}

type Finder = (mail: FetchedMail) => Buffer | undefined;

function sectionFinder(section: string): Finder {
  if (section === '') return ({ raw }) => raw;
  const [, path = '', , word = '', names = ''] =
    /^((?:\d{1,5}\.)*\d{1,5})?(\.|$|(?=[A-Z]))(HEADER\.FIELDS(?:\.NOT)?|HEADER|TEXT|MIME)?(?: *\(([^()]*)\))?$/i.exec(
      section,
    ) ?? [];
  if (path === '' && word === '') throw new BadCommand(`there is no section ${section.slice(0, 60)}`);
  const numbers = path === '' ? [] : path.split('.').map(Number);
  const what = word.toUpperCase();
  if (what === 'MIME' && numbers.length === 0) throw new BadCommand('MIME is asked of a part, such as 1.MIME');
  return ({ tree }) => partOf(tree(), numbers, what, headerNames(names));
}

function headerNames(text: string): ReadonlySet<string> {
  return new Set(
    text
      .split(/[\s"]+/)
      .map((name) => name.toLowerCase())
      .filter((name) => name !== ''),
  );
}

function partOf(root: Part, numbers: readonly number[], what: string, names: ReadonlySet<string>): Buffer | undefined {
  const part = partAt(root, numbers);
  if (part === undefined) return undefined;
  if (what === 'MIME') return part.head;
  // Of a part without parts, 1 is its body; HEADER and TEXT below a number are those of the message in it.
  if (what === '') return part.body;
  const message = numbers.length === 0 ? part : part.parts[0];
  if (message === undefined || (numbers.length > 0 && part.type.word !== 'message/rfc822')) return undefined;
  if (what === 'TEXT') return message.body;
  if (what === 'HEADER') return message.head;
  return someHeaders(message.head, (name) => names.has(name) === (what === 'HEADER.FIELDS'));
}

function someHeaders(head: Buffer, isWanted: (name: string) => boolean): Buffer {
  const fields = head.toString('latin1').split(/(?<=\n)(?![ \t])/);
  const wanted = fields.filter(
    (field) => field.trim() !== '' && isWanted((field.split(':', 1)[0] ?? '').trim().toLowerCase()),
  );
  return Buffer.from(`${wanted.join('')}\r\n`, 'latin1');
}
