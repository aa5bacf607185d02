// fatturapa: our tables and the official schema judge alike, on documents made right and made wrong.
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocument } from '../read/read-document.ts';
import { ordinary } from '../schema/ordinary.ts';
import type { DocumentSchema } from '../schema/schema.ts';
import { simplified } from '../schema/simplified.ts';
import { officialJudges } from './official-schema.fixture.ts';
import { chanceOf, changeSomething, printDocument, rightDocument } from './random-document.fixture.ts';

const { missing } = servers.shared;
const documentsEach = 6000;
const seed = Number(process.env['STAFFETTA_SEED'] ?? Date.now() % 1_000_000);

const schemas: readonly (readonly ['ordinary' | 'simplified', DocumentSchema])[] = [
  ['ordinary', ordinary],
  ['simplified', simplified],
];

for (const [kind, schema] of schemas) {
  test(
    `${documentsEach} ${kind} documents, made and changed, get the official schema's verdict (seed ${seed})`,
    { skip: missing },
    () => {
      const judge = officialJudges(sharedFolder())[kind];
      const counts = { valid: 0, invalid: 0 };
      for (let number = 0; number < documentsEach; number++) {
        const chance = chanceOf(seed * 100_003 + number);
        const document = rightDocument(chance, schema);
        for (let changesLeft = Math.floor(chance() * 4); changesLeft > 0; changesLeft--)
          changeSomething(chance, document);
        const xml = printDocument(document, schema, 'anyone');
        const ours = readDocument(xml);
        const theirs = judge(printDocument(document, schema, 'libxml2'));
        assert.equal(
          ours.right !== undefined,
          theirs.valid,
          `${theirs.why}\n${JSON.stringify(ours.findings, null, 1)}\n${xml.toString()}`,
        );
        counts[theirs.valid ? 'valid' : 'invalid']++;
      }
      // Both kinds must be there, else nothing was compared.
      assert.ok(Math.min(counts.valid, counts.invalid) > documentsEach / 10, JSON.stringify(counts));
    },
  );
}
