// fatturapa: unpacks one file of a zip archive and stops as soon as it is larger than it says.
import { crc32, inflateRawSync, type InputType } from 'node:zlib';
import type { ZipEntry } from './zip-directory.ts';

/** The file, or why it cannot be had. */
export type Inflated =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: 'encrypted' | 'method' | 'corrupt'; readonly detail: string };

const corrupt = (detail: string): Inflated => ({ ok: false, reason: 'corrupt', detail });

type Unpack = (packed: Uint8Array, entry: ZipEntry) => Uint8Array;

function inflate(packed: InputType, entry: ZipEntry): Uint8Array {
  // zlib ends at this length, so that a false size costs no more than the true one would.
  return inflateRawSync(packed, { maxOutputLength: Math.max(entry.bytes, 1) });
}

const methods: Readonly<Record<number, Unpack>> = { 0: (packed) => packed, 8: inflate };

function unpack(way: Unpack, packed: Uint8Array, entry: ZipEntry): Inflated {
  try {
    const bytes = way(packed, entry);
    if (bytes.length !== entry.bytes) return corrupt(`${bytes.length} bytes instead of ${entry.bytes}`);
    return crc32(bytes) === entry.crc ? { ok: true, bytes } : corrupt('its checksum is another');
  } catch (error) {
    // zlib throws plain errors with codes of its own (Z_DATA_ERROR, Z_BUF_ERROR, ERR_BUFFER_TOO_LARGE).
    return corrupt(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Unpacks a file. Nothing throws.
 * @param archive the whole archive
 * @param entry what its directory says; the caller has judged whether `entry.bytes` is not too many
 */
export function inflateEntry(archive: Uint8Array, entry: ZipEntry): Inflated {
  if (entry.isEncrypted) return { ok: false, reason: 'encrypted', detail: 'encrypted' };
  const way = methods[entry.method];
  if (!way) return { ok: false, reason: 'method', detail: String(entry.method) };
  return unpack(way, archive.subarray(entry.dataStart, entry.dataStart + entry.packedBytes), entry);
}
