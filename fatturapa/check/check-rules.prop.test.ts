// fatturapa: whatever a document of right format says, the checks answer, and name places that the schema knows.
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentFinding } from '../finding.ts';
import { readDocument } from '../read/read-document.ts';
import { ordinary } from '../schema/ordinary.ts';
import type { DocumentSchema, ElementRow } from '../schema/schema.ts';
import { simplified } from '../schema/simplified.ts';
import { chanceOf, printDocument, rightDocument } from '../verdicts/random-document.fixture.ts';
import { checkRules } from './check-rules.ts';
import { context } from './clean-documents.fixture.ts';
import { explain } from './sdi-codes.ts';

/** Follows a path through the tables; each step has a place if, and only if, its element may stand several times. */
function assertPath(schema: DocumentSchema, path: string): void {
  let rows: Readonly<Record<string, ElementRow>> = schema.block.rows;
  for (const step of path.split('/')) {
    const [, name = '', place] = /^(\w+)(\[[1-9]\d*\])?$/.exec(step) ?? [];
    const row = rows[name];
    assert.ok(row, `${step} of ${path} is not in the schema`);
    assert.equal(place !== undefined, row.times === 'some' || row.times === 'any', `${step} of ${path}`);
    rows = row.type.kind === 'block' ? row.type.rows : {};
  }
}

function assertSound(schema: DocumentSchema, { code, path, value = '', message, fix }: DocumentFinding): void {
  assert.ok(explain(code), code);
  if (path !== undefined) assertPath(schema, path);
  for (const text of [message.it, message.en, fix?.it, fix?.en]) {
    // What the document itself says may be any word.
    assert.doesNotMatch(text?.replaceAll(value, '') ?? 'undefined', /undefined|NaN|\[object/, code);
  }
}

for (const [name, schema] of Object.entries({ ordinary, simplified })) {
  test(`${name} documents at random are answered, with sound findings`, () => {
    const codes = new Set<string>();
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const xml = printDocument(rightDocument(chanceOf(seed), schema), schema, 'anyone');
        // It is among the texts at random, and would pass for a figure that went wrong.
        fc.pre(!xml.includes('NaN'));
        const { right } = readDocument(xml);
        assert.ok(right);
        for (const finding of checkRules(right.document, right.document.versione, context)) {
          codes.add(finding.code);
          assertSound(schema, finding);
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(codes.size > 10, `only ${[...codes].join(' ')} came up`);
  });
}
