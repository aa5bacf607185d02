// hub: `show`: prints an invoice for people, in the terminal, as HTML or as PDF; it needs no hub that runs.
import { attachmentIn, sheetsOfFile } from '@staffetta/fatturapa/show/file-sheets.ts';
import { htmlOf } from '@staffetta/fatturapa/show/html.ts';
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import { openToShow, type FileToShow } from '@staffetta/fatturapa/show/open-to-show.ts';
import { pdfOf } from '@staffetta/fatturapa/show/pdf.ts';
import type { Lang, Sheet } from '@staffetta/fatturapa/show/sheet.ts';
import { textOf } from '@staffetta/fatturapa/show/text.ts';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { CliError } from './cli-error.ts';

const sizeMax = 64 * 1024 * 1024;

interface Wishes {
  readonly file: string;
  readonly lang: Lang;
  readonly html: string | undefined;
  readonly pdf: string | undefined;
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args, options: { lang: text, html: text, pdf: text }, allowPositionals: true, strict: true });
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : String(error)} (npm run staffetta -- help)`);
  }
}

function wishesOf(args: string[]): Wishes {
  const { values, positionals } = parse(args);
  const [file, more] = positionals;
  if (file === undefined || more !== undefined) throw new CliError('Name one file: show invoice.xml.p7m');
  const { lang = 'it', html, pdf } = values;
  if (lang !== 'it' && lang !== 'en') throw new CliError('--lang takes it or en.');
  return { file, lang, html, pdf };
}

async function readWhole(file: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (bytes.length > sizeMax) throw new CliError(`${file} has ${bytes.length} bytes; an invoice has at most 5 MiB.`);
  return bytes;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Attachments go into the page itself, as bytes of a type that runs nothing. */
function hrefs(file: FileToShow): (index: number) => string | undefined {
  return (index) => {
    const found = attachmentIn(file, index);
    return found && `data:${found.type};base64,${Buffer.from(found.bytes).toString('base64')}`;
  };
}

function explain(findings: readonly DocumentFinding[], lang: Lang): string {
  const lines = findings.slice(0, 10).map(({ code, line, message }) => {
    return `  ${code}${line === undefined ? '' : ` (${lang === 'it' ? 'riga' : 'line'} ${line})`} ${message[lang]}`;
  });
  return lines.join('\n');
}

async function writeOut(path: string, bytes: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (error) {
    throw new CliError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  process.stdout.write(`${path}\n`);
}

async function draw({ html, pdf }: Wishes, file: FileToShow, sheets: readonly Sheet[]): Promise<void> {
  if (html !== undefined) await writeOut(html, htmlOf(sheets, { attachmentHref: hrefs(file) }));
  if (pdf !== undefined) await writeOut(pdf, await pdfOf(sheets));
  if (html === undefined && pdf === undefined) {
    process.stdout.write(textOf(sheets, { width: Math.min(process.stdout.columns || 100, 140) }));
  }
}

/**
 * Runs `show`.
 * @param args the command's words
 * @returns the exit code: 0, or 1 where a document could not be read whole
 */
export async function show(args: string[]): Promise<number> {
  const wishes = wishesOf(args);
  const bytes = await readWhole(wishes.file);
  const fileName = basename(wishes.file);
  const file = openToShow(bytes, { name: fileName, at: new Date() });
  const sheets = sheetsOfFile(file, { lang: wishes.lang, trail: { fileName, sha256: sha256Of(bytes) } });
  const all = [...file.findings, ...file.documents.flatMap((document) => document.findings)];
  const errors = all.filter(({ severity }) => severity === 'error');
  if (sheets.length > 0) await draw(wishes, file, sheets);
  if (errors.length > 0) process.stderr.write(`${wishes.file}:\n${explain(errors, wishes.lang)}\n`);
  return sheets.length === 0 || errors.length > 0 ? 1 : 0;
}
