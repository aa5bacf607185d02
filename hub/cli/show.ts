// hub: `show`: prints an invoice for people, in the terminal, as HTML or as PDF; it needs no hub that runs.
import { attachmentIn, sheetCounts, sheetsOfFile } from '@staffetta/fatturapa/show/file-sheets.ts';
import { htmlOf } from '@staffetta/fatturapa/show/html.ts';
import { openToShow, type FileToShow } from '@staffetta/fatturapa/show/open-to-show.ts';
import { pdfOf } from '@staffetta/fatturapa/show/pdf.ts';
import type { Sheet } from '@staffetta/fatturapa/show/sheet.ts';
import { textOf } from '@staffetta/fatturapa/show/text.ts';
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { reportOf } from './check-report.ts';
import { CliError } from './cli-error.ts';
import { judgingOptions } from './judging-options.ts';
import { inputName, readInput } from './read-bounded.ts';
import { leftOut, missingPart } from './show-part.ts';
import { readShowWishes, type ShowWishes } from './show-wishes.ts';
import { targetOf, writeTarget, type Target } from './write-target.ts';

/** A few findings say enough beside a document; `check` tells all. */
const findingsMax = 10;

interface Targets {
  readonly html: Target | undefined;
  readonly pdf: Target | undefined;
}

async function targetsOf({ file, html, pdf, force, lang }: ShowWishes): Promise<Targets> {
  const rules = { input: file, force, lang };
  return {
    html: html === undefined ? undefined : await targetOf(html, rules),
    pdf: pdf === undefined ? undefined : await targetOf(pdf, rules),
  };
}

interface Opened {
  readonly file: FileToShow;
  readonly sha256: string;
}

async function openInput({ file, lang }: ShowWishes): Promise<Opened> {
  const { trustAnchors } = judgingOptions(process.env, lang);
  const bytes = await readInput(file, lang);
  const named = file === '-' ? {} : { name: basename(file) };
  return {
    file: openToShow(bytes, { ...named, at: new Date(), ...(trustAnchors ? { trustAnchors } : {}) }),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

function layOut({ file: path, lang, part }: ShowWishes, { file, sha256 }: Opened): Sheet[] {
  const trail = { sha256, ...(path === '-' ? {} : { fileName: basename(path) }) };
  const sheets = sheetsOfFile(file, { lang, trail, ...part });
  const missing = sheets.length === 0 ? missingPart(part, sheetCounts(file)) : undefined;
  if (missing) throw new CliError(missing[lang]);
  return sheets;
}

/** Attachments go into the page itself, as bytes of a type that runs nothing. */
function hrefs(file: FileToShow): (index: number) => string | undefined {
  return (index) => {
    const found = attachmentIn(file, index);
    return found && `data:${found.type};base64,${Buffer.from(found.bytes).toString('base64')}`;
  };
}

async function draw(
  { lang }: ShowWishes,
  { html, pdf }: Targets,
  file: FileToShow,
  sheets: readonly Sheet[],
): Promise<void> {
  if (html) await writeTarget(html, htmlOf(sheets, { attachmentHref: hrefs(file) }), lang);
  if (pdf) await writeTarget(pdf, await pdfOf(sheets), lang);
  if (!html && !pdf) process.stdout.write(textOf(sheets, { width: Math.min(process.stdout.columns || 100, 140) }));
}

/** Beside the document, not in it: what is wrong with the file, and what of it was left out. */
function complain({ file: path, lang, part }: ShowWishes, file: FileToShow, shown: number): boolean {
  const documents = file.documents.filter((_, at) => part.document === undefined || at === part.document - 1);
  const findings = [...file.findings, ...documents.flatMap((document) => document.findings)];
  const report = { lang, stream: process.stderr, findingsMax };
  if (findings.length > 0) process.stderr.write(`${reportOf({ file: inputName(path), findings }, report)}\n`);
  const more = leftOut(part, sheetCounts(file), shown);
  if (more && shown > 0) process.stderr.write(`${more[lang]}\n`);
  return findings.some(({ severity }) => severity === 'error');
}

/**
 * Runs `show`.
 * @param args the command's words
 * @returns the exit code: 0, or 1 where a document could not be read whole
 * @throws CliError (exit code 2) for words that cannot be used, parts that do not exist and files that cannot be read or written
 */
export async function show(args: string[]): Promise<number> {
  const wishes = readShowWishes(args);
  const targets = await targetsOf(wishes);
  const opened = await openInput(wishes);
  const sheets = layOut(wishes, opened);
  if (sheets.length > 0) await draw(wishes, targets, opened.file, sheets);
  const isWrong = complain(wishes, opened.file, sheets.length);
  return sheets.length === 0 || isWrong ? 1 : 0;
}
