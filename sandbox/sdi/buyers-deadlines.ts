// sandbox: what a public body's answer does to the notices of the deadline that wait for it.
import { answerId } from './decide-arrival.ts';
import type { BuyersAnswerRecord, SdiAnswer, SdiFile } from './sdi-records.ts';

/** What changes. */
export interface DeadlineChange {
  /** Ids of notices that will not be sent any more. */
  readonly cancelled: readonly string[];
  /** Those of the invoices that are still open, in place of the one about the whole file. */
  readonly planned: readonly SdiAnswer[];
}

/** The places, from 1, of the invoices that nobody answered about. */
function openPlaces({ bodies }: SdiFile, answers: readonly BuyersAnswerRecord[]): number[] {
  if (answers.some(({ number }) => number === undefined)) return [];
  return bodies.flatMap(({ number, year }, index) => {
    const isAnswered = answers.some((answer) => answer.number === number && answer.year === year);
    return isAnswered ? [] : [index + 1];
  });
}

/**
 * Says which deadlines are met.
 * @param file that SdI brought
 * @param answers all that were taken about it
 * @param waiting its notices of the deadline that were not sent
 * @param nextCounter the number of its next notice
 */
export function deadlinesAfter(
  file: SdiFile,
  answers: readonly BuyersAnswerRecord[],
  waiting: readonly SdiAnswer[],
  nextCounter: number,
): DeadlineChange {
  const open = openPlaces(file, answers);
  const isMet = ({ position }: SdiAnswer): boolean => position === undefined || !open.includes(position);
  const cancelled = waiting.filter(isMet).map(({ id }) => id);
  const whole = waiting.find(({ position }) => position === undefined);
  if (!whole) return { cancelled, planned: [] };
  const planned = open.map((position, index) => {
    const counter = nextCounter + index;
    return { ...whole, id: answerId(file.sdiId, counter), counter, position };
  });
  return { cancelled, planned };
}
