// hub: the file that is shown is never written over, and others only where that is asked for.
import assert from 'node:assert/strict';
import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CliError } from './cli-error.ts';
import { targetOf, writeTarget } from './write-target.ts';

const folder = mkdtempSync(join(tmpdir(), 'staffetta-target-'));
after(() => rmSync(folder, { recursive: true }));

function put(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, name);
  return path;
}

const input = put('a.xml');
const rules = { input, force: false, lang: 'it' } as const;

test('the original is refused by whatever name, even with force', async () => {
  const [hard, soft] = [join(folder, 'hard.xml'), join(folder, 'soft.xml')];
  linkSync(input, hard);
  symlinkSync(input, soft);
  for (const path of [input, hard, soft, join(folder, '.', 'a.xml')]) {
    for (const force of [false, true]) {
      await assert.rejects(
        targetOf(path, { ...rules, force }),
        /è il file da mostrare: l'originale non si sovrascrive/,
      );
    }
  }
});

test('a file that exists needs force; a new name and a device need nothing', async () => {
  const there = put('there.html');
  await assert.rejects(targetOf(there, { ...rules, lang: 'en' }), /exists already: give another name, or add --force/);
  assert.deepEqual(await targetOf(there, { ...rules, force: true }), { path: there, flag: 'w' });
  assert.equal((await targetOf(join(folder, 'new.html'), rules)).flag, 'wx');
  assert.equal((await targetOf('/dev/null', rules)).flag, 'w');
});

test('a file that comes up meanwhile, a folder and a folder that is not there are said in words', async () => {
  const late = join(folder, 'late.html');
  const target = await targetOf(late, rules);
  put('late.html');
  await assert.rejects(writeTarget(target, 'x', 'it'), new CliError(`Non si può scrivere ${late}: esiste già.`));
  const onFolder = await targetOf(folder, rules);
  await assert.rejects(writeTarget(onFolder, 'x', 'it'), /: è una cartella, non un file\.$/);
  const nowhere = await targetOf(join(folder, 'none', 'a.html'), rules);
  await assert.rejects(writeTarget(nowhere, 'x', 'en'), /: its folder does not exist\.$/);
});
