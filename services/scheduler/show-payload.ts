// scheduler: a dead letter's payload as people may see it: the bytes stay whole for a replay, passwords are masked.
import type { DeadLetter } from './dead-letters.ts';

// In any JSON, also in one that is broken off: a password key and the text behind it.
const passwords = /("password"\s*:\s*)"(?:[^"\\]|\\.)*"?/gi;

/**
 * Shows a payload as text (UTF-8; what is none is replaced), without passwords.
 * @param letter the dead letter
 */
export function showPayload(letter: Pick<DeadLetter, 'payload'>): string {
  return letter.payload.toString('utf8').replaceAll(passwords, '$1"***"');
}
