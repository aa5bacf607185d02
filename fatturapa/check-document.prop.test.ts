// fatturapa: whatever bytes come, the judgement is an answer, and never a throw.
import fc from 'fast-check';
import { zipSync } from 'fflate';
import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { test } from 'node:test';
import { checkDocument } from './check-document.ts';
import { cleanDocuments } from './check/clean-documents.fixture.ts';
import { ordinary } from './schema/ordinary.ts';
import { chanceOf, printDocument, rightDocument } from './verdicts/random-document.fixture.ts';
import { writeDocument } from './write/write-document.ts';

const options = { kind: 'internal', validation: 'document' } as const;
const lotOfOne = writeDocument(cleanDocuments.goods.document, '');
const whole = printDocument(rightDocument(chanceOf(3), ordinary), ordinary, 'anyone');

function codesOf(bytes: Uint8Array): string[] {
  const check = checkDocument(bytes, options);
  assert.equal(check.valid, !check.findings.some((finding) => finding.severity === 'error'));
  return check.findings.map(({ code }) => code);
}

test('100,000 random bytes are answered', () => {
  for (let round = 0; round < 20; round++) codesOf(randomFillSync(Buffer.alloc(100_000)));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void codesOf(bytes)));
});

test('a file cut anywhere is refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: whole.length - 30 }), (end) => {
      assert.notDeepEqual(codesOf(whole.subarray(0, end)), []);
    }),
  );
});

test('a file with bytes changed is answered', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 5 }), (edits) => {
      const changed = Buffer.from(whole);
      for (const [at, byte] of edits) changed[at] = byte;
      codesOf(changed);
    }),
    { numRuns: 500 },
  );
});

test('billion laughs is refused for its DOCTYPE, unread', () => {
  const entities = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('');
  const laughs = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">${entities}]><lolz>&l9;</lolz>`;
  assert.deepEqual(codesOf(Buffer.from(laughs)), ['00200']);
});

test('elements nested a million deep are refused', () => {
  assert.deepEqual(codesOf(Buffer.from('<a>'.repeat(1_000_000))), ['00200']);
});

test('a million attributes are refused', () => {
  const attributes = Array.from({ length: 300_000 }, (_, at) => ` a${at}=""`).join('');
  assert.deepEqual(codesOf(Buffer.from(`<a${attributes}/>`)), ['00200']);
});

test('an archive that unpacks to far more than it holds is refused', () => {
  const bomb = zipSync({ 'IT01234567897_00001.xml': new Uint8Array(50_000_000) }, { level: 9 });
  assert.ok(codesOf(bomb).length > 0);
});

test('five megabytes of markup that never ends are answered', () => {
  for (const piece of ['<', '&', '<!--', '<![CDATA[', '<?x', ']]>', '<a b="', '<a/>', ' ', '\r']) {
    codesOf(Buffer.from(`<r>${piece.repeat(Math.floor(5_200_000 / piece.length))}`));
  }
});

test('a mark at the start is refused in what goes out, with the way out, and no matter in what comes in', () => {
  const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), whole]);
  const going = checkDocument(marked, options).findings.filter(({ line, column }) => line === 1 && column === 1);
  assert.deepEqual(
    going.map(({ code, severity }) => [code, severity]),
    [['00200', 'error']],
  );
  assert.match(going[0]?.fix?.en ?? '', /Strip the first three bytes/);
  const coming = checkDocument(marked, { ...options, kind: 'external' }).findings;
  assert.ok(!coming.some(({ code }) => code === '00200'));
});

test('findings are bounded, errors before warnings, and the last says how many there are', () => {
  const few = checkDocument(whole, { ...options, findingsMax: 1 }).findings;
  assert.equal(few.length, 2);
  assert.equal(few[1]?.code, 'MORE_FINDINGS');
});

test('a lot of 2,000 bodies close to five megabytes is judged body by body', () => {
  const body = /<FatturaElettronicaBody>[\s\S]*<\/FatturaElettronicaBody>/.exec(lotOfOne.toString())?.[0] ?? '';
  const bodies = Array.from({ length: 2000 }, (_, at) => body.replace(/<Numero>[^<]*</, `<Numero>${at + 1}<`));
  bodies[1233] = (bodies[1233] ?? '').replace(/<Imposta>[^<]*</, '<Imposta>99999.00<');
  const lot = Buffer.from(lotOfOne.toString().replace(body, bodies.join('\n')));
  assert.ok(lot.length > 4_000_000 && lot.length < 5_242_880, String(lot.length));
  const { findings, envelope } = checkDocument(lot, { ...options, at: new Date('2026-11-25T09:00:00Z') });
  assert.equal(envelope?.bodies.length, 2000);
  const errors = findings.filter(({ severity }) => severity === 'error');
  assert.deepEqual(
    [...new Set(errors.map(({ code, path }) => `${code} ${path?.split('/')[0]}`))],
    ['00421 FatturaElettronicaBody[1234]'],
  );
});
