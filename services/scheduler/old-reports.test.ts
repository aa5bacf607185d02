// scheduler: old reports go, other people's files stay.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeOldReports } from './old-reports.ts';

test('old reports and half-written ones go; fresh ones and files of others stay', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'staffetta-reports-'));
  try {
    const old = [
      'invoices-20260101-000000.csv',
      'dead-letters-20260101-000000.csv',
      'invoices-20260101-000000.csv.77.part',
    ];
    for (const name of [...old, 'my-notes.csv', 'invoices-20261123-000000.csv'])
      await writeFile(join(folder, name), 'x');
    const past = new Date('2026-01-01T00:00:00Z');
    for (const name of [...old, 'my-notes.csv']) await utimes(join(folder, name), past, past);
    assert.equal(await removeOldReports(folder, new Date('2026-06-01T00:00:00Z')), 3);
    assert.deepEqual((await readdir(folder)).toSorted(), ['invoices-20261123-000000.csv', 'my-notes.csv']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a folder that is not there has no old reports', async () => {
  assert.equal(await removeOldReports(join(tmpdir(), 'staffetta-nowhere'), new Date()), 0);
});
