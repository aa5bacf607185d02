// tools: the walls; reads all rooms and finds what breaks the rules that hold them apart.
import { checkDeadFiles } from './walls/dead-files.ts';
import type { Finding } from './walls/finding.ts';
import { checkFirstLine, checkMachinePaths, checkPostponed, checkSql } from './walls/hygiene.ts';
import { checkArrows, checkBarrels, checkCycles } from './walls/imports.ts';
import { roomOf } from './walls/rooms.ts';
import { readSource, type Source } from './walls/source.ts';

const isSource = (path: string) => /\.m?[jt]sx?$/.test(path);

/**
 * Checks a tree of files against all rules.
 * @param texts - every file of the repository by its path from the root, with forward slashes
 * @returns what is wrong, by file and line
 */
export function checkWalls(texts: ReadonlyMap<string, string>): Finding[] {
  const findings: Finding[] = [];
  const sources: Source[] = [];
  for (const [path, text] of texts) {
    findings.push(...checkMachinePaths(path, text));
    if (path.endsWith('.sql')) findings.push(...checkFirstLine(path, text));
    if (isSource(path)) sources.push(readSource(path, text));
  }
  const rooms = new Set([...texts.keys()].flatMap((path) => roomOf(path) ?? []));
  for (const source of sources) {
    findings.push(
      ...checkFirstLine(source.path, source.firstLine),
      ...checkArrows(source, rooms),
      ...checkBarrels(source),
      ...checkSql(source),
      ...checkPostponed(source),
    );
  }
  findings.push(...checkCycles(sources, rooms), ...checkDeadFiles(sources, texts, rooms));
  return findings.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
}
