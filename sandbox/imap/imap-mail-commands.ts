// sandbox: the IMAP commands about mails: FETCH, STORE and SEARCH, by sequence number or by UID.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fetchedMail, readItems } from './fetch-items.ts';
import type { FetchItem } from './fetch-items.ts';
import { ImapNo } from './imap-no.ts';
import type { ImapSession } from './imap-session.ts';
import { flagList, flagsOf } from './imap-words.ts';
import { BadCommand, textOf } from './read-arguments.ts';
import type { Command } from './read-arguments.ts';
import { readSearch } from './search-mails.ts';
import type { Numbered, SelectedBox } from './selected-box.ts';

const noBytes = Buffer.alloc(0);

function boxOf({ selected }: ImapSession): SelectedBox {
  if (selected === undefined) throw new BadCommand('select a mailbox first');
  return selected;
}

async function fetchOne(session: ImapSession, one: Numbered, items: readonly FetchItem[]): Promise<void> {
  const { box, readOnly } = boxOf(session);
  const { uid, flags } = one.mail;
  const raw = items.some(({ needsBytes }) => needsBytes) ? await box.raw(uid) : noBytes;
  // Removed between the look and the reading: its EXPUNGE follows.
  if (raw === undefined) return;
  const marks = !readOnly && !flags.includes('s') && items.some(({ marksSeen }) => marksSeen);
  if (marks) box.setFlags(uid, `${flags}s`);
  const mail = fetchedMail(marks ? { ...one.mail, flags: `${flags}s` } : one.mail, raw);
  const tellsFlags = marks && !items.some(({ name }) => name === 'FLAGS');
  const parts: (string | Buffer)[] = [`* ${one.sequence} FETCH (`];
  for (const [at, { name, value }] of items.entries()) parts.push(`${at > 0 ? ' ' : ''}${name} `, ...value(mail));
  parts.push(tellsFlags ? ` FLAGS ${flagList(mail.flags)})\r\n` : ')\r\n');
  // Short texts together, long bytes by themselves and uncopied.
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else if (part.length < 4096) text += part.toString('latin1');
    else {
      await session.parts.write(text);
      await session.parts.write(part);
      text = '';
    }
  }
  await session.parts.write(text);
}

/**
 * FETCH and UID FETCH.
 * @throws BadCommand
 */
export async function runFetch(session: ImapSession, { name, args }: Command): Promise<string> {
  const byUid = name.startsWith('UID');
  const asked = readItems(args[1]);
  // UID FETCH gives the UID whether asked for it or not (RFC 3501 §6.4.8).
  const withUid =
    byUid && !asked.some((item) => item.name === 'UID')
      ? [...readItems({ kind: 'atom', text: 'UID' }), ...asked]
      : asked;
  for (const one of boxOf(session).chosen(textOf(args[0], 'the set'), byUid)) {
    await fetchOne(session, one, withUid);
    if (one.sequence % 50 === 0) await nextTurn();
  }
  return `${name} completed`;
}

function changed(flags: string, given: string, how: string): string {
  if (how === '+') return flags + given;
  return how === '-' ? [...flags].filter((flag) => !given.includes(flag)).join('') : given;
}

/**
 * STORE and UID STORE.
 * @throws BadCommand
 * @throws ImapNo where the mailbox is open for reading only
 */
export async function runStore(session: ImapSession, { name, args }: Command): Promise<string> {
  const selected = boxOf(session);
  if (selected.readOnly) throw new ImapNo('[READ-ONLY] the mailbox is open for reading only');
  const byUid = name.startsWith('UID');
  const [, how = '', silent] = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(textOf(args[1], 'what to store')) ?? [];
  if (!/^[+-]?FLAGS/i.test(textOf(args[1], 'what to store')))
    throw new BadCommand('STORE takes FLAGS, +FLAGS or -FLAGS');
  const words = args.slice(2).flatMap((one) => (one.kind === 'list' ? one.items : [one]));
  const given = flagsOf(words.map((word) => textOf(word, 'a flag')));
  for (const { sequence, mail } of selected.chosen(textOf(args[0], 'the set'), byUid)) {
    const flags = changed(mail.flags, given, how);
    selected.box.setFlags(mail.uid, flags);
    const uid = byUid ? `UID ${mail.uid} ` : '';
    if (silent === undefined) await session.send(`* ${sequence} FETCH (${uid}FLAGS ${flagList(flags)})`);
  }
  return `${name} completed`;
}

/**
 * SEARCH and UID SEARCH.
 * @throws BadCommand
 */
export async function runSearch(session: ImapSession, { name, args }: Command): Promise<string> {
  const selected = boxOf(session);
  const search = readSearch(args);
  const all = selected.all();
  const last = { sequence: selected.count, uid: all.at(-1)?.mail.uid ?? 0 };
  const found: number[] = [];
  for (const [at, { sequence, mail }] of all.entries()) {
    const raw = search.needsBytes ? await selected.box.raw(mail.uid) : noBytes;
    const fits = raw !== undefined && search.fits({ sequence, mail: fetchedMail(mail, raw), last });
    if (fits) found.push(name.startsWith('UID') ? mail.uid : sequence);
    if (at % 50 === 49) await nextTurn();
  }
  await session.send(['* SEARCH', ...found].join(' '));
  return `${name} completed`;
}
