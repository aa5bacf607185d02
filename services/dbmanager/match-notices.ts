// dbmanager: finds the file that a notice is about: by our file name first, then by SdI's id, its hash checked. Pure but for its reads.
import { fileStem } from '@staffetta/fatturapa/notices/notice-name.ts';
import type { Queryable } from '@staffetta/platform/store/store.ts';
import { namedFile, storableId, type ArrivedNotice } from './arrived-notices.ts';
import { sentFilesByName, sentFilesBySdiId, type SentFile } from './sent-files.ts';
import { storableText } from '@staffetta/platform/store/storable-text.ts';

/** Why a notice fits no file of ours. */
export type NoticeDoubt = 'NO_SUCH_FILE' | 'HASH_DIFFERS';

/** A notice with the file that it is about. */
export interface MatchedNotice extends ArrivedNotice {
  readonly file: SentFile | undefined;
  /** It is about a file inside the archive that was sent, not about all of it. */
  readonly isPart: boolean;
  readonly doubt: NoticeDoubt | null;
}

/** SdI and mail programs drop `.p7m`, and the case of a name says nothing (domain: file names). */
const extensions = ['.xml', '.xml.p7m', '.zip'] as const;

/**
 * Lists the names that a file may go by.
 * @param name as a notice, or whoever handed the file in, writes it
 * @returns in small letters, each once
 */
export function namesLike(name: string): string[] {
  const stem = fileStem(name).toLowerCase();
  return [...new Set([name.toLowerCase(), ...extensions.map((extension) => `${stem}${extension}`)])];
}

/**
 * Gives the archive that a notice's file came in.
 * @param one the notice
 * @returns its name and SdI's id, as far as the notice has them
 */
export function archiveOf({ notice }: ArrivedNotice): { fileName: string | undefined; sdiId: string | undefined } {
  const archive = 'archive' in notice ? notice.archive : undefined;
  return {
    fileName: archive?.fileName && storableText(archive.fileName, 255),
    sdiId: archive?.sdiId && storableId(archive.sdiId),
  };
}

function namesOf(one: ArrivedNotice): string[] {
  return [namedFile(one.notice), archiveOf(one).fileName].filter((name) => name !== undefined);
}

function idsOf(one: ArrivedNotice): string[] {
  return [one.sdiId, archiveOf(one).sdiId].filter((id) => id !== undefined);
}

interface Known {
  readonly byStem: ReadonlyMap<string, readonly SentFile[]>;
  readonly byId: ReadonlyMap<string, SentFile>;
}

async function readKnown(db: Queryable, arrived: readonly ArrivedNotice[]): Promise<Known> {
  const files = await sentFilesByName(db, [...new Set(arrived.flatMap(namesOf).flatMap(namesLike))]);
  const identified = await sentFilesBySdiId(db, [...new Set(arrived.flatMap(idsOf))]);
  return {
    byStem: Map.groupBy(files, ({ fileName }) => fileStem(fileName)),
    byId: new Map(identified.map((file) => [file.askedId, file])),
  };
}

/** Of several files whose names differ in their extension alone, or not at all: the one whose hash or name it is, of these the latest. */
function pick(files: readonly SentFile[] | undefined, name: string, hash: string | undefined): SentFile | undefined {
  const exact = files?.findLast(({ fileName }) => fileName.toLowerCase() === name.toLowerCase());
  return files?.findLast(({ sha256 }) => sha256 === hash) ?? exact ?? files?.at(-1);
}

/** What is no SHA-256 in hexadecimal says nothing about the file. */
function hashOf({ notice }: ArrivedNotice): string | undefined {
  const hash = 'hash' in notice ? (notice.hash?.trim().toLowerCase() ?? '') : '';
  return /^[0-9a-f]{64}$/.test(hash) ? hash : undefined;
}

function fileOf(one: ArrivedNotice, { byStem, byId }: Known): SentFile | undefined {
  for (const name of namesOf(one)) {
    const found = pick(byStem.get(fileStem(name)), name, hashOf(one));
    if (found) return found;
  }
  return idsOf(one).flatMap((id) => byId.get(id) ?? [])[0];
}

/** A file may bear its archive's name but for the extension: a notice that names the archive besides tells them apart. */
function isInside(one: ArrivedNotice, name: string, sent: string): boolean {
  if (!sent.toLowerCase().endsWith('.zip')) return false;
  const isNamedApart = archiveOf(one).fileName !== undefined && name.toLowerCase() !== sent.toLowerCase();
  return isNamedApart || fileStem(name) !== fileStem(sent);
}

function match(one: ArrivedNotice, file: SentFile | undefined): MatchedNotice {
  if (!file) return { ...one, file, isPart: false, doubt: 'NO_SUCH_FILE' };
  const name = namedFile(one.notice);
  const isPart = name !== undefined && isInside(one, name, file.fileName);
  const hash = hashOf(one);
  const differs = !isPart && hash !== undefined && hash !== file.sha256;
  return differs
    ? { ...one, file: undefined, isPart: false, doubt: 'HASH_DIFFERS' }
    : { ...one, file, isPart, doubt: null };
}

/**
 * Finds the files that notices are about. One whose hash is not that of the file we sent is about somebody else's: it moves nothing.
 * @param db a transaction
 * @param arrived the notices of a batch, in order; one may make known the id that another is found by
 */
export async function matchNotices(db: Queryable, arrived: readonly ArrivedNotice[]): Promise<MatchedNotice[]> {
  const known = await readKnown(db, arrived);
  const first = arrived.map((one) => match(one, fileOf(one, known)));
  const learned = new Map(first.flatMap(({ sdiId, file }) => (file ? [[sdiId, file] as const] : [])));
  return first.map((one) => (one.doubt === 'NO_SUCH_FILE' ? match(one, learned.get(one.sdiId)) : one));
}
