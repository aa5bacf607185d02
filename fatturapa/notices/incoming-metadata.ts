// fatturapa: the data that SdI sends along with an incoming invoice (MT), out of the file that holds them.
import { documentBytesMax } from '../document-bytes-max.ts';
import type { IncomingNotice } from './notice.ts';
import { readNotices } from './read-notices.ts';

/**
 * Reads the data about an incoming file.
 * @param bytes the notice MT as it came, also signed (p7m)
 * @returns undefined for what is no MT, or holds other things besides
 */
export function incomingMetadata(bytes: Uint8Array): IncomingNotice | undefined {
  if (bytes.length > documentBytesMax) return undefined;
  const { notices, documents } = readNotices(bytes);
  const [only, ...more] = notices.map(({ notice }) => notice);
  return only?.kind === 'MT' && more.length === 0 && documents.length === 0 ? only : undefined;
}
