// fatturapa: the finding on a file's name (00001), of the file that goes to SdI as of each file in an archive.
import { parseFileName } from '../file-name.ts';
import type { DocumentFinding } from '../finding.ts';
import { wordsOf } from './elsewhere-codes.ts';

/**
 * Judges a file by its name alone, once for a file however many documents it holds, and whatever is in it.
 * @param name as SdI would get it, without folders; of a file in an archive, its name there: SdI forwards those singly
 * @returns an error with the name as its value where SdI refuses it (00001), or nothing; whoever judges an archive adds `file`
 */
export function fileNameFindings(name: string): DocumentFinding[] {
  if (parseFileName(name)) return [];
  const { says, fix } = wordsOf('00001');
  return [{ code: '00001', severity: 'error', value: name, message: { ...says }, fix: { ...fix } }];
}
