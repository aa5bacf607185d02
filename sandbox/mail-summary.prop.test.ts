// The cheap look at a mail and the full parser say the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { scanMail } from './mail-summary.ts';
import { sampleMail } from './smtp-client.fixture.ts';

const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019_-.'), minLength: 1, maxLength: 20 });

test('both readers find the same subject, file name and bytes', async () => {
  await fc.assert(
    fc.asyncProperty(word, word, fc.uint8Array({ maxLength: 2_000 }), async (subject, name, bytes) => {
      const raw = sampleMail({ subject, fileName: `${name}.xml`, content: Buffer.from(bytes) });
      const [cheap, full] = [scanMail(raw), await simpleParser(raw)];
      assert.equal(cheap?.subject, full.subject);
      assert.equal(cheap?.messageId, full.messageId);
      assert.equal(cheap?.files[0]?.name, full.attachments[0]?.filename);
      assert.deepEqual(cheap?.files[0]?.content, full.attachments[0]?.content);
      assert.deepEqual(cheap?.files[0]?.content, Buffer.from(bytes));
    }),
    { numRuns: 100 },
  );
});
