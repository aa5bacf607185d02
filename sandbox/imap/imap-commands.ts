// sandbox: the IMAP commands it knows, each with what it needs and what it does (RFC 3501 §6, RFC 2087, 2177, 2342, 2971, 3691, 4315).
import { randomUUID } from 'node:crypto';
import type { MailBox } from '../pec/mail-box.ts';
import { MailBoxFull } from '../pec/mail-box.ts';
import { runFetch, runSearch, runStore } from './imap-mail-commands.ts';
import { allFlags, flagsOf, nstring, readInternalDate } from './imap-words.ts';
import { capabilityLine, ImapNo } from './imap-no.ts';
import type { Handler, ImapSession } from './imap-session.ts';
import { BadCommand, isIn, readSet, textOf } from './read-arguments.ts';
import type { Argument, Command } from './read-arguments.ts';

const quotaKiB = 1024 * 1024;

function insistOnInbox(argument: Argument | undefined): void {
  const name = textOf(argument, "the mailbox's name");
  if (name.toUpperCase() !== 'INBOX') throw new ImapNo('[NONEXISTENT] there is only INBOX here');
}

async function select(session: ImapSession, { name, args }: Command): Promise<string> {
  // A mailbox that cannot be opened leaves none open (RFC 3501 §6.3.1).
  session.close();
  insistOnInbox(args[0]);
  const readOnly = name === 'EXAMINE';
  const selected = session.select(readOnly);
  const { box, count } = selected;
  const unseen = selected.all().find(({ mail }) => !mail.flags.includes('s'));
  await session.send(
    `* FLAGS ${allFlags}`,
    `* OK [PERMANENTFLAGS ${readOnly ? '()' : allFlags}] these are kept`,
    `* ${count} EXISTS`,
    '* 0 RECENT',
    ...(unseen ? [`* OK [UNSEEN ${unseen.sequence}] the first that nobody saw`] : []),
    `* OK [UIDVALIDITY ${box.uidValidity}] UIDs hold`,
    `* OK [UIDNEXT ${box.uidNext}] the next UID`,
  );
  return `[READ-${readOnly ? 'ONLY' : 'WRITE'}] ${name} completed`;
}

function matchesInbox(reference: string, pattern: string): boolean {
  const form = `${reference}${pattern}`.slice(0, 200);
  // `*` and `%` are the same here, as there are no levels.
  const pieces = form.toUpperCase().split(/[*%]+/);
  const [head = '', ...rest] = pieces;
  const tail = rest.pop();
  if (tail === undefined) return head === 'INBOX';
  if (!'INBOX'.startsWith(head)) return false;
  let at = head.length;
  for (const piece of rest) {
    const found = 'INBOX'.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return 'INBOX'.endsWith(tail) && at + tail.length <= 'INBOX'.length;
}

async function list(session: ImapSession, { name, args }: Command): Promise<string> {
  const [reference, pattern] = [textOf(args[0], 'the reference'), textOf(args[1], 'the pattern')];
  if (pattern === '' && name === 'LIST') await session.send('* LIST (\\Noselect) "/" ""');
  else if (matchesInbox(reference, pattern)) await session.send(`* ${name} (\\HasNoChildren) "/" INBOX`);
  return `${name} completed`;
}

const statusItems: Readonly<Record<string, (box: MailBox) => number>> = {
  MESSAGES: (box) => box.mails().length,
  RECENT: () => 0,
  UIDNEXT: ({ uidNext }) => uidNext,
  UIDVALIDITY: ({ uidValidity }) => uidValidity,
  UNSEEN: (box) => box.mails().filter(({ flags }) => !flags.includes('s')).length,
};

async function status(session: ImapSession, { args }: Command): Promise<string> {
  insistOnInbox(args[0]);
  if (args[1]?.kind !== 'list') throw new BadCommand('STATUS takes a list of items');
  const box = session.parts.boxes.open(session.user ?? '');
  const told = args[1].items.map((item) => {
    const word = textOf(item, 'an item').toUpperCase();
    const of = Object.hasOwn(statusItems, word) ? statusItems[word] : undefined;
    if (!of) throw new BadCommand(`STATUS knows no ${word.slice(0, 40)}`);
    return `${word} ${of(box)}`;
  });
  await session.send(`* STATUS INBOX (${told.join(' ')})`);
  return 'STATUS completed';
}

async function append(session: ImapSession, { args }: Command): Promise<string> {
  if (textOf(args[0], "the mailbox's name").toUpperCase() !== 'INBOX') {
    throw new ImapNo('[TRYCREATE] there is only INBOX here');
  }
  const mail = args.at(-1);
  if (mail?.kind !== 'string' || args.length < 2) throw new BadCommand('APPEND takes a mail');
  const between = args.slice(1, -1);
  const flags = between.flatMap((one) => (one.kind === 'list' ? one.items.map((item) => textOf(item, 'a flag')) : []));
  const date = between.find((one) => one.kind === 'string');
  const at = date === undefined ? new Date() : readInternalDate(textOf(date, 'the date'));
  if (at === undefined) throw new BadCommand('the date is none');
  const box = session.parts.boxes.open(session.user ?? '');
  try {
    const uid = box.append({ raw: mail.bytes, id: `append:${randomUUID()}`, at, flags: flagsOf(flags) });
    return `[APPENDUID ${box.uidValidity} ${uid}] APPEND completed`;
  } catch (error) {
    if (error instanceof MailBoxFull) throw new ImapNo('[OVERQUOTA] the mailbox is full');
    throw error;
  }
}

function expunge(session: ImapSession, isAsked: (uid: number) => boolean): void {
  const { selected } = session;
  if (selected === undefined || selected.readOnly) throw new ImapNo('[READ-ONLY] the mailbox is open for reading only');
  const gone = selected.box.mails().filter(({ uid, flags }) => flags.includes('d') && isAsked(uid));
  selected.box.remove(gone.map(({ uid }) => uid));
}

async function uidExpunge(session: ImapSession, { args }: Command): Promise<string> {
  const set = readSet(textOf(args[0], 'the set'));
  expunge(session, (uid) => isIn(uid, set, session.selected?.box.mails().at(-1)?.uid ?? 0));
  return 'EXPUNGE completed';
}

async function close(session: ImapSession): Promise<string> {
  if (session.selected?.readOnly === false) expunge(session, () => true);
  session.close();
  return 'CLOSE completed';
}

async function quota(session: ImapSession): Promise<string> {
  const box = session.parts.boxes.open(session.user ?? '');
  const used = box.full ? quotaKiB : Math.min(quotaKiB, Math.ceil(box.bytes / 1024));
  await session.send(`* QUOTA "" (STORAGE ${used} ${quotaKiB})`);
  return 'completed';
}

async function quotaRoot(session: ImapSession, { args }: Command): Promise<string> {
  insistOnInbox(args[0]);
  await session.send('* QUOTAROOT INBOX ""');
  return quota(session);
}

function signInPlain(session: ImapSession, base64: string): string {
  const words = Buffer.from(base64, 'base64').toString('utf8').split('\0');
  if (words.length !== 3) throw new BadCommand('PLAIN takes a name and a password');
  session.signIn(words[1] ?? '', words[2] ?? '');
  return `[CAPABILITY ${capabilityLine}] signed in`;
}

async function authenticate(session: ImapSession, { tag, args }: Command): Promise<string | undefined> {
  if (textOf(args[0], 'the mechanism').toUpperCase() !== 'PLAIN') throw new ImapNo('only PLAIN is known here');
  if (args[1] !== undefined) return signInPlain(session, textOf(args[1], 'the answer'));
  session.expectLine(async (line) => {
    try {
      if (line === '*') throw new BadCommand('given up', tag);
      await session.send(`${tag} OK ${signInPlain(session, line)}`);
    } catch (error) {
      if (error instanceof ImapNo) return session.send(`${tag} NO ${error.message}`);
      throw error instanceof BadCommand ? new BadCommand(error.message, tag) : error;
    }
  });
  await session.send('+ ');
  return undefined;
}

async function login(session: ImapSession, { args }: Command): Promise<string> {
  session.signIn(textOf(args[0], 'the name'), textOf(args[1], 'the password'));
  return `[CAPABILITY ${capabilityLine}] signed in`;
}

async function idle(session: ImapSession, { tag }: Command): Promise<undefined> {
  await session.idle(tag);
}

async function capability(session: ImapSession): Promise<string> {
  await session.send(`* CAPABILITY ${capabilityLine}`);
  return 'CAPABILITY completed';
}

async function logout(session: ImapSession, { tag }: Command): Promise<undefined> {
  await session.end('see you');
  await session.send(`${tag} OK LOGOUT completed`);
}

async function only(_session: ImapSession, { name, args }: Command): Promise<string> {
  insistOnInbox(args[0]);
  return `${name} completed`;
}

async function refuse(): Promise<never> {
  throw new ImapNo('[CANNOT] there is only INBOX here');
}

const says =
  (lines: readonly string[], done: string) =>
  async (session: ImapSession): Promise<string> => {
    await session.send(...lines);
    return done;
  };

const handlers: Readonly<Record<string, Handler>> = {
  CAPABILITY: { needs: 'nothing', run: capability },
  NOOP: { needs: 'nothing', run: says([], 'NOOP completed') },
  LOGOUT: { needs: 'nothing', run: logout },
  ID: { needs: 'nothing', run: says([`* ID ("name" ${nstring('Staffetta sandbox')})`], 'ID completed') },
  LOGIN: { needs: 'stranger', run: login },
  AUTHENTICATE: { needs: 'stranger', run: authenticate },
  NAMESPACE: { needs: 'user', run: says(['* NAMESPACE (("" "/")) NIL NIL'], 'NAMESPACE completed') },
  SELECT: { needs: 'user', run: select },
  EXAMINE: { needs: 'user', run: select },
  LIST: { needs: 'user', run: list },
  LSUB: { needs: 'user', run: list },
  STATUS: { needs: 'user', run: status },
  APPEND: { needs: 'user', run: append },
  SUBSCRIBE: { needs: 'user', run: only },
  UNSUBSCRIBE: { needs: 'user', run: only },
  CREATE: { needs: 'user', run: refuse },
  DELETE: { needs: 'user', run: refuse },
  RENAME: { needs: 'user', run: refuse },
  GETQUOTA: { needs: 'user', run: quota },
  GETQUOTAROOT: { needs: 'user', run: quotaRoot },
  SETQUOTA: { needs: 'user', run: refuse },
  IDLE: { needs: 'user', run: idle },
  CHECK: { needs: 'box', run: says([], 'CHECK completed') },
  CLOSE: { needs: 'box', run: close },
  UNSELECT: {
    needs: 'box',
    run: async (session) => {
      session.close();
      return 'UNSELECT completed';
    },
  },
  EXPUNGE: {
    needs: 'box',
    run: async (session) => {
      expunge(session, () => true);
      return 'EXPUNGE completed';
    },
  },
  'UID EXPUNGE': { needs: 'box', run: uidExpunge },
  COPY: { needs: 'box', run: refuse },
  'UID COPY': { needs: 'box', run: refuse },
  FETCH: { needs: 'box', run: runFetch },
  'UID FETCH': { needs: 'box', run: runFetch },
  STORE: { needs: 'box', run: runStore },
  'UID STORE': { needs: 'box', run: runStore },
  SEARCH: { needs: 'box', run: runSearch },
  'UID SEARCH': { needs: 'box', run: runSearch },
};

/** How a command is done; undefined where there is none of that name. */
export function handlerOf(name: string): Handler | undefined {
  return Object.hasOwn(handlers, name) ? handlers[name] : undefined;
}
