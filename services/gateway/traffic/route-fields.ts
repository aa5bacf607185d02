// gateway: the fields of a row of the table of routes that a firm writes: how each is read, and what is said of a wrong one. Pure.
import { defineSettings, readSettings, type SettingsOf } from '@staffetta/platform/config/settings.ts';
import type { LaneRules } from './lane.ts';

/** A row that cannot be read; the message says which field, and what to write. */
export class RowWrong extends Error {}

/** A row as YAML gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** The numbers of a row; the names are those that a person writes. */
const numbers = defineSettings({
  connectTimeout: {
    env: 'connectTimeout',
    kind: 'durationMs',
    min: 1,
    says: 'How long a connection may take to open.',
  },
  answerTimeout: { env: 'answerTimeout', kind: 'durationMs', min: 1, says: 'How long an answer may take in all.' },
  tryTimeout: { env: 'tryTimeout', kind: 'durationMs', min: 0, says: 'How long one of several tries may take.' },
  bodyMax: { env: 'bodyMax', kind: 'bytes', min: 0, says: 'The longest body, for example 512KiB.' },
  retries: { env: 'retries', kind: 'integer', min: 0, max: 10, says: 'How many other instances are tried.' },
  retryKeyed: { env: 'retryKeyed', kind: 'boolean', says: 'Whether an Idempotency-Key makes a POST repeatable.' },
  breakerWindow: { env: 'breakerWindow', kind: 'integer', min: 1, says: 'How many calls the breaker looks at.' },
  breakerFailureShare: {
    env: 'breakerFailureShare',
    kind: 'number',
    min: 0.01,
    max: 1,
    says: 'The share of failures that opens it.',
  },
  breakerOpen: { env: 'breakerOpen', kind: 'durationMs', min: 1, says: 'How long the breaker stays open.' },
  breakerTrials: { env: 'breakerTrials', kind: 'integer', min: 1, says: 'How many trial calls it lets through.' },
  inFlightMax: { env: 'inFlightMax', kind: 'integer', min: 1, says: 'Requests in hand at a time.' },
  queueMax: { env: 'queueMax', kind: 'integer', min: 0, says: 'Requests that may wait.' },
  queueWait: { env: 'queueWait', kind: 'durationMs', min: 1, says: 'How long a request may wait.' },
});

/** The names of the numbers. */
export const numberNames = Object.keys(numbers);

/** The numbers that a row names. */
export type RowNumbers = SettingsOf<typeof numbers>;

/**
 * Reads the numbers of a row.
 * @throws RowWrong for one that is none
 */
export function numbersOf(row: Row): RowNumbers {
  const texts = Object.fromEntries(numberNames.map((name) => [name, textOf(row, name)]));
  try {
    return readSettings(numbers, texts).values;
  } catch (error) {
    throw new RowWrong(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Puts what a row says over what holds where it says nothing.
 * @param common the rules of the settings
 * @param own the row's numbers
 */
export function rulesWith(common: LaneRules, own: RowNumbers): LaneRules {
  return {
    answerTimeoutMs: own.answerTimeout ?? common.answerTimeoutMs,
    tryTimeoutMs: own.tryTimeout ?? common.tryTimeoutMs,
    bodyBytesMax: own.bodyMax ?? common.bodyBytesMax,
    retries: own.retries ?? common.retries,
    retryKeyed: own.retryKeyed ?? common.retryKeyed,
    breaker: {
      window: own.breakerWindow ?? common.breaker.window,
      failureShare: own.breakerFailureShare ?? common.breaker.failureShare,
      openMs: own.breakerOpen ?? common.breaker.openMs,
      trials: own.breakerTrials ?? common.breaker.trials,
    },
    inFlightMax: own.inFlightMax ?? common.inFlightMax,
    queueMax: own.queueMax ?? common.queueMax,
    queueWaitMs: own.queueWait ?? common.queueWaitMs,
  };
}

/**
 * Reads a field that is one text, number or yes and no.
 * @returns undefined where the row does not name it
 * @throws RowWrong for a list or a map
 */
export function textOf(row: Row, name: string): string | undefined {
  const value = row[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object') throw new RowWrong(`${name} is one value, not a list or a map`);
  return String(value);
}

/**
 * Reads a field that is yes or no; no where the row does not name it.
 * @throws RowWrong for anything else
 */
export function flagOf(row: Row, name: string): boolean {
  const text = textOf(row, name) ?? 'false';
  if (/^(true|false)$/.test(text)) return text === 'true';
  throw new RowWrong(`${name}: write true or false`);
}

/**
 * Reads a field that is a list of texts; one text stands for a list of one.
 * @throws RowWrong for anything else
 */
export function listOf(row: Row, name: string): readonly string[] {
  const value = row[name];
  if (!Array.isArray(value)) return textOf(row, name) === undefined ? [] : [String(value)];
  if (value.some((item) => typeof item === 'object')) throw new RowWrong(`${name} is a list of texts`);
  return value.map(String);
}

/**
 * Reads a field that is a map of names and texts.
 * @throws RowWrong for anything else
 */
export function mapOf(row: Row, name: string): readonly (readonly [name: string, text: string])[] {
  const value = row[name];
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) throw new RowWrong(`${name} is a map of names and texts`);
  const map = value as Row;
  return Object.keys(map).map((key) => [key, textOf(map, key) ?? '']);
}

/**
 * Refuses what a row names and nobody reads: a slip of the pen must not pass in silence.
 * @throws RowWrong with the words that are known
 */
export function needKnown(row: Row, known: readonly string[]): void {
  const strange = Object.keys(row).filter((name) => !known.includes(name));
  if (strange.length > 0) throw new RowWrong(`${strange.join(', ')}: write one of ${known.join(', ')}`);
}
