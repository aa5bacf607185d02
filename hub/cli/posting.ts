// hub: what `send` posts of a file: its bytes with the rest in the query, or a JSON document in the contract's body.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { isPipe, troubleOf } from './file-trouble.ts';
import { readJson } from './json-file.ts';

/** What goes with each file. */
export interface PostingWishes {
  readonly customer: number;
  readonly callback: string | undefined;
}

/** A request's body and what belongs to it. */
export interface Posting {
  readonly query: string;
  readonly contentType: string;
  readonly body: Buffer | string;
}

/** The most that is read of a file; the gateway takes much less, and says so itself. */
const bytesMax = 256 * 1024 * 1024;

/**
 * Says what kind of file it is.
 * @param file its name or path
 * @returns the media type that it is posted as
 */
export function contentTypeOf(file: string): string {
  if (/\.p7m$/i.test(file)) return 'application/pkcs7-mime';
  return /\.zip$/i.test(file) ? 'application/zip' : 'application/xml';
}

function fileOf(file: string, body: Buffer, { customer, callback }: PostingWishes): Posting {
  const query = new URLSearchParams({ customerId: String(customer), fileName: basename(file) });
  if (callback) query.set('callback', callback);
  return { query: `?${query.toString()}`, contentType: contentTypeOf(file), body };
}

/** Why a file cannot be posted: in English for programs, in both languages for people. */
export interface NotPostable {
  readonly why: string;
  readonly told: Sentence;
}

function notPostable(told: Sentence): NotPostable {
  return { why: told.en, told };
}

function documentOf(bytes: Buffer, { customer, callback }: PostingWishes): Posting | NotPostable {
  const json = readJson(bytes);
  if (!json.ok) return notPostable(json.why);
  const body = { document: json.value, customer: { customerId: customer }, ...(callback && { callback }) };
  return { query: '', contentType: 'application/json', body: JSON.stringify(body) };
}

/**
 * Reads a file that is to be posted.
 * @param file its path
 * @returns its bytes, or why they cannot be had
 */
export async function readToPost(file: string): Promise<Buffer | NotPostable> {
  try {
    return await readWhole(file);
  } catch (error) {
    const [name, trouble] = [plainText(file), troubleOf(error)];
    return notPostable({
      it: `Non si può leggere ${name}: ${trouble.it}.`,
      en: `${name} cannot be read: ${trouble.en}.`,
    });
  }
}

async function readWhole(file: string): Promise<Buffer | NotPostable> {
  const facts = await stat(file);
  if (facts.isFIFO()) throw Object.assign(new Error('a pipe'), { code: isPipe });
  if (facts.size <= bytesMax) return readFile(file);
  return notPostable({
    it: `Ha ${facts.size} byte, molti più di quanti SdI ne accetti.`,
    en: `It has ${facts.size} bytes, far more than SdI takes.`,
  });
}

/**
 * Makes a request of a file.
 * @param file its path
 * @param wishes for whom, and where outcomes are told
 * @returns the request, or why the file cannot be one
 */
export async function readPosting(file: string, wishes: PostingWishes): Promise<Posting | NotPostable> {
  const bytes = await readToPost(file);
  if ('why' in bytes) return bytes;
  return /\.json$/i.test(file) ? documentOf(bytes, wishes) : fileOf(file, bytes, wishes);
}
