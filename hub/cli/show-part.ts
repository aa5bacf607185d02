// hub: whether the part of a file that `show` is asked for exists, and what of the file was left out.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { PartWish } from './show-wishes.ts';

function wantedOf({ document }: PartWish, counts: readonly number[]): readonly number[] {
  return document === undefined ? counts : counts.slice(document - 1, document);
}

function noDocument(asked: number, count: number): Sentence {
  return {
    it: `Il documento ${asked} (--document) non c'è: ${count === 1 ? 'il file ne ha uno solo' : `il file ne ha ${count}`}.`,
    en: `There is no document ${asked} (--document): the file has ${count === 1 ? 'only one' : count}.`,
  };
}

function noBody(asked: number, count: number): Sentence {
  return {
    it: `Il corpo di fattura ${asked} (--body) non c'è: ${count === 1 ? "ce n'è uno solo" : `ce ne sono ${count}`}.`,
    en: `There is no invoice body ${asked} (--body): there ${count === 1 ? 'is only one' : `are ${count}`}.`,
  };
}

/**
 * Says which part does not exist, where nothing of a file was laid out.
 * @param part what was asked for
 * @param counts the sheets of each document, as `sheetCounts` gives them
 * @returns undefined where it is the file's findings that say why there is nothing
 */
export function missingPart(part: PartWish, counts: readonly number[]): Sentence | undefined {
  const { document, body } = part;
  const wanted = wantedOf(part, counts);
  if (document !== undefined && counts.length > 0 && wanted.length === 0) return noDocument(document, counts.length);
  const most = Math.max(0, ...wanted);
  return body !== undefined && most > 0 ? noBody(body, most) : undefined;
}

/**
 * Says how to see what a long lot left out.
 * @param part what was asked for
 * @param counts the sheets of each document
 * @param shown how many sheets were laid out
 * @returns undefined where nothing was left out
 */
export function leftOut(part: PartWish, counts: readonly number[], shown: number): Sentence | undefined {
  const all = wantedOf(part, counts).reduce((sum, count) => sum + count, 0);
  if (part.body !== undefined || shown >= all) return undefined;
  const how = counts.length > 1 ? '--document N --body N' : '--body N';
  return {
    it: `Mostrati ${shown} corpi di fattura su ${all}: gli altri si vedono uno alla volta con ${how}.`,
    en: `${shown} of ${all} invoice bodies are shown: see the others one by one with ${how}.`,
  };
}
