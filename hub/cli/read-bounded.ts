// hub: reads files of any size without filling the memory.
import { open } from 'node:fs/promises';
import { documentBytesMax } from '@staffetta/fatturapa/document-bytes-max.ts';

/** Enough that the check itself says that the file is too large (00003). */
const bytesMax = documentBytesMax + 1;

/**
 * Reads a file, or of a larger one as much as shows that it is too large.
 * @param path the file
 * @throws the system's own error
 */
export async function readBounded(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of file.createReadStream({ end: bytesMax - 1, autoClose: false }) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
    }
    return Buffer.concat(chunks, length);
  } finally {
    await file.close();
  }
}

/** Reads standard input to its end, keeping as much as shows that it is too large. */
export async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    if (length < bytesMax) chunks.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(chunks).subarray(0, bytesMax);
}
