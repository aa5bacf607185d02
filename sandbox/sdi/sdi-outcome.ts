// sandbox: the words by which somebody tells SdI what to answer: in a document's Causale, in a rule, on the page.

/** What becomes of a file, by the words for it. */
export const fates = ['RC', 'SCARTO', 'MC', 'ACCETTA', 'RIFIUTA', 'DECORRENZA', 'AT', 'SILENZIO'] as const;
/** What becomes of a file. */
export type Fate = (typeof fates)[number];

/** What is told of one file, or of one invoice of a lot. What is absent stays as SdI would have it. */
export interface Outcome {
  readonly fate?: Fate;
  /** Of SCARTO: SdI's numbers. */
  readonly codes?: readonly string[];
  /** Of RIFIUTA and ACCETTA: what the public body says. */
  readonly reason?: string;
  /** Each notice comes twice. */
  readonly doubled?: true;
  /** The notices come in the wrong order. */
  readonly disordered?: true;
  /** By how many milliseconds of the clock everything is late. */
  readonly lateMs?: number;
}

const wordsMax = 50;
const reasonMax = 255;
const lateDaysMax = 400;
const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, g: 86_400_000 } as const;

function isFate(word: string): word is Fate {
  return fates.some((fate) => fate === word);
}

function lateOf(rest: string): Outcome | undefined {
  const [, number, unit] = /^(\d{1,6})\s*([smhdg])$/i.exec(rest) ?? [];
  if (number === undefined || unit === undefined) return undefined;
  const ms = Number(number) * unitMs[unit.toLowerCase() as keyof typeof unitMs];
  return ms > lateDaysMax * unitMs.d ? undefined : { lateMs: ms };
}

function codesOf(rest: string): Outcome | undefined {
  const codes = rest.split(/[\s,]+/).filter((code) => code !== '');
  if (codes.some((code) => !/^\d{5}$/.test(code))) return undefined;
  return { fate: 'SCARTO', codes };
}

function readOne(words: string): Outcome | undefined {
  const [, word = '', rest = ''] = /^([A-Z]{2,12})(?:\s+([^]{0,1000}))?$/i.exec(words.trim()) ?? [];
  const upper = word.toUpperCase();
  if (upper === 'DOPPIA') return { doubled: true };
  if (upper === 'DISORDINE') return { disordered: true };
  if (upper === 'TARDI') return lateOf(rest.trim());
  if (upper === 'SCARTO') return codesOf(rest.trim());
  if (!isFate(upper)) return undefined;
  const reason = rest.trim().slice(0, reasonMax);
  return { fate: upper, ...(reason !== '' && { reason }) };
}

/**
 * Reads an outcome.
 * @param words for example `SCARTO 00404 00311`, `RIFIUTA importo errato; TARDI 5d`; `SDI:` may stand before each word; days are `d` or `g`
 * @returns the outcome, or undefined where a word is not known
 */
export function readOutcome(words: string): Outcome | undefined {
  const pieces = words.split(/;|SDI:/i).filter((piece) => piece.trim() !== '');
  const read = pieces.slice(0, wordsMax).map(readOne);
  if (read.length === 0 || read.includes(undefined)) return undefined;
  return Object.assign({}, ...read) as Outcome;
}

/**
 * Finds an outcome in a document's free text.
 * @param texts Causale, as it stands
 * @returns what all `SDI:` words together say; other text and unknown words are passed over; undefined where there is none
 */
export function outcomeIn(texts: readonly string[]): Outcome | undefined {
  const pieces = texts.flatMap((text) => text.split(/SDI:/i).slice(1, wordsMax)).flatMap((piece) => piece.split(';'));
  const known = pieces.map(readOne).filter((one) => one !== undefined);
  return known.length === 0 ? undefined : (Object.assign({}, ...known) as Outcome);
}

/**
 * Writes an outcome in its words, to show it.
 * @param outcome which
 */
export function outcomeWords({ fate, codes = [], reason, doubled, disordered, lateMs }: Outcome): string {
  const main = fate === undefined ? [] : [[fate, ...codes, ...(reason === undefined ? [] : [reason])].join(' ')];
  const late = lateMs === undefined ? [] : [`TARDI ${lateMs / unitMs.s}s`];
  return [...main, ...(doubled ? ['DOPPIA'] : []), ...(disordered ? ['DISORDINE'] : []), ...late].join('; ');
}
