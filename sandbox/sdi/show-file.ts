// sandbox: a file of SdI's archive as it is told by REST and on the page.
import { noticeFileName } from '@staffetta/fatturapa/notices/notice-name.ts';
import { safeName } from './safe-name.ts';
import type { SdiArchive } from './sdi-archive.ts';
import type { BuyersAnswerRecord, SdiAnswer, SdiFile } from './sdi-records.ts';

/** A notice, sent or to be sent. */
export interface ShownAnswer {
  readonly id: string;
  readonly kind: SdiAnswer['kind'];
  readonly fileName: string;
  readonly dueAt: string;
  readonly sent: boolean;
  /** ISO 8601 in UTC; absent while it was not sent. */
  readonly sentAt?: string;
  /** It will not be sent any more. */
  readonly cancelled: boolean;
  readonly position?: number;
  readonly esito?: 'EC01' | 'EC02';
  readonly rejection?: 'EN00' | 'EN01';
  readonly reason?: string;
  readonly codes?: readonly string[];
}

/** A file with all that was answered about it. */
export type ShownFile = Omit<SdiFile, 'bodies' | 'name'> & {
  /** As it came. */
  readonly fileName: string;
  readonly invoices: readonly { readonly number: string; readonly year: string }[];
  readonly answers: readonly ShownAnswer[];
  /** What the public body that it was brought to has answered. */
  readonly buyersAnswers: readonly BuyersAnswerRecord[];
};

function shownAnswer(
  file: SdiFile,
  answer: SdiAnswer,
  archive: Pick<SdiArchive, 'sentAt' | 'isCancelled'>,
): ShownAnswer {
  const { id, kind, counter, dueAt, position, esito, rejection, reason, errors } = answer;
  const sentAt = archive.sentAt(id);
  return {
    id,
    kind,
    fileName: noticeFileName(safeName(file.name), kind, counter),
    dueAt,
    sent: sentAt !== undefined,
    ...(sentAt !== undefined && { sentAt }),
    cancelled: archive.isCancelled(id),
    ...(position !== undefined && { position }),
    ...(esito && { esito }),
    ...(rejection && { rejection }),
    ...(reason !== undefined && { reason }),
    ...(errors && { codes: errors.map(({ code }) => code) }),
  };
}

/**
 * Tells a file.
 * @param file which
 * @param archive what was answered about it
 */
export function shownFile(
  file: SdiFile,
  archive: Pick<SdiArchive, 'sentAt' | 'isCancelled' | 'answersOf' | 'buyersAnswers'>,
): ShownFile {
  const { bodies, name, ...rest } = file;
  return {
    fileName: name,
    ...rest,
    invoices: bodies.map(({ number, year }) => ({ number, year })),
    answers: archive.answersOf(file.sdiId).map((answer) => shownAnswer(file, answer, archive)),
    buyersAnswers: archive.buyersAnswers().filter(({ sdiId }) => sdiId === file.sdiId),
  };
}
