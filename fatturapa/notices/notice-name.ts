// fatturapa: the names of notices' files, and the part of a file name by which notices and invoices find each other.
import { noticeKinds, type NoticeKind } from './notice-kinds.ts';

/** What the name of a notice says. */
export interface NoticeName {
  /** The invoice's file name without its extension, as written; not always that of NomeFile inside: trust the inside. */
  readonly stem: string;
  readonly kind: NoticeKind;
  /** One to three letters or digits. */
  readonly counter: string;
}

const countersMax = 36 ** 3 - 1;
const nameForm = new RegExp(
  `^([^/\\\\]{1,200}?)_(${noticeKinds.join('|')})_{1,3}([a-z0-9]{1,3})\\.(?:xml|xml\\.p7m|zip)$`,
  'i',
);

/** Without folders and extensions: `.xml`, `.zip` and any number of `.p7m`. */
function withoutExtension(name: string): string {
  const file = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1).trim();
  let end = file.length;
  while (end >= 4 && file.slice(end - 4, end).toLowerCase() === '.p7m') end -= 4;
  return file.slice(0, end).replace(/\.(?:xml|zip)$/i, '');
}

/**
 * Gives the part of a file name that tells files apart: SdI and mail programs drop `.p7m`, and case is not significant.
 * @param name a file's name, such as `it01234567890_FPR01.xml.p7m`; folders before it are dropped
 * @returns for example `IT01234567890_FPR01`
 */
export function fileStem(name: string): string {
  return withoutExtension(name).toUpperCase();
}

/**
 * Names a notice as SdI does.
 * @param fileName the invoice's file, with its extension
 * @param kind the notice's kind
 * @param counter the number of the notice for this file, from 1; in base 36, so that it fits three places
 * @returns for example `IT01234567890_FPR01_RC_001.xml`
 * @throws RangeError where the counter does not fit
 */
export function noticeFileName(fileName: string, kind: NoticeKind, counter: number): string {
  if (!Number.isInteger(counter) || counter < 1 || counter > countersMax) {
    throw new RangeError(`notice number ${counter} of ${fileName} does not fit three places`);
  }
  return `${withoutExtension(fileName)}_${kind}_${counter.toString(36).toUpperCase().padStart(3, '0')}.xml`;
}

/**
 * Reads the name of a notice.
 * @param name for example `IT01234567890_FPR01_RC_001.xml`; odd ones that are in use (`…_NS__001.xml`, `.zip` of AT) too
 * @returns what it says, or undefined where it is no notice's name
 */
export function parseNoticeName(name: string): NoticeName | undefined {
  const [, stem, kind, counter] = nameForm.exec(name.trim()) ?? [];
  if (stem === undefined || kind === undefined || counter === undefined) return undefined;
  return { stem, kind: kind.toUpperCase() as NoticeKind, counter };
}
