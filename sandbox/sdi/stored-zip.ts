// sandbox: a zip of files that are not packed (APPNOTE 6.3.10 §4.3), as the one that an attestation comes in.
import { crc32 } from 'node:zlib';
import type { MailedFile } from './sdi-mail.ts';

const version = 20;
/** Names are in UTF-8. */
const nameFlag = 0x0800;
/** 1 January 1980, the first day that the form knows: the same files give the same bytes. */
const firstDay = 0x0021;

/** What the two headers of a file have in common, from the version on. */
function facts(name: Buffer, bytes: Uint8Array): Buffer {
  const block = Buffer.alloc(26);
  block.writeUInt16LE(version, 0);
  block.writeUInt16LE(nameFlag, 2);
  block.writeUInt16LE(firstDay, 8);
  block.writeUInt32LE(crc32(bytes), 10);
  block.writeUInt32LE(bytes.length, 14);
  block.writeUInt32LE(bytes.length, 18);
  block.writeUInt16LE(name.length, 22);
  return block;
}

function mark(sign: string): Buffer {
  return Buffer.from(`PK${sign}`, 'latin1');
}

function directoryEntry(name: Buffer, bytes: Uint8Array, offset: number): Buffer {
  const madeBy = Buffer.from([version, 0]);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([mark('\u0001\u0002'), madeBy, facts(name, bytes), rest, name]);
}

/**
 * Puts files into a zip.
 * @param files few and small: there is no 64-bit extension
 */
export function storedZip(files: readonly MailedFile[]): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const label = Buffer.from(name);
    const local = Buffer.concat([mark('\u0003\u0004'), facts(label, bytes), label, bytes]);
    directory.push(directoryEntry(label, bytes, offset));
    pieces.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(index.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...pieces, index, mark('\u0005\u0006'), end]);
}
