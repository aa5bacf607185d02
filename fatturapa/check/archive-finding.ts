// fatturapa: the finding of a document that the own archive says was sent before (00404).
import type { DocumentFinding, Sentence } from '../finding.ts';
import { wordsOf } from './elsewhere-codes.ts';
import { date } from './figures.ts';

/** The document that is in the archive already. */
export interface ArchivedDocument {
  /** Its number. */
  readonly number: string;
  /** Its date, `YYYY-MM-DD`. */
  readonly date: string;
  /** The name of the file that carried it, where there was one. */
  readonly fileName?: string;
}

/**
 * Makes the finding 00404 ("already sent"); who keeps the archive decides when.
 * @param archived what was sent before
 * @param bodyIndex the place of the body in the file, from 1
 * @param standing what is said instead, and the remedy, where SdI has not got the first one (yet)
 * @returns an error at the body's number
 */
export function archiveFinding(
  archived: ArchivedDocument,
  bodyIndex: number,
  standing?: { readonly says: Sentence; readonly fix: Sentence },
): DocumentFinding {
  const { says, fix } = standing ?? wordsOf('00404');
  const day = date(archived.date);
  const file = archived.fileName;
  const because = {
    it: `Il documento ${archived.number} del ${day.it} è già in archivio${file === undefined ? '' : `, nel file ${file}`}.`,
    en: `Document ${archived.number} of ${day.en} is in the archive already${file === undefined ? '' : `, in file ${file}`}.`,
  };
  return {
    code: '00404',
    severity: 'error',
    path: `FatturaElettronicaBody[${bodyIndex}]/DatiGenerali/DatiGeneraliDocumento/Numero`,
    value: archived.number,
    message: { it: `${says.it} ${because.it}`, en: `${says.en} ${because.en}` },
    fix: { ...fix },
  };
}
