// fatturapa: every public sample gets its manifest's verdict, but for the differences that are listed with their reasons.
import { servers, sharedFolder } from '@staffetta/tools/servers/available.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkDocument } from '../check-document.ts';
import { disagreements } from './disagreements.ts';

const folder = join(sharedFolder(), 'sdi', 'samples');

interface Sample {
  readonly file: string;
  /** SdI codes that the manifest implies, sorted. */
  readonly expected: readonly string[];
}

function codesOfVerdict(verdict: string): string[] {
  if (/^xsd-invalid|^unknown-namespace/.test(verdict)) return ['00200'];
  // Cut and pasted as text: no reader finds a CMS structure in it.
  if (verdict.includes('tampered')) return ['00102'];
  return /rules:(\S+)/.exec(verdict)?.[1]?.split('+') ?? [];
}

function samples(): Sample[] {
  return readFileSync(join(folder, 'MANIFEST.tsv'), 'utf8')
    .split('\n')
    .map((row) => row.split('\t'))
    .filter(([file = '']) => /^(?:invoices|signed)\//.test(file))
    .map(([file = '', verdict = '']) => ({ file, expected: codesOfVerdict(verdict) }));
}

interface OurVerdict {
  readonly codes: string[];
  /** Whether the document, out of its envelopes, starts with a byte order mark; in what goes out that is 00200, whatever a schema says. */
  readonly marked: boolean;
}

function ourVerdict(file: string, kind: 'internal' | 'external'): OurVerdict {
  const at = new Date('2026-11-25T09:00:00Z');
  const check = checkDocument(readFileSync(join(folder, file)), { kind, validation: 'document', at });
  const errors = check.findings.filter(({ severity }) => severity === 'error');
  assert.equal(check.valid, errors.length === 0);
  const codes = [...new Set(errors.map(({ code }) => code))].sort();
  return { codes, marked: check.documents[0]?.xml[0] === 0xef };
}

test(
  'each sample gets the verdict of the manifest and the listed differences, no more and no less',
  { skip: servers.shared.missing },
  () => {
    const all = samples();
    assert.equal(all.length, 81);
    for (const { file, expected } of all) {
      const besides = disagreements.filter(({ files }) => files.includes(file)).map(({ code }) => code);
      for (const kind of ['internal', 'external'] as const) {
        const { codes, marked } = ourVerdict(file, kind);
        const mark = kind === 'internal' && marked ? ['00200'] : [];
        assert.deepEqual(codes, [...new Set([...expected, ...besides, ...mark])].sort(), `${file}, ${kind}`);
      }
    }
  },
);

test('each listed difference is about samples that there are', { skip: servers.shared.missing }, () => {
  const known = new Set(samples().map(({ file }) => file));
  for (const { files } of disagreements) for (const file of files) assert.ok(known.has(file), file);
});
