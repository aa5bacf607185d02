// hub: reads files of any size without filling the memory.
import { documentBytesMax } from '@staffetta/fatturapa/document-bytes-max.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { open } from 'node:fs/promises';
import { CliError } from './cli-error.ts';
import { troubleOf } from './file-trouble.ts';

/** Enough that the check itself says that the file is too large (00003). */
const bytesMax = documentBytesMax + 1;

async function readBounded(path: string): Promise<Buffer> {
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

/** Reads on to the end, so that whoever writes to us is not broken off. */
async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    if (length < bytesMax) chunks.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(chunks).subarray(0, bytesMax);
}

/**
 * Reads a file, or of a larger one as much as shows that it is too large.
 * @param file its path, or `-` for standard input
 * @param lang the language of the complaint
 * @throws CliError where it cannot be read
 */
export async function readInput(file: string, lang: Lang): Promise<Buffer> {
  try {
    return await (file === '-' ? readStandardInput() : readBounded(file));
  } catch (error) {
    const [name, trouble] = [plainText(inputName(file)), troubleOf(error)];
    throw new CliError(
      { it: `Non si può leggere ${name}: ${trouble.it}.`, en: `${name} cannot be read: ${trouble.en}.` }[lang],
    );
  }
}

/**
 * Names an input in reports; the name of a file may hold anything.
 * @param file its path, or `-` for standard input
 */
export function inputName(file: string): string {
  return file === '-' ? '(stdin)' : file;
}
