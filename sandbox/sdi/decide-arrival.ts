// sandbox: decides about a file that reached SdI: its numbers, the rule that holds, the notices to come.
import { judgeFile, errorOf, type JudgedFile } from './judge-file.ts';
import { planAnswers, type PlannedNotice } from './plan-answers.ts';
import { readOutcome, type Outcome } from './sdi-outcome.ts';
import type { SdiArchive } from './sdi-archive.ts';
import type { ArrivedFile } from './sdi-mail.ts';
import type { SdiAnswer, SdiFile, SdiLine, SdiRule, SdiTimes } from './sdi-records.ts';

/** What was decided, before it is kept. */
export interface Decision {
  readonly line: SdiLine & { type: 'taken' };
  /** The exact bytes of each file, by its number. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
}

/** What a decision needs. */
export interface DecisionParts {
  readonly archive: SdiArchive;
  /** The next number that SdI gives. */
  readonly nextId: () => string;
  readonly timesOf: (sdiId: string) => SdiTimes;
}

const nameMax = 255;

/**
 * Numbers of mails never change: the same notice once more has a number of its own.
 * @param sdiId what it is about
 * @param counter the number of the notice for its file
 * @param isAgain whether it was sent once before
 */
export function answerId(sdiId: string, counter: number, isAgain = false): string {
  return `sdi-${sdiId}-${counter}${isAgain ? '-bis' : ''}`;
}

function answersOf(sdiId: string, at: Date, notices: readonly PlannedNotice[]): SdiAnswer[] {
  const seen = new Set<number>();
  const instant = (ms: number): string => new Date(at.getTime() + ms).toISOString();
  return notices.map(({ kind, madeMs, dueMs, step, position, esito, reason }) => {
    const isAgain = seen.has(step);
    seen.add(step);
    return {
      id: answerId(sdiId, step + 1, isAgain),
      sdiId,
      kind,
      counter: step + 1,
      madeAt: instant(madeMs),
      dueAt: instant(dueMs),
      ...(position !== undefined && { position }),
      ...(esito && { esito }),
      ...(reason !== undefined && { reason }),
    };
  });
}

/**
 * Whether a rule is about a file.
 * @param rule its expression is one: it was looked at when it was told
 * @param names file name, recipient code, PEC, VAT number; what is not known is left out
 */
function matches({ match }: SdiRule, names: readonly (string | undefined)[]): boolean {
  const pattern = new RegExp(match, 'i');
  return names.some((name) => name !== undefined && pattern.test(name));
}

/** The first rule that fits; `used` holds those that this arrival has used before. */
function ruleFor(
  { name, recipientCode, pec, supplier }: JudgedFile,
  outerName: string,
  rules: readonly SdiRule[],
  used: readonly number[],
): SdiRule | undefined {
  const isLeft = ({ id, count }: SdiRule): boolean =>
    count === undefined || used.filter((each) => each === id).length < count;
  return rules.find((rule) => isLeft(rule) && matches(rule, [name, outerName, recipientCode, pec, supplier]));
}

function recordOf(judged: JudgedFile, arrived: ArrivedFile, sdiId: string): Omit<SdiFile, 'decided'> {
  const { name, bytes, hash, family, format, recipientCode, pec, supplier, bodies, errors } = judged;
  return {
    sdiId,
    way: 'received',
    name: name.slice(0, nameMax),
    mailbox: arrived.from,
    sdiAddress: arrived.to,
    messageId: arrived.messageId,
    at: arrived.at.toISOString(),
    bytes: bytes.length,
    hash,
    family,
    ...(format !== undefined && { format }),
    ...(recipientCode !== undefined && { recipientCode }),
    ...(pec !== undefined && { pec }),
    ...(supplier !== undefined && { supplier }),
    bodies,
    errors,
  };
}

/**
 * Decides about a file; nothing is kept yet, and nothing throws.
 * @param arrived the file
 * @param parts what is known, and the numbers
 */
export function decideArrival(arrived: ArrivedFile, { archive, nextId, timesOf }: DecisionParts): Decision {
  const { fileName, bytes, at } = arrived;
  const { isArchive, files } = judgeFile(fileName, bytes, at, archive);
  const outer = isArchive ? { archive: { sdiId: nextId(), name: fileName.slice(0, nameMax) } } : {};
  const line = { type: 'taken' as const, takeId: arrived.id };
  const rules: number[] = [];
  const kept = new Map<string, Uint8Array>();
  const decided = files.map((judged) => {
    const sdiId = nextId();
    const rule = ruleFor(judged, fileName, archive.rules(), rules);
    if (rule) rules.push(rule.id);
    const told: Outcome | undefined = rule && readOutcome(rule.outcome);
    const plan = planAnswers(judged, told, timesOf(sdiId));
    kept.set(sdiId, judged.bytes);
    const asked = plan.notices.find(({ codes }) => codes)?.codes?.map(errorOf);
    const { decided } = plan;
    const file: SdiFile = { ...recordOf(judged, arrived, sdiId), ...outer, ...(asked && { errors: asked }), decided };
    return { file, answers: answersOf(sdiId, at, plan.notices) };
  });
  return {
    line: {
      ...line,
      files: decided.map(({ file }) => file),
      answers: decided.flatMap(({ answers }) => answers),
      rules,
    },
    bytes: kept,
  };
}
