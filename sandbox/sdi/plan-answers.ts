// sandbox: what SdI answers to a file and when: the chain of notices, before any of them is written.
import type { NoticeKind } from '@staffetta/fatturapa/notices/notice-kinds.ts';
import type { JudgedFile } from './judge-file.ts';
import { outcomeWords, type Fate, type Outcome } from './sdi-outcome.ts';
import type { SdiTimes } from './sdi-records.ts';

/** A notice to come. */
export interface PlannedNotice {
  readonly kind: NoticeKind;
  /** After the file came: what the notice gives as its own time. */
  readonly madeMs: number;
  /** After the file came: when its mail goes out. */
  readonly dueMs: number;
  /** Which notice of the chain, from 0; the same again is the same notice once more. */
  readonly step: number;
  readonly position?: number;
  readonly esito?: 'EC01' | 'EC02';
  readonly reason?: string;
  /** Of a discard that somebody asked for. */
  readonly codes?: readonly string[];
}

/** A chain of notices, and what was decided in words. */
export interface Plan {
  readonly notices: readonly PlannedNotice[];
  readonly decided: string;
}

type Step = Omit<PlannedNotice, 'step' | 'dueMs'>;

const dayMs = 86_400_000;
/** SdI goes on trying for ten days after it told that it could not deliver to a public body. */
const retryDays = { delivered: 5, attested: 10 } as const;
/** A public body has fifteen days for its answer. */
const answerDays = 15;
const againMs = 500;
/** What a discard by request has where no code was named. */
const codeByDefault = '00400';

/** What SdI does by itself with a file that is right. */
function fateByDefault({ family, recipientCode, pec }: JudgedFile): Fate {
  if (family === 'PA') return recipientCode === '999999' ? 'AT' : 'ACCETTA';
  // Without an address, or abroad, SdI leaves the invoice in the customer's area: MC is the ordinary end there.
  const hasNoWay = recipientCode === 'XXXXXXX' || (recipientCode === '0000000' && pec === undefined);
  return hasNoWay ? 'MC' : 'RC';
}

/** Between private parties nobody answers and nothing is attested. */
const privateFates: Readonly<Record<Fate, Fate>> = {
  RC: 'RC',
  SCARTO: 'SCARTO',
  MC: 'MC',
  ACCETTA: 'RC',
  RIFIUTA: 'RC',
  DECORRENZA: 'RC',
  AT: 'MC',
  SILENZIO: 'SILENZIO',
};

/** A fate that concerns the whole file, in the order in which one of a body decides for all. */
const fileFates: readonly Fate[] = ['SCARTO', 'SILENZIO', 'AT', 'MC'];

function discard(atMs: number, codes: readonly string[] | undefined): Step[] {
  const named = codes && codes.length > 0 ? codes : [codeByDefault];
  return [{ kind: 'NS', madeMs: atMs, codes: named }];
}

function answerSteps(wish: Outcome, deliveredMs: number, times: SdiTimes, position?: number): Step[] {
  const about = position === undefined ? {} : { position };
  if (wish.fate === 'RC') return [];
  if (wish.fate === 'DECORRENZA') return [{ kind: 'DT', madeMs: deliveredMs + answerDays * dayMs, ...about }];
  const said = wish.reason === undefined ? {} : { reason: wish.reason };
  const esito = wish.fate === 'RIFIUTA' ? 'EC02' : 'EC01';
  return [{ kind: 'NE', madeMs: deliveredMs + times.bodyAnswerMs, esito, ...said, ...about }];
}

/** One answer for all invoices of the file where all have the same, else one for each. */
function bodiesAnswers(wishes: readonly Outcome[], deliveredMs: number, times: SdiTimes): Step[] {
  const [first = {}] = wishes;
  const isSame = wishes.every(({ fate, reason }) => fate === first.fate && reason === first.reason);
  if (isSame) return answerSteps(first, deliveredMs, times);
  return wishes.flatMap((wish, index) => answerSteps(wish, deliveredMs, times, index + 1));
}

function publicSteps(fate: Fate, wishes: readonly Outcome[], times: SdiTimes): Step[] {
  const first = times.answerMs;
  const undelivered: Step = { kind: 'MC', madeMs: first };
  if (fate === 'AT') return [undelivered, { kind: 'AT', madeMs: first + retryDays.attested * dayMs }];
  const deliveredMs = fate === 'MC' ? first + retryDays.delivered * dayMs : first;
  const before = fate === 'MC' ? [undelivered] : [];
  return [...before, { kind: 'RC', madeMs: deliveredMs }, ...bodiesAnswers(wishes, deliveredMs, times)];
}

function stepsOf(file: JudgedFile, fate: Fate, wishes: readonly Outcome[], times: SdiTimes): Step[] {
  if (fate === 'SILENZIO') return [];
  if (fate === 'SCARTO') return discard(times.answerMs, wishes.find((wish) => wish.fate === 'SCARTO')?.codes);
  if (file.family === 'B2B') return [{ kind: fate === 'MC' ? 'MC' : 'RC', madeMs: times.answerMs }];
  // Nobody has an office behind 999999: SdI attests at once.
  const isNowhere = fate === 'AT' && file.recipientCode === '999999';
  return isNowhere ? [{ kind: 'AT', madeMs: times.answerMs }] : publicSteps(fate, wishes, times);
}

/** When each mail goes out. Out of order the last comes first, and no notice before it was made. */
function dueTimes(made: readonly number[], disordered: boolean): readonly number[] {
  if (!disordered) return made;
  const last = Math.max(0, ...made);
  return made.map((_, index) => last + (made.length - 1 - index) * 2 * againMs);
}

function timed(steps: readonly Step[], { doubled, disordered, lateMs = 0 }: Outcome): PlannedNotice[] {
  const inTime = steps
    .map((step) => ({ ...step, madeMs: step.madeMs + lateMs }))
    .sort((one, other) => one.madeMs - other.madeMs);
  const due = dueTimes(
    inTime.map(({ madeMs }) => madeMs),
    disordered === true,
  );
  return inTime.flatMap((made, index) => {
    const notice = { ...made, step: index, dueMs: due[index] ?? made.madeMs };
    return doubled ? [notice, { ...notice, dueMs: notice.dueMs + againMs }] : [notice];
  });
}

/** What holds for each body: the rule before the body's own words, these before what SdI does by itself. */
function wishesOf(file: JudgedFile, rule: Outcome | undefined): Outcome[] {
  const wishes = file.wishes.length === 0 ? [undefined] : file.wishes;
  const usual = fateByDefault(file);
  return wishes.map((wish) => {
    const both = { fate: usual, ...wish, ...rule };
    return { ...both, fate: file.family === 'B2B' ? privateFates[both.fate] : both.fate };
  });
}

/**
 * Plans the answers to a file.
 * @param file as SdI sees it; what it found wrong is a discard, whatever was asked for
 * @param rule what somebody told by REST or on the page
 * @param times how long it takes
 */
export function planAnswers(file: JudgedFile, rule: Outcome | undefined, times: SdiTimes): Plan {
  const wishes = wishesOf(file, rule);
  const how: Outcome = Object.assign({}, ...wishes) as Outcome;
  const asked = fileFates.find((fate) => wishes.some((wish) => wish.fate === fate));
  if (file.errors.length > 0 && asked !== 'SILENZIO') {
    const codes = [...new Set(file.errors.map(({ code }) => code))];
    return { notices: timed([{ kind: 'NS', madeMs: times.answerMs }], how), decided: `SCARTO ${codes.join(' ')}` };
  }
  const fate = asked ?? 'ACCETTA';
  const steps = stepsOf(file, file.family === 'B2B' ? (asked ?? 'RC') : fate, wishes, times);
  return { notices: timed(steps, how), decided: [...new Set(wishes.map(outcomeWords))].join(' | ') };
}
