// Whatever a client sends, in whatever pieces: the session answers or hangs up, and never fails.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { openMailBoxes } from '../pec/mail-boxes.ts';
import type { MailBoxes } from '../pec/mail-boxes.ts';
import { noLog } from '../sandbox-log.ts';
import { CommandReader } from './command-reader.ts';
import { handlerOf } from './imap-commands.ts';
import { createImapRules } from './imap-rules.ts';
import { ImapSession } from './imap-session.ts';
import { readTree } from './mail-tree.ts';
import { structureOf } from './mail-shape.ts';

const dir = mkdtempSync(join(tmpdir(), 'staffetta-imap-prop-'));
after(() => rmSync(dir, { recursive: true, force: true }));

const limits = { lineBytesMax: 2000, mailBytesMax: 5000, literalBytesMax: 500 };
const boxes: MailBoxes = openMailBoxes(dir, { mailsMax: 5 });

/** Feeds a session with bytes cut into pieces; gives what it answered and what it logged as failed. */
async function talk(chunks: readonly Buffer[]): Promise<{ heard: string; failures: unknown[] }> {
  let heard = '';
  const failures: unknown[] = [];
  const log = { ...noLog, error: (facts: object) => void failures.push(facts) };
  const write = async (bytes: string | Buffer): Promise<void> => {
    heard += typeof bytes === 'string' ? bytes : bytes.toString('latin1');
  };
  const session = new ImapSession({ handlerOf, boxes, rules: createImapRules(), log, write, hangUp: () => undefined });
  const reader = new CommandReader(limits);
  for (const chunk of chunks) {
    for (const event of reader.push(chunk)) {
      await session.take(event);
      if (session.isOver) break;
    }
    if (session.isOver) break;
  }
  session.close();
  return { heard, failures };
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...chunks, bytes.subarray(at)];
}

const vocabulary = [
  'LOGIN a@b.example "x" SELECT INBOX FETCH 1:* * BODY[ ( ) (FLAGS UID SEARCH NOT OR HEADER SINCE 1-Jan-2026 STORE +FLAGS',
  '\\Seen) {3} {3+} {99999} \r\n IDLE DONE APPEND ALL "" % LIST STATUS EXPUNGE 0 4294967296 ENVELOPE BODYSTRUCTURE 2,1:3,',
  'AUTHENTICATE PLAIN toString constructor __proto__ CLOSE RFC822 BODY[1.2.MIME]<0.9> LARGER KEYWORD BODY[HEADER]',
];
const words = fc.constantFrom(
  'BODY.PEEK[HEADER.FIELDS (A "B")]<1.2>',
  ...vocabulary.flatMap((line) => line.split(' ')),
);
const started = 'a LOGIN m@n.example p\r\nb SELECT INBOX\r\nc APPEND INBOX {12+}\r\nA: b\r\n\r\nhallo\r\n';
const sizes = fc.array(fc.nat({ max: 50 }), { maxLength: 30 });

test('random bytes never make the server fail', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), sizes, async (bytes, sizes) => {
      const { failures } = await talk(cut(Buffer.from(bytes), sizes));
      assert.deepEqual(failures, []);
    }),
    { numRuns: 200 },
  );
});

test('half commands and their words in any order never make the server fail', async () => {
  const lines = fc.array(fc.array(words, { maxLength: 8 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(lines, sizes, async (lines, sizes) => {
      const text = started + lines.map((line, at) => `t${at} ${line.join(' ')}\r\n`).join('');
      const { heard, failures } = await talk(cut(Buffer.from(text), sizes));
      assert.deepEqual(failures, []);
      assert.match(heard, /a OK/);
    }),
    { numRuns: 300 },
  );
});

test('commands mean the same however the net cuts them', async () => {
  const text = 'a LOGIN {11}\r\nm@n.example p\r\nb EXAMINE INBOX\r\nc NOOP\r\nd FETCH 1 (BODY[TEXT])\r\ne LOGOUT\r\n';
  const whole = await talk([Buffer.from(text)]);
  await fc.assert(
    fc.asyncProperty(sizes, async (sizes) => {
      assert.equal((await talk(cut(Buffer.from(text), sizes))).heard, whole.heard);
    }),
  );
});

test('the structure of any bytes can be told, with every bracket closed', () => {
  const lines = fc.constantFrom(
    '--b',
    '--b--',
    '',
    'Content-Type: multipart/mixed; boundary=b',
    'Content-Type: message/rfc822',
    'x: "(',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(lines, fc.string({ maxLength: 20 })), { maxLength: 40 }), (lines) => {
      const told = structureOf(readTree(Buffer.from(lines.join('\r\n'))), true);
      const bare = told.replaceAll(/"(?:[^"\\]|\\.)*"/g, '');
      assert.equal(bare.replaceAll(/[^(]/g, '').length, bare.replaceAll(/[^)]/g, '').length);
    }),
  );
});
