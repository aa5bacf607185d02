// journeys: the README's tables name the files that tell each promise, and no others, and where each suffering is impossible.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { promises, sufferings } from './harness/promises.ts';

const stories = readdirSync(new URL('.', import.meta.url)).filter((name) => /\.(e2e\.test|night)\.ts$/.test(name));
const readme = readHere('README.md');

for (const promise of promises) {
  test(`the README names the stories of "${promise}"`, () => {
    const telling = stories.filter((name) => tells(readHere(name), promise)).map((name) => name.replace(/\..*/, ''));
    const row = readme.split('\n').find((line) => line.startsWith(`| ${promise} |`)) ?? '';
    const named = [...row.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name);
    assert.ok(telling.length > 0, 'a promise without a story');
    assert.deepEqual(
      named,
      telling.toSorted((a, b) => a.localeCompare(b)),
    );
  });
}

for (const suffering of sufferings) {
  test(`"${suffering}" is told to be impossible in the file that the README names`, () => {
    const [, path = ''] = new RegExp(`^\\| ${suffering} \\| \`([^\`]+)\` \\|$`, 'm').exec(readme) ?? [];
    assert.match(readHere(`../${path}`), new RegExp(`test\\(\\s*['\`]${suffering} (is|are) impossible`));
  });
}

function tells(text: string, promise: string): boolean {
  return text.includes(`describe('${promise}'`) || text.includes(`tellPromise('${promise}'`);
}

function readHere(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}
