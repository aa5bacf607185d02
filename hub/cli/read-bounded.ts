// hub: reads files of any size without filling the memory.
import { documentBytesMax } from '@staffetta/fatturapa/document-bytes-max.ts';
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { CliError } from './cli-error.ts';
import { isPipe, troubleOf } from './file-trouble.ts';

/** Enough that the check itself says that the file is too large (00003). */
const documentBytesRead = documentBytesMax + 1;

/** A file that cannot be read, told in both languages. */
export class FileNotReadable extends CliError {
  readonly sentence: Sentence;

  /**
   * @param sentence what cannot be read, and why
   * @param lang the language of the error's message
   */
  constructor(sentence: Sentence, lang: Lang) {
    super(sentence[lang]);
    this.sentence = sentence;
  }
}

/**
 * Reads a file, or of a larger one as much as shows that it is too large.
 * @param path the file
 * @param bytesMax how much of it is read at most; by default one byte more than SdI takes
 * @throws the system's own error, or one of ours for a pipe (`troubleOf` explains both)
 */
export async function readBounded(path: string, bytesMax = documentBytesRead): Promise<Buffer> {
  // Else the opening of a pipe would already wait for somebody who writes to it.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if ((await file.stat()).isFIFO()) throw Object.assign(new Error('a pipe'), { code: isPipe });
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
async function readStandardInput(bytesMax: number): Promise<Buffer> {
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
 * @param bytesMax how much of it is read at most; by default one byte more than SdI takes
 * @throws FileNotReadable where it cannot be read; a pipe by its name is none to wait for
 */
export async function readInput(file: string, lang: Lang, bytesMax = documentBytesRead): Promise<Buffer> {
  try {
    return await (file === '-' ? readStandardInput(bytesMax) : readBounded(file, bytesMax));
  } catch (error) {
    const [name, trouble] = [plainText(inputName(file)), troubleOf(error)];
    const sentence = { it: `Non si può leggere ${name}: ${trouble.it}.`, en: `${name} cannot be read: ${trouble.en}.` };
    throw new FileNotReadable(sentence, lang);
  }
}

/**
 * Names an input in reports; the name of a file may hold anything.
 * @param file its path, or `-` for standard input
 */
export function inputName(file: string): string {
  return file === '-' ? '(stdin)' : file;
}
