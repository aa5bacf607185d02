// tools: npm run docs; prints the pages of docs/ that come from the code, or with --check says which are stale.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { allPages } from './pages/all-pages.ts';
import { readTextOrNothing, repositoryRoot } from './repository.ts';

const onlyChecks = process.argv.includes('--check');
const pages = await allPages();
const stale = [...pages].filter(([path, text]) => readTextOrNothing(path) !== text);
for (const [path, text] of stale) {
  if (onlyChecks) {
    console.error(`${path} is stale: run npm run docs`);
    continue;
  }
  mkdirSync(dirname(join(repositoryRoot, path)), { recursive: true });
  writeFileSync(join(repositoryRoot, path), text);
  console.log(`${path} printed`);
}
if (stale.length === 0) console.log(`${pages.size} pages are as the code says`);
else if (onlyChecks) process.exitCode = 1;
