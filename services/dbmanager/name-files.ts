// dbmanager: gives new files their names for SdI, in the transaction that stores them (ADR-0006).
import { buildFileName, namesWithPrefix, type Transmitter } from '@staffetta/fatturapa/file-name.ts';
import type { FileKind } from '@staffetta/fatturapa/file-kind.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import { insertTransmissions, type NewTransmission } from './transmissions.ts';
import { takeNumbers, type NameWish } from './transmitter-sequences.ts';

/** A file that needs a name, and what is known of its transmission. */
export interface FileToName extends Pick<
  NewTransmission,
  'transmissionId' | 'invoiceId' | 'contentId' | 'signAs' | 'mailbox'
> {
  readonly transmitter: Transmitter;
  readonly kind: FileKind;
}

/** Where numbers start and what stands in front of them. */
export interface NamingOptions {
  readonly fileNameStart: number;
  readonly fileNamePrefix: string;
}

function idOf({ transmitter }: FileToName): string {
  return `${transmitter.idPaese}${transmitter.idCodice}`;
}

function wishesOf(files: readonly FileToName[]): NameWish[] {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(idOf(file), (counts.get(idOf(file)) ?? 0) + 1);
  return [...counts].map(([transmitter, count]) => ({ transmitter, count }));
}

function insistOnRoom(transmitter: string, last: number, prefix: string): void {
  if (last <= namesWithPrefix(prefix)) return;
  const message = `The file names of ${transmitter} with prefix "${prefix}" are used up; set another FILE_NAME_PREFIX.`;
  throw new HubError('SETTING_WRONG', message);
}

/** Numbers follow the order of the files, which is the order of their invoices. */
function assign(
  files: readonly FileToName[],
  wishes: readonly NameWish[],
  lasts: ReadonlyMap<string, number>,
  prefix: string,
): NewTransmission[] {
  const left = new Map(wishes.map(({ transmitter, count }) => [transmitter, count]));
  return files.map((file) => {
    const { transmissionId, invoiceId, contentId, signAs, mailbox } = file;
    const transmitter = idOf(file);
    const behind = left.get(transmitter) ?? 1;
    left.set(transmitter, behind - 1);
    const number = (lasts.get(transmitter) ?? 0) - behind + 1;
    const fileName = buildFileName(file.transmitter, number, file.kind, prefix);
    return { transmissionId, invoiceId, transmitter, fileName, contentId, signAs, mailbox };
  });
}

/**
 * Names files and stores their transmissions. Numbers that would give a name used before are skipped.
 * @param db a transaction; each transmitter's sequence stays locked until it ends
 * @param files in the order in which they should be numbered
 * @param options start and prefix
 * @param at the instant
 * @returns the transmissions
 * @throws HubError SETTING_WRONG where a transmitter has no names left
 */
export async function insertNamed(
  db: Queryable,
  files: readonly FileToName[],
  options: NamingOptions,
  at: Date,
): Promise<NewTransmission[]> {
  const { fileNamePrefix: prefix, fileNameStart: start } = options;
  const named: NewTransmission[] = [];
  for (let unnamed = files; unnamed.length > 0;) {
    const wishes = wishesOf(unnamed);
    const lasts = await takeNumbers(db, prefix, start, wishes);
    for (const [transmitter, last] of lasts) insistOnRoom(transmitter, last, prefix);
    const tried = assign(unnamed, wishes, lasts, prefix);
    const inserted = await insertTransmissions(db, tried, at);
    named.push(...tried.filter(({ transmissionId }) => inserted.has(transmissionId)));
    unnamed = unnamed.filter(({ transmissionId }) => !inserted.has(transmissionId));
  }
  return named;
}
