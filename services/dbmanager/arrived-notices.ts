// dbmanager: the notices of a file that came in, each with the bytes that are kept of it. Pure.
import type { Notice } from '@staffetta/fatturapa/notices/notice.ts';
import { readNotices, type FoundNotice, type NoticesReading } from '@staffetta/fatturapa/notices/read-notices.ts';
import { openLimits } from '@staffetta/fatturapa/open/open-limits.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { Incoming } from '@staffetta/platform/service.ts';
import { createHash } from 'node:crypto';
import { isStorable, storableText } from '@staffetta/platform/store/storable-text.ts';

/** A file of notices as the bus brings it. */
export type NoticeEvent = Incoming<'sdiNotice'>;

/** A notice that came in. */
export interface ArrivedNotice {
  readonly noticeId: string;
  readonly event: NoticeEvent;
  readonly notice: Notice;
  /** What makes it this one: the same (SdI id, kind, message id) is the same notice, however often it comes. */
  readonly key: string;
  readonly sdiId: string;
  readonly messageId: string;
  readonly bytes: Uint8Array;
  readonly sha256: Buffer;
  readonly givenName: string | null;
}

const idLengthMax = 100;

/**
 * Makes an id of SdI storable: nothing that a notice says can keep it from being stored.
 * @param id as the notice has it
 */
export function storableId(id: string): string {
  return storableText(id, idLengthMax);
}

/** As it came; out of an archive the notice alone, in its own envelope where it has one. */
function keptBytes({ file }: FoundNotice, whole: Uint8Array): Uint8Array {
  const kinds = file.layers.map(({ kind }) => kind);
  if (!kinds.includes('zip')) return whole;
  return kinds.includes('p7m') ? (file.entryBytes ?? file.xml) : file.xml;
}

/** What came in was taken by the receiver's limit, which may be wider than SdI's: it is never refused here for its size. */
function readWhole(whole: Buffer, name: string | undefined): NoticesReading {
  const limits = {
    documentBytesMax: Math.max(openLimits.documentBytesMax, whole.length),
    archiveBytesMax: Math.max(openLimits.archiveBytesMax, whole.length),
  };
  return readNotices(whole, name === undefined ? { limits } : { limits, name });
}

/** An answer (EC) may have no message id: then its bytes tell it apart. */
function messageIdOf(notice: Notice, sha256: Buffer): string {
  const { messageId } = notice;
  const buyers = 'buyersMessageId' in notice ? notice.buyersMessageId : undefined;
  return storableText(messageId ?? buyers ?? sha256.toString('hex'), idLengthMax);
}

function arrived(event: NoticeEvent, found: FoundNotice, whole: Uint8Array): ArrivedNotice {
  const { notice, file } = found;
  const bytes = keptBytes(found, whole);
  const sha256 = createHash('sha256').update(bytes).digest();
  const sdiId = storableId(notice.sdiId);
  const messageId = messageIdOf(notice, sha256);
  const name = file.name ?? event.message.fileName;
  return {
    noticeId: uuidv7(),
    event,
    notice,
    key: JSON.stringify([sdiId, notice.kind, messageId]),
    sdiId,
    messageId,
    bytes,
    sha256,
    givenName: name !== undefined && isStorable(name, 255) ? name : null,
  };
}

/**
 * Reads the notices of a file.
 * @param event the file
 * @returns one or more
 * @throws HubError MESSAGE_NOT_READABLE where there is none
 */
export function arrivedNotices(event: NoticeEvent): ArrivedNotice[] {
  const whole = Buffer.from(event.message.file, 'base64');
  const { notices, findings } = readWhole(whole, event.message.fileName);
  if (notices.length === 0) {
    const why = findings.find(({ severity }) => severity === 'error')?.message.en ?? 'it is something else.';
    throw new HubError('MESSAGE_NOT_READABLE', `The file holds no notice of SdI: ${why}`);
  }
  return notices.map((found) => arrived(event, found, whole));
}

/**
 * Gives the file that a notice is about.
 * @param notice any
 * @returns its name as written, as far as it can be stored; undefined for answers (EC) and their discards (SE), which name none
 */
export function namedFile(notice: Notice): string | undefined {
  return 'fileName' in notice ? storableText(notice.fileName, 255) : undefined;
}
