// platform: tests that the libraries of the embedded Postgres are made complete.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { linkLibraries } from './embedded-postgres-binaries.ts';

/** What this test made, and alone removes: undefined where a failure of another file kept it from making any. */
let made: string | undefined;
let folder = '';

beforeEach(() => {
  made = mkdtempSync(join(tmpdir(), 'staffetta-libraries-'));
  folder = join(made, 'native');
  mkdirSync(join(folder, 'lib'), { recursive: true });
  writeFileSync(join(folder, 'lib', 'libpq.so.5.18'), 'the library');
});

afterEach(() => {
  if (made !== undefined) rmSync(made, { recursive: true });
  made = undefined;
});

function list(links: readonly { source: string; target: string }[]): void {
  writeFileSync(join(folder, 'pg-symlinks.json'), JSON.stringify(links));
}

test('a missing library link is made, relative to its folder', async () => {
  list([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]);
  await linkLibraries(folder);
  assert.equal(readlinkSync(join(folder, 'lib', 'libpq.so.5')), 'libpq.so.5.18');
  assert.equal(readFileSync(join(folder, 'lib', 'libpq.so.5'), 'utf8'), 'the library');
});

test('links may be made again and by several at once', async () => {
  list([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]);
  await Promise.all([linkLibraries(folder), linkLibraries(folder), linkLibraries(folder)]);
  await linkLibraries(folder);
  assert.equal(readlinkSync(join(folder, 'lib', 'libpq.so.5')), 'libpq.so.5.18');
});

test('a package without a list needs no links', async () => {
  await linkLibraries(folder);
});

test('a link outside the package is never made', async () => {
  list([{ source: 'native/lib/libpq.so.5.18', target: '../elsewhere' }]);
  await linkLibraries(folder);
  assert.throws(() => readlinkSync(join(folder, '..', '..', 'elsewhere')), /ENOENT/);
});

test('a link that cannot be made says which and what to do', async () => {
  list([{ source: 'native/lib/libpq.so.5.18', target: 'native/gone/libpq.so.5' }]);
  await assert.rejects(linkLibraries(folder), /gone.libpq\.so\.5 is missing.*npm rebuild/);
});
