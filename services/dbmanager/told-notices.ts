// dbmanager: notices in words, read anew from the bytes that were kept, so that better words reach old notices too. Pure.
import { readNotices } from '@staffetta/fatturapa/notices/read-notices.ts';
import { tellNotice } from '@staffetta/fatturapa/notices/tell-notice.ts';
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import type { FullNotice, Notice, SignatureVerdict } from './notices.ts';

/** What became of SdI's signature on a notice, in words. */
export const signatureWords: Readonly<Record<SignatureVerdict, Sentence>> = {
  valid: { it: 'La firma di SdI è valida', en: 'SdI’s signature is valid' },
  untrusted: {
    it: 'Firmata da qualcuno che non risulta essere SdI: verificare la notifica nel portale Fatture e Corrispettivi',
    en: 'Signed by somebody who is not known to be SdI: look the notice up on the portal Fatture e Corrispettivi',
  },
  broken: {
    it: 'La firma non è valida: verificare la notifica nel portale Fatture e Corrispettivi prima di fidarsene',
    en: 'The signature does not hold: look the notice up on the portal Fatture e Corrispettivi before relying on it',
  },
  absent: {
    it: 'Senza la firma di SdI: verificare la notifica nel portale Fatture e Corrispettivi prima di fidarsene',
    en: 'Without SdI’s signature: look the notice up on the portal Fatture e Corrispettivi before relying on it',
  },
};

/** What a notice says, line by line. */
export interface NoticeWords {
  readonly it: readonly string[];
  readonly en: readonly string[];
}

/** A notice in words: what happened, the facts, the reasons, what it means, what to do next. */
export interface ToldNotice extends Notice {
  readonly words: NoticeWords;
}

/** A file may hold several: the one that the row is about is told. */
function wordsOf({ bytes, kind, sdiId }: FullNotice): NoticeWords {
  const all = readNotices(bytes).notices.map(({ notice }) => notice);
  const notice = all.find((one) => one.kind === kind && one.sdiId === sdiId) ?? all[0];
  return notice ? { it: tellNotice(notice, 'it'), en: tellNotice(notice, 'en') } : { it: [], en: [] };
}

/**
 * Tells a notice.
 * @param full the notice with its bytes
 */
export function toldNotice(full: FullNotice): ToldNotice {
  const { bytes: _bytes, ...notice } = full;
  return { ...notice, words: wordsOf(full) };
}

/**
 * Writes a notice as REST answers it; times are Europe/Rome.
 * @param full the notice with its bytes
 */
export function noticeDto(full: FullNotice) {
  const { words, receivedAt, fileName, givenName, doubt, signature, ...rest } = toldNotice(full);
  return {
    ...rest,
    ...(fileName !== null && { fileName }),
    ...(givenName !== null && { givenName }),
    ...(doubt !== null && { doubt }),
    ...(signature !== null && { signature, signatureWords: signatureWords[signature] }),
    receivedAt: toRomeWallTime(receivedAt),
    words,
  };
}
