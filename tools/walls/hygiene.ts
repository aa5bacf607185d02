// tools: the walls' small rules for every file: first lines, where SQL lives, and what never gets in.
import type { Finding } from './finding.ts';
import { isForTests } from './rooms.ts';
import type { Source } from './source.ts';

/** Checks that the first line says in a comment what the file is for. */
export function checkFirstLine(file: string, firstLine: string): Finding[] {
  const isComment = file.endsWith('.sql') ? /^--\s*\S/ : /^\s*(\/\/|\/\*\*?)\s*\S/;
  if (isComment.test(firstLine)) return [];
  return [
    { file, line: 1, rule: 'first line', message: 'begin with a comment: its room, and its purpose in one sentence' },
  ];
}

/** The word by which a file declares itself a store, in its first line: the only kind that may hold SQL. */
export const storeWord = 'Store:';
const storePaths = ['platform/store/', 'platform/bus/postgres/'];
const sqlAnyCase =
  /\b(insert\s+into\b|delete\s+from\b|update\s+[\w."…]+(\s+(as\s+)?\w+)?\s+set\s+("?[\w.]+"?\s*=|\(|…))/i;
const sqlSelect = /\bSELECT\b[\s\S]*\bFROM\b|^\s*(select|with)\b[\s\S]*\bfrom\b/;

/** Checks that SQL stands in stores only. Tests may ask the database what became of it. */
export function checkSql(source: Source): Finding[] {
  const isStore = source.firstLine.includes(storeWord) || storePaths.some((path) => source.path.startsWith(path));
  if (isStore || isForTests(source.path)) return [];
  const message = `SQL outside a store; move it to one (its first line says "${storeWord}"), a statement per function`;
  return source.strings
    .filter(({ text }) => sqlAnyCase.test(text) || sqlSelect.test(text))
    .map(({ line }) => ({ file: source.path, line, rule: 'SQL', message }));
}

const postponed = /\b(TODO|FIXME|XXX|HACK)\b/;
const silenced = /@ts-(ignore|expect-error|nocheck)|\b(eslint|oxlint|biome|prettier|oxfmt)-(disable|ignore)/;

/** Checks comments and types for what puts a problem off instead of solving it, and tests for what does not run. */
export function checkPostponed(source: Source): Finding[] {
  const file = source.path;
  return [
    ...source.comments.flatMap(({ line, text }) => [
      ...(postponed.test(text) ? [{ file, line, rule: 'postponed', message: 'do it now, or leave it out' }] : []),
      ...(silenced.test(text) ? [{ file, line, rule: 'silenced', message: 'repair what the checker found' }] : []),
    ]),
    ...source.anys.map((line) => ({ file, line, rule: 'any', message: 'say the type, or unknown and then look' })),
    ...source.markers.map(({ line, text }) => ({
      file,
      line,
      rule: 'marker',
      message: `${text}: every test runs; only { skip: servers.<name>.missing } may keep one from it`,
    })),
  ];
}

// Written in pieces, so that this page does not find itself.
const machinePaths = [
  /\/wor[k]\/(main|shared|\.library)\b/,
  /\/tm[p]\/n24\b/,
  /\/roo[t]\//,
  /\/hom[e]\/(?!node\b)\w/,
  /\/User[s]\/\w/,
  /\bregistr[y]\.npmjs\.org\b|\brep[o]1?\.maven\.(apache\.)?org\b|\bde[b]\.debian\.org\b/,
];

/** Checks that no file speaks of one machine's folders or of a registry's host. */
export function checkMachinePaths(file: string, text: string): Finding[] {
  // The lockfile's addresses are npm's own.
  if (file === 'package-lock.json') return [];
  return text.split('\n').flatMap((words, index) => {
    const found = machinePaths.map((pattern) => pattern.exec(words)?.[0]).find((match) => match !== undefined);
    if (found === undefined) return [];
    const message = `"${found}" is of one machine; take it from a setting, or from where this file lies`;
    return [{ file, line: index + 1, rule: 'machine', message }];
  });
}
