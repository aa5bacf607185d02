// fatturapa: what is read can be written and read again without loss, whatever the order of the object's properties.
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDocument, type AnyDocument } from '../read/read-document.ts';
import { ordinary } from '../schema/ordinary.ts';
import { simplified } from '../schema/simplified.ts';
import { officialJudges } from '../verdicts/official-schema.fixture.ts';
import { chanceOf, printDocument, rightDocument } from '../verdicts/random-document.fixture.ts';
import { writeDocument, WriteError } from './write-document.ts';

function read(xml: Uint8Array): AnyDocument {
  const { right, findings } = readDocument(xml);
  assert.ok(right, `${JSON.stringify(findings, null, 1)}\n${Buffer.from(xml).toString()}`);
  return right;
}

/** The same object with the properties of every block the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}

for (const schema of [ordinary, simplified]) {
  test(`${schema.root}: XML to object to XML loses nothing and puts everything in its place`, () => {
    for (let seed = 1; seed <= 500; seed++) {
      const first = read(printDocument(rightDocument(chanceOf(seed), schema), schema, 'anyone'));
      const again = read(writeDocument(reversed(first.document) as AnyDocument['document']));
      assert.deepEqual(again, first);
    }
  });
}

test('the public samples come back as they were and pass the official schema', { skip: servers.shared.missing }, () => {
  const samples = join(sharedFolder(), 'sdi', 'samples');
  const judges = officialJudges(sharedFolder());
  const rows = readFileSync(join(samples, 'MANIFEST.tsv'), 'utf8').split('\n');
  const valid = rows
    .map((row) => row.split('\t'))
    .filter(([file, verdict]) => file?.startsWith('invoices/') && verdict?.startsWith('xsd-valid'));
  assert.ok(valid.length > 50);
  for (const [file = ''] of valid) {
    const first = read(readFileSync(join(samples, file)));
    const written = writeDocument(first.document);
    assert.deepEqual(read(written), first, file);
    assert.deepEqual(judges[first.kind](written), { valid: true, why: '' }, file);
  }
});

test('blanks of the attribute survive', () => {
  const { document } = read(printDocument(rightDocument(chanceOf(7), ordinary), ordinary, 'anyone'));
  const written = writeDocument({ ...document, SistemaEmittente: 'a "b"' });
  assert.equal(read(written).document.SistemaEmittente, 'a "b"');
  assert.match(writeDocument({ ...document, SistemaEmittente: 'a\tb\n' }).toString(), /"a&#9;b&#10;"/);
});

test('what the schema does not know is refused with its path, not dropped', () => {
  const { document } = read(printDocument(rightDocument(chanceOf(7), simplified), simplified, 'anyone'));
  const body = { ...document.FatturaElettronicaBody[0], Sconosciuto: 'x' };
  const wrong = { ...document, FatturaElettronicaBody: [body] } as AnyDocument['document'];
  assert.throws(
    () => writeDocument(wrong),
    (error) => error instanceof WriteError && error.path === 'FatturaElettronicaBody[1]/Sconosciuto',
  );
});

test('a number where a text belongs, and one where a list belongs, are refused with their path', () => {
  const { document } = read(printDocument(rightDocument(chanceOf(7), ordinary), ordinary, 'anyone'));
  for (const [body, path] of [
    [
      { DatiGenerali: { DatiGeneraliDocumento: { Numero: 7 } } },
      'FatturaElettronicaBody[1]/DatiGenerali/DatiGeneraliDocumento/Numero',
    ],
    [{ Allegati: {} }, 'FatturaElettronicaBody[1]/Allegati'],
  ] as const) {
    const wrong = { ...document, FatturaElettronicaBody: [body] } as unknown as AnyDocument['document'];
    assert.throws(
      () => writeDocument(wrong),
      (error) => error instanceof WriteError && error.path === path,
    );
  }
});
