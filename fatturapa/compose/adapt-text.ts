// fatturapa: texts that leave SdI's alphabet: what has a plain twin is written so, everything else is refused by name.
import type { DocumentFinding } from '../finding.ts';

/**
 * Character → how it is written in Latin-1 (U+0000–U+00FF), which is all that SdI's text types take. Only what keeps its meaning:
 * letters that Latin-1 lacks belong to somebody's name and are the sender's to decide.
 */
export const plainTwins: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‚': "'",
  '‛': "'",
  '′': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '‟': '"',
  '″': '"',
  '‹': "'",
  '›': "'",
  '‐': '-',
  '‑': '-',
  '‒': '-',
  '–': '-',
  '—': '-',
  '―': '-',
  '−': '-',
  '…': '...',
  '•': '-',
  '€': 'EUR',
  '™': '(TM)',
  '№': 'n.',
  œ: 'oe',
  Œ: 'OE',
  ﬁ: 'fi',
  ﬂ: 'fl',
  '\u2002': ' ',
  '\u2003': ' ',
  '\u2009': ' ',
  '\u202f': ' ',
  '\u200b': '',
  '\ufeff': '',
};

const outsideLatin = /[^\u0009\u000a\u000d\u0020-\u00ff]/u;
const eachOutside = /[^\u0009\u000a\u000d\u0020-\u00ff]/gu;
const findingsMax = 50;
const depthMax = 40;

/** What became of a value's texts. */
export interface AdaptedTexts<T> {
  readonly value: T;
  readonly findings: DocumentFinding[];
}

/**
 * Writes all texts of a JSON value in SdI's alphabet: composed accents first (NFC), then the table of plain twins.
 * @param value any JSON value; it is not changed
 * @returns the value with plain texts; a warning per text that was changed, an error per text with a character that has no twin
 *   (00200), each with the JSON pointer of the text; at most fifty of them
 */
export function adaptTexts<T>(value: T): AdaptedTexts<T> {
  const findings: DocumentFinding[] = [];
  return { value: adapt(value, '', findings, 0) as T, findings };
}

function adapt(value: unknown, path: string, findings: DocumentFinding[], depth: number): unknown {
  if (typeof value === 'string') return outsideLatin.test(value) ? adaptText(value, path, findings) : value;
  if (typeof value !== 'object' || value === null || depth > depthMax) return value;
  if (Array.isArray(value)) return value.map((item, index) => adapt(item, `${path}/${index}`, findings, depth + 1));
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, item]) => [name, adapt(item, `${path}/${name}`, findings, depth + 1)]));
}

function adaptText(text: string, path: string, findings: DocumentFinding[]): string {
  const composed = text.normalize('NFC');
  const changed = new Set<string>();
  const refused = new Map<string, number>();
  const plain = composed.replaceAll(eachOutside, (character: string, place: number) => {
    const twin = Object.hasOwn(plainTwins, character) ? plainTwins[character] : undefined;
    if (twin === undefined) {
      if (!refused.has(character)) refused.set(character, place + 1);
      return character;
    }
    changed.add(character);
    return twin;
  });
  if (findings.length < findingsMax) {
    if (refused.size > 0) findings.push(refusal(path, text, refused));
    else if (changed.size > 0) findings.push(change(path, text, [...changed]));
  }
  return plain;
}

function nameOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `«${character}» (U+${code})` : `U+${code}`;
}

function shown(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}...` : text;
}

function refusal(path: string, text: string, refused: ReadonlyMap<string, number>): DocumentFinding {
  const list = [...refused].slice(0, 5);
  const it = list.map(([character, place]) => `${nameOf(character)} in posizione ${place}`).join(', ');
  const en = list.map(([character, place]) => `${nameOf(character)} at place ${place}`).join(', ');
  return {
    code: '00200',
    severity: 'error',
    path,
    value: shown(text),
    message: {
      it: `Il testo contiene caratteri che SdI non accetta: ${it}.`,
      en: `The text has characters that SdI does not take: ${en}.`,
    },
    fix: {
      it: "Riscriverlo con le sole lettere dell'alfabeto latino occidentale (Latin-1), accenti italiani compresi.",
      en: 'Write it with Western Latin letters only (Latin-1), Italian accents included.',
    },
  };
}

function change(path: string, text: string, changed: readonly string[]): DocumentFinding {
  const list = changed.map((character) => {
    const twin = plainTwins[character] ?? '';
    return twin === '' ? nameOf(character) : `${nameOf(character)} → ${JSON.stringify(twin)}`;
  });
  return {
    code: 'TEXT_ADAPTED',
    severity: 'warning',
    path,
    value: shown(text),
    message: {
      it: `Alcuni caratteri non ammessi da SdI sono stati sostituiti: ${list.join(', ')}.`,
      en: `Some characters that SdI does not take were replaced: ${list.join(', ')}.`,
    },
    fix: {
      it: 'Se il testo va bene così non serve fare nulla; altrimenti scriverlo senza questi caratteri.',
      en: 'If the text is fine like this, nothing needs doing; otherwise write it without these characters.',
    },
  };
}
