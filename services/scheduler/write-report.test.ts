// scheduler: a report is whole or not there.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { reportFileName, writeReport } from './write-report.ts';

const at = new Date('2026-11-22T09:15:30Z');

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'staffetta-report-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function* rows(...all: (string | number | null)[][]) {
  yield* all;
}

test("a report's name carries Rome's time of its run", () => {
  assert.equal(reportFileName('invoices', at), 'invoices-20261122-101530.csv');
});

test('commas, quotes and line breaks survive', async () => {
  await inFolder(async (folder) => {
    const path = await writeReport(
      join(folder, 'new'),
      { name: 'r', columns: ['A', 'B'], rows: rows(['x,"y"\nz', 1], ['', null]) },
      at,
    );
    assert.equal(await readFile(path, 'utf8'), 'A,B\n"x,""y""\nz",1\n,\n');
  });
});

test('a cell that a spreadsheet would run as a formula is disarmed', async () => {
  await inFolder(async (folder) => {
    const path = await writeReport(folder, { name: 'r', columns: ['A'], rows: rows(['=1+1']) }, at);
    assert.equal(await readFile(path, 'utf8'), "A\n'=1+1\n");
  });
});

test('a report without rows still has its columns', async () => {
  await inFolder(async (folder) => {
    const path = await writeReport(folder, { name: 'r', columns: ['A', 'B'], rows: rows() }, at);
    assert.equal(await readFile(path, 'utf8'), 'A,B\n');
  });
});

test('a report that fails half-way leaves nothing behind', async () => {
  await inFolder(async (folder) => {
    async function* broken() {
      yield ['a'];
      throw new Error('the database went away');
    }
    await assert.rejects(writeReport(folder, { name: 'r', columns: ['A'], rows: broken() }, at), /went away/);
    assert.deepEqual(await readdir(folder), []);
  });
});
