// fatturapa: the names of the files that go to SdI: transmitter, `_`, up to five characters, extension.
import type { FileKind } from './file-kind.ts';

/** Who hands a file to SdI: country and tax id, as `IdTrasmittente` in the document. */
export interface Transmitter {
  readonly idPaese: string;
  readonly idCodice: string;
}

/** What a file name says. */
export interface FileName {
  readonly transmitter: Transmitter;
  /** One to five characters; their case is kept here but is not significant between two names. */
  readonly progressive: string;
  readonly kind: FileKind;
}

/** How many characters SdI allows between `_` and the extension. */
export const progressivePlaces = 5;

const extensions = { xml: '.xml', p7m: '.xml.p7m', zip: '.zip' } as const satisfies Record<FileKind, string>;
const transmitterForm = /^([A-Z]{2})([A-Za-z0-9]{2,28})$/;
const italianCode = /^(?:\d{11}|[A-Z0-9]{16})$/;
const nameForm = /^([A-Z]{2}[A-Z0-9]{2,28})_([A-Z0-9]{1,5})(\.xml|\.xml\.p7m|\.zip)$/i;
const prefixForm = /^[A-Z0-9]{0,4}$/;

/**
 * Reads a transmitter from country and code written together.
 * @param text for example `IT01234567890`; letters may be in either case
 * @returns the transmitter in capitals, or undefined where the form is wrong (Italian codes have 11 digits or 16 characters,
 *   foreign ones 2–28; whether the code exists is not asked)
 */
export function parseTransmitter(text: string): Transmitter | undefined {
  const [, idPaese, idCodice] = transmitterForm.exec(text.toUpperCase()) ?? [];
  if (idPaese === undefined || idCodice === undefined) return undefined;
  return idPaese !== 'IT' || italianCode.test(idCodice) ? { idPaese, idCodice } : undefined;
}

/**
 * Says how many files a transmitter can name with a prefix: names are never used twice, whatever their case (00002).
 * @param prefix zero to four letters or digits in front of the number
 */
export function namesWithPrefix(prefix: string): number {
  return 36 ** (progressivePlaces - prefix.length) - 1;
}

/**
 * Says whether a text may stand in front of the numbers of file names.
 * @param prefix up to four capital letters or digits, so that at least one place is left
 */
export function isFileNamePrefix(prefix: string): boolean {
  return prefixForm.test(prefix);
}

/**
 * Gives the extension that SdI expects.
 * @param kind `xml` (plain or XAdES), `p7m` (CAdES) or `zip`
 */
export function extensionOf(kind: FileKind): string {
  return extensions[kind];
}

/**
 * Builds a file name.
 * @param transmitter who hands the file in
 * @param sequence the number of the file for this transmitter, from 1
 * @param kind decides the extension
 * @param prefix zero to four capital letters or digits, to stay apart from other programs that use the same transmitter
 * @returns for example `IT01234567890_0002S.xml` for 100: base 36 in capitals, padded to five places with the prefix
 * @throws RangeError where the transmitter's form is wrong, the prefix is none, or the numbers are used up
 */
export function buildFileName(transmitter: Transmitter, sequence: number, kind: FileKind, prefix = ''): string {
  const id = `${transmitter.idPaese}${transmitter.idCodice}`;
  if (!parseTransmitter(id))
    throw new RangeError(`${id} is no transmitter: write country and tax id, as IT01234567890`);
  if (!isFileNamePrefix(prefix)) throw new RangeError(`${prefix} is no prefix: up to four capital letters or digits`);
  if (!Number.isInteger(sequence) || sequence < 1 || sequence > namesWithPrefix(prefix)) {
    throw new RangeError(
      `file number ${sequence} of ${id} does not fit ${progressivePlaces} places with prefix "${prefix}"`,
    );
  }
  const digits = sequence.toString(36).toUpperCase();
  return `${id}_${prefix}${digits.padStart(progressivePlaces - prefix.length, '0')}${extensions[kind]}`;
}

/**
 * Reads a file name.
 * @param name for example `IT01234567890_FPR01.xml`; case is not significant
 * @returns what it says, or undefined where SdI would refuse it (00001)
 */
export function parseFileName(name: string): FileName | undefined {
  const [, id = '', progressive = '', extension = ''] = nameForm.exec(name) ?? [];
  const transmitter = parseTransmitter(id);
  if (!transmitter) return undefined;
  const lower = extension.toLowerCase();
  return { transmitter, progressive, kind: lower === '.xml' ? 'xml' : lower === '.zip' ? 'zip' : 'p7m' };
}
