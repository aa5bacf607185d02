// fatturapa: no mail makes us throw or take a stranger's for SdI's, however broken, large or deep.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { attachment, mail, multipart, pec, receipt } from './pec-mail.fixture.ts';
import { tellMail } from './tell-mail.ts';
import { understandMail } from './understand-mail.ts';
import { unrelatedMails } from './unrelated-mails.fixture.ts';

test('fifty-odd unrelated mails are other, each with a reason that can be told', () => {
  assert.ok(unrelatedMails.length >= 50, String(unrelatedMails.length));
  for (const bytes of unrelatedMails) {
    const understood = understandMail(bytes);
    assert.equal(understood.kind, 'other', bytes.toString('latin1', 0, 300));
    for (const lang of ['it', 'en'] as const) {
      const told = tellMail(understood, lang);
      assert.ok(told.length > 0);
      for (const line of told) assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f]/);
    }
  }
});

const good = [
  receipt({ type: 'avvenuta-consegna' }),
  pec('sdi03@pec.fatturapa.it', 'Invio File 7', [
    attachment('a.xml', '<p:FatturaElettronica xmlns:p="urn:x"/>'),
    attachment('b.zip', 'PK\u0003\u0004'),
  ]),
  pec('mario@pec.example', 'Ciao', [attachment('a.pdf', '%PDF')]),
];

const verify = { trust: [], at: new Date('2025-06-11T00:00:00Z'), mode: 'require' } as const;

test('a mail changed at any place is answered for, signature included, and told', () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(40),
    put: fc.string({ maxLength: 12, unit: 'binary' }),
  });
  fc.assert(
    fc.property(fc.constantFrom(...good), fc.array(change, { minLength: 1, maxLength: 5 }), (first, changes) => {
      let bytes = first;
      for (const { at, cut, put } of changes) {
        const place = Math.floor(at * bytes.length);
        bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from(put, 'latin1'), bytes.subarray(place + cut)]);
      }
      for (const line of tellMail(understandMail(bytes, { verify }), 'it'))
        assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f]/);
    }),
    { numRuns: 1000 },
  );
});

test("no change to a stranger's mail but of the sender makes it SdI's", () => {
  const stranger = good[2] ?? assert.fail();
  fc.assert(
    fc.property(fc.nat(stranger.length), fc.nat(60), (at, cut) => {
      const bytes = Buffer.concat([stranger.subarray(0, at), stranger.subarray(at + cut)]);
      assert.notEqual(understandMail(bytes).kind, 'sdi');
    }),
  );
});

test('any bytes are answered for', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => assert.equal(understandMail(bytes).kind, 'other')),
  );
});

test('thirty megabytes are read, more than the limit is not', () => {
  const large = pec('sdi03@pec.fatturapa.it', 'Invio File 7', [attachment('a.bin', Buffer.alloc(22 * 1024 * 1024, 7))]);
  const understood = understandMail(large);
  assert.ok(understood.kind === 'sdi');
  assert.equal(understood.others[0]?.bytes.length, 22 * 1024 * 1024);
  const limited = understandMail(large, { limits: { bytesMax: 1_000_000 } });
  assert.deepEqual(
    [limited.kind === 'other' && limited.why, limited.facts.subject],
    ['tooLarge', 'POSTA CERTIFICATA: Invio File 7'],
  );
});

function nested(levels: number, wrap: (inside: Buffer, level: number) => Buffer): Buffer {
  let bytes = mail(['From: a@b.it', 'Subject: fondo'], { headers: ['Content-Type: text/plain'], body: 'x' });
  for (let level = 0; level < levels; level++) bytes = wrap(bytes, level);
  return bytes;
}

test('messages and parts within each other beyond the limit, and too many parts, are told as such', () => {
  const messages = nested(200, (body) =>
    mail(['From: a@b.it', 'Subject: fuori'], { headers: ['Content-Type: message/rfc822'], body }),
  );
  const multiparts = nested(200, (body, level) =>
    mail(
      ['From: a@b.it', 'Subject: fuori'],
      multipart('mixed', `b${level}`, [{ headers: ['Content-Type: message/rfc822'], body }]),
    ),
  );
  const many = mail(
    ['From: a@b.it', 'Subject: molte'],
    multipart(
      'mixed',
      'b',
      Array.from({ length: 3000 }, () => ({ headers: ['A: b'], body: '' })),
    ),
  );
  for (const [bytes, why] of [
    [messages, 'tooDeep'],
    [multiparts, 'tooDeep'],
    [many, 'tooManyParts'],
  ] as const) {
    const understood = understandMail(bytes);
    assert.equal(understood.kind === 'other' && understood.why, why);
  }
});

test('lines made to be taken for boundaries, and headers of one kind without end, take no more than their length', () => {
  const head = `From: a@b.it\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary="${'a'.repeat(190)}"\r\n\r\n`;
  for (const line of [`\n--${'a'.repeat(189)}`, '\n--', 'a'.repeat(190), `\n--${'a'.repeat(190)} x`]) {
    const bytes = Buffer.from(head + line.repeat(Math.floor(4_000_000 / line.length)));
    assert.equal(understandMail(bytes).kind, 'other');
  }
  const parameters = Buffer.from(
    `From: a@b.it\r\nSubject: x\r\nContent-Type: text/plain${';a=1'.repeat(60_000)}\r\n\r\n`,
  );
  assert.equal(understandMail(parameters).kind, 'other');
});
