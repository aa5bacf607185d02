// dbmanager: gives new files their names for SdI, in the transaction that stores them (ADR-0006).
import { buildFileName, namesWithPrefix, type Transmitter } from '@staffetta/fatturapa/file-name.ts';
import type { FileKind } from '@staffetta/fatturapa/file-kind.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import { usedFileNames } from './transmissions.ts';
import { takeNumbers, type NameWish } from './transmitter-sequences.ts';

/** A file that needs a name. */
export interface FileToName {
  readonly transmissionId: string;
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
function assign(files: readonly FileToName[], lasts: ReadonlyMap<string, number>, prefix: string): Map<string, string> {
  const left = new Map(wishesOf(files).map(({ transmitter, count }) => [transmitter, count]));
  return new Map(
    files.map((file) => {
      const transmitter = idOf(file);
      const behind = left.get(transmitter) ?? 1;
      left.set(transmitter, behind - 1);
      const number = (lasts.get(transmitter) ?? 0) - behind + 1;
      return [file.transmissionId, buildFileName(file.transmitter, number, file.kind, prefix)];
    }),
  );
}

/**
 * Names files. Numbers that would give a name used before are skipped.
 * @param db a transaction; each transmitter's sequence stays locked until it ends
 * @param files in the order in which they should be numbered
 * @param options start and prefix
 * @returns transmission id → file name
 * @throws HubError SETTING_WRONG where a transmitter has no names left
 */
export async function nameFiles(
  db: Queryable,
  files: readonly FileToName[],
  options: NamingOptions,
): Promise<Map<string, string>> {
  const { fileNamePrefix: prefix, fileNameStart: start } = options;
  const names = new Map<string, string>();
  for (let unnamed = files; unnamed.length > 0;) {
    const lasts = await takeNumbers(db, prefix, start, wishesOf(unnamed));
    for (const [transmitter, last] of lasts) insistOnRoom(transmitter, last, prefix);
    const tried = assign(unnamed, lasts, prefix);
    const used = await usedFileNames(db, [...tried.values()]);
    for (const [id, name] of tried) if (!used.has(name.toLowerCase())) names.set(id, name);
    unnamed = unnamed.filter(({ transmissionId }) => !names.has(transmissionId));
  }
  return names;
}
