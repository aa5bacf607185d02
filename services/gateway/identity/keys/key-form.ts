// gateway: how a kept key is written: a mark for leak scanners, a public id, a secret, and a check sum for slips. Pure but for chance.
import type { Profile } from '@staffetta/platform/service.ts';
import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What a key's text says before anybody looks it up. */
export type ReadKey =
  | { readonly kind: 'key'; readonly keyId: string; readonly stage: Stage }
  /** It wears our mark and is cut, mistyped, or in the wrong letter case. */
  | { readonly kind: 'damaged' }
  /** It does not look like a kept key at all. */
  | { readonly kind: 'other' };

/** Where a key was made: `test` in profile dev, `live` in production. */
export type Stage = 'live' | 'test';

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const idLength = 12;
/** 32 of 62 letters hold 190 bits: too many to guess, so that a fast digest is enough to keep it by. */
const secretLength = 32;
const sumLength = 6;

const wholeForm = /^stf_(live|test)_([0-9A-Za-z]{12})_[0-9A-Za-z]{32}([0-9A-Za-z]{6})$/;
/** The mark, in any letter case, so that one in the wrong case is told apart from a stranger's. */
const mark = /^stf_/i;
const keyInText = /stf_(?:live|test)_[0-9A-Za-z]{12}_[0-9A-Za-z]{8}/;

function randomLetters(count: number): string {
  let text = '';
  while (text.length < count) text += letters[randomInt(letters.length)];
  return text;
}

function sumOf(text: string): string {
  let rest = crc32(text);
  let sum = '';
  for (let place = 0; place < sumLength; place++) {
    sum = letters[rest % letters.length]! + sum;
    rest = Math.floor(rest / letters.length);
  }
  return sum;
}

/**
 * Says which stage the keys of a profile belong to.
 * @param profile the hub's
 */
export function stageOf(profile: Profile): Stage {
  return profile === 'production' ? 'live' : 'test';
}

/**
 * Makes a new key.
 * @param stage where it is made
 * @returns its public id (12 letters and digits) and the whole key, `stf_<stage>_<id>_<secret><sum>`, printable ASCII
 */
export function makeKey(stage: Stage): { readonly keyId: string; readonly key: string } {
  const keyId = randomLetters(idLength);
  const text = `stf_${stage}_${keyId}_${randomLetters(secretLength)}`;
  return { keyId, key: text + sumOf(text) };
}

/**
 * Reads a key's text without a look-up: the CRC-32 at its end tells one that is cut or mistyped. It keeps nobody out who means
 * harm; the digest does that.
 * @param text what the client sent
 */
export function readKey(text: string): ReadKey {
  if (!mark.test(text)) return { kind: 'other' };
  const [, stage, keyId = '', sum] = wholeForm.exec(text) ?? [];
  if (sum === undefined || sumOf(text.slice(0, -sumLength)) !== sum) return { kind: 'damaged' };
  return { kind: 'key', keyId, stage: stage === 'live' ? 'live' : 'test' };
}

/**
 * Tells whether a text (a URL) holds what looks like one of our keys, whole or in great part.
 * @param text any text
 */
export function holdsKey(text: string): boolean {
  return keyInText.test(text);
}
