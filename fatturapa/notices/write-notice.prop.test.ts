// fatturapa: notices of every kind come back as they were written, and the official schemas agree with our tables.
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { officialJudges } from '../verdicts/official-schema.fixture.ts';
import {
  changeSomething,
  chanceOf,
  printDocument,
  rightDocument,
  type Chance,
  type Node,
} from '../verdicts/random-document.fixture.ts';
import { noticeSchemas } from './notice-schemas.ts';
import type { NoticeSchema } from './notice-schema.ts';
import { readNotice } from './read-notice.ts';
import { writeNotice } from './write-notice.ts';

const seed = Number(process.env['STAFFETTA_SEED'] ?? Date.now() % 1_000_000);
const each = 150;

/** The makers of invoices know neither the notices' flag nor attributes inside. */
function rightNotice(chance: Chance, schema: NoticeSchema): Node {
  const root = rightDocument(chance, schema);
  root.attributes = ` versione="1.0"${schema.flag && chance() < 0.3 ? ` ${schema.flag}="Si"` : ''}`;
  for (const child of root.children) if (child.name === 'EsitoCommittente') child.attributes = ' versione="1.0"';
  return root;
}

const schemas = noticeSchemas.map((schema) => [`${schema.kind} of family ${schema.family}`, schema] as const);

for (const [name, schema] of schemas) {
  test(`${name}: read, written and read again it is the same (seed ${seed})`, () => {
    for (let number = 0; number < each; number++) {
      const xml = printDocument(rightNotice(chanceOf(seed * 1009 + number), schema), schema, 'anyone');
      const { notice, findings } = readNotice(xml);
      // A blank text conforms to the schema and still says nothing where something is needed.
      if (!notice) assert.ok(findings[0]?.code === 'NOTICE_INCOMPLETE', xml.toString());
      else assert.deepEqual(readNotice(writeNotice(notice)), { notice, findings: [] }, xml.toString());
    }
  });
}

test(
  `what the official schema takes is read without a doubt, what we write it takes (seed ${seed})`,
  { skip: servers.shared.missing },
  () => {
    const judges = officialJudges(sharedFolder());
    const counts = { valid: 0, invalid: 0, told: 0 };
    for (const [name, schema] of schemas) {
      for (let number = 0; number < each; number++) {
        const chance = chanceOf(seed * 1013 + number);
        const document = rightNotice(chance, schema);
        for (let changes = Math.floor(chance() * 3); changes > 0; changes--) changeSomething(chance, document);
        const { notice, findings } = readNotice(printDocument(document, schema, 'anyone'));
        const judge = judges[schema.family === 'PA' ? 'paNotices' : 'b2bNotices'];
        const printed = printDocument(document, schema, 'libxml2');
        const { valid } = judge(printed);
        const doubts = findings.filter(({ code }) => code !== 'NOTICE_INCOMPLETE');
        if (valid) assert.deepEqual(doubts, [], `${name}\n${printed.toString()}`);
        // Our own hand is held to the whole of it, order included.
        if (notice && findings.length === 0 && document.attributes.includes('versione="1.0"')) {
          const written = writeNotice(notice);
          const verdict = judge(Buffer.from(written.toString().replaceAll(/>\s+(\d{4}-\d\d-\d\d[^<]*?)\s*</g, '>$1<')));
          assert.deepEqual(verdict, { valid: true, why: '' }, written.toString());
        }
        counts[valid ? 'valid' : 'invalid']++;
        if (!valid && findings.length > 0) counts.told++;
      }
    }
    assert.ok(Math.min(counts.valid, counts.invalid) > (schemas.length * each) / 10, JSON.stringify(counts));
    // Order and attributes are all that we let pass.
    assert.ok(counts.told > counts.invalid / 2, JSON.stringify(counts));
  },
);
