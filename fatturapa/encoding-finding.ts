// fatturapa: what is said about a file whose encoding can be read but is doubtful, or that starts with a byte order mark.
import { formatFinding, type DocumentFinding, type Sentence } from './finding.ts';
import type { EncodingDoubt } from './read-text.ts';

const firstCharacter = { line: 1, column: 1 };

const doubts: Readonly<
  Record<EncodingDoubt, { readonly says: Sentence; readonly fix: Sentence; readonly refused: boolean }>
> = {
  utf8Inside: {
    says: {
      it: 'Il file dichiara una codifica a un byte ma è scritto in UTF-8: SdI leggerebbe lettere sbagliate.',
      en: 'The file declares a single-byte encoding but is written in UTF-8: SdI would read wrong letters.',
    },
    fix: {
      it: 'Dichiarare encoding="UTF-8", o inviare i byte nella codifica dichiarata.',
      en: 'Declare encoding="UTF-8", or send the bytes in the declared encoding.',
    },
    refused: true,
  },
  controls: {
    says: {
      it: 'Il file dichiara ISO-8859-1 ma contiene caratteri che esistono solo in windows-1252 (virgolette tipografiche, €, lineette): chi lo riceve vedrà segni illeggibili.',
      en: 'The file declares ISO-8859-1 but holds characters that only windows-1252 has (typographic quotes, €, dashes): who gets it will see unreadable signs.',
    },
    fix: {
      it: 'Scrivere apostrofi e virgolette semplici, EUR al posto di €, e salvare il file in UTF-8.',
      en: 'Write plain apostrophes and quotes, EUR in place of €, and save the file as UTF-8.',
    },
    refused: false,
  },
  unusual: {
    says: {
      it: 'Il file non è in UTF-8: non tutti i programmi che ricevono fatture lo sanno leggere.',
      en: 'The file is not in UTF-8: not every program that receives invoices can read it.',
    },
    fix: {
      it: 'Salvare il file in UTF-8 e dichiarare encoding="UTF-8".',
      en: 'Save the file as UTF-8 and declare encoding="UTF-8".',
    },
    refused: false,
  },
};

/**
 * The finding of a doubtful encoding: an error only in what goes out and where SdI would read another document.
 * @param doubt what is doubtful
 * @param kind whether the file goes to SdI or came from there
 */
export function encodingFinding(doubt: EncodingDoubt, kind: 'internal' | 'external'): DocumentFinding {
  const { says, fix, refused } = doubts[doubt];
  const severity = refused && kind === 'internal' ? 'error' : 'warning';
  return { ...formatFinding(says, fix, firstCharacter), code: refused ? '00200' : 'ENCODING_DOUBTFUL', severity };
}

/** The finding of a byte order mark in what goes out; SdI refuses it (00200). */
export function markFinding(): DocumentFinding {
  const message = {
    it: 'Il file comincia con un BOM (byte order mark, EF BB BF): SdI lo scarta con "Content is not allowed in prolog".',
    en: 'The file starts with a byte order mark (EF BB BF): SdI refuses it with "Content is not allowed in prolog".',
  };
  const fix = {
    it: 'Togliere i primi tre byte: salvare il file come "UTF-8 senza BOM".',
    en: 'Strip the first three bytes: save the file as "UTF-8 without BOM".',
  };
  return formatFinding(message, fix, firstCharacter);
}
