// sandbox: whatever reaches SdI gets exactly one chain of answers, and nothing throws.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decideArrival, type Decision } from './decide-arrival.ts';
import type { SdiArchive } from './sdi-archive.ts';
import { documentWith, mailbox, today } from './sdi.fixture.ts';
import { storedZip } from './stored-zip.ts';

const good = documentWith('goods', ['SDI:DOPPIA']);
const zip = storedZip([{ name: 'IT01234567897_Z0001.xml', bytes: good }]);

const archive: SdiArchive = {
  record: () => Promise.resolve(),
  keepBytes: () => Promise.resolve(),
  bytesOf: () => Promise.resolve(Buffer.alloc(0)),
  hasTaken: () => false,
  hasName: () => false,
  hasHash: () => false,
  hasInvoice: () => false,
  files: () => [],
  file: () => undefined,
  deliveredAs: () => undefined,
  answersOf: () => [],
  sentAt: () => undefined,
  isCancelled: () => false,
  buyersAnswers: () => [],
  rules: () => [],
  times: () => ({}),
  answeredIds: () => [],
  highestId: () => 0,
  close: () => Promise.resolve(),
};

function decide(fileName: string, bytes: Uint8Array): Decision {
  let last = 0;
  const nextId = (): string => String((last += 1));
  const arrived = {
    id: '1',
    from: mailbox,
    to: 'sdi01@pec.fatturapa.it',
    messageId: '<1>',
    fileName,
    bytes,
    at: today,
  };
  return decideArrival(arrived, { archive, nextId, timesOf: () => ({ answerMs: 0, bodyAnswerMs: 1 }) });
}

/** Some bytes of a file are other, or it ends early. */
const damaged = fc
  .tuple(
    fc.constantFrom(good, zip),
    fc.array(fc.tuple(fc.nat(good.length), fc.nat(255)), { maxLength: 8 }),
    fc.nat(good.length),
  )
  .map(([file, changes, end]) => {
    const bytes = Buffer.from(file);
    for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
    return bytes.subarray(0, end < 40 ? end : bytes.length);
  });
const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged);
const anyName = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('IT01234567897_00001.xml', 'IT01234567897_00001.zip', 'IT01234567897_00001.xml.p7m'),
);

test('whatever bytes under whatever name: each file has one decision and its chain', () => {
  fc.assert(
    fc.property(anyName, anyBytes, (name, bytes) => {
      const { line, bytes: kept } = decide(name, bytes);
      assert.ok(line.files.length > 0);
      for (const file of line.files) {
        const chain = line.answers.filter(({ sdiId }) => sdiId === file.sdiId);
        const firsts = chain.filter(({ kind }) => kind === 'RC' || kind === 'NS' || kind === 'MC');
        assert.equal(new Set(firsts.map(({ counter }) => counter)).size, 1, file.decided);
        assert.equal(
          chain.some(({ kind }) => kind === 'NS'),
          file.errors.length > 0,
        );
        assert.ok(kept.has(file.sdiId));
      }
      assert.equal(new Set(line.answers.map(({ id }) => id)).size, line.answers.length);
    }),
    { numRuns: 400 },
  );
});
