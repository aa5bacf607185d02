// hub: `notice`: hands in SdI's notices through the gateway, and says what each tells.
import { readNotices } from '@staffetta/fatturapa/notices/read-notices.ts';
import { tellNotice } from '@staffetta/fatturapa/notices/tell-notice.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { basename } from 'node:path';
import { CliError } from './cli-error.ts';
import { findFiles } from './find-files.ts';
import type { ShownFinding } from './finding-line.ts';
import { ask, explain, type Answer } from './gateway-client.ts';
import { inParallel } from './in-parallel.ts';
import { langOf, readCommand, sdiKey, type Access } from './options.ts';
import { contentTypeOf, readToPost } from './posting.ts';

/** What became of one file. */
interface HandedIn {
  readonly file: string;
  readonly accepted: boolean;
  /** What each of its notices tells, line by line. */
  readonly notices: readonly (readonly string[])[];
  readonly why?: string;
}

interface BilingualFinding extends ShownFinding {
  readonly message: { readonly it: string; readonly en: string };
}

const endings = ['.xml', '.p7m', '.zip'] as const;

const words = {
  it: { accepted: 'presa in carico', refused: 'non accettata' },
  en: { accepted: 'accepted', refused: 'not accepted' },
} as const;

/** Of what is no notice the finding says it in the language asked for; else the gateway's own sentence. */
function whyNot(answer: Answer, lang: Lang): string {
  const { findings = [] } = (answer.body ?? {}) as { findings?: readonly BilingualFinding[] };
  const error = findings.find(({ severity }) => severity === 'error');
  return error ? error.message[lang] : explain(answer);
}

async function handIn(file: string, access: Access, lang: Lang): Promise<HandedIn> {
  const body = await readToPost(file);
  if ('why' in body) return { file, accepted: false, notices: [], why: body.told[lang] };
  const name = basename(file);
  const answer = await ask(access, {
    method: 'POST',
    path: `/receiver/api/notificaSdI?${new URLSearchParams({ fileName: name }).toString()}`,
    headers: { 'content-type': contentTypeOf(file) },
    body,
  });
  if (answer.status === 401 || answer.status === 403) throw new CliError(explain(answer));
  if (answer.status !== 202) return { file, accepted: false, notices: [], why: whyNot(answer, lang) };
  const notices = readNotices(body, { name }).notices.map(({ notice }) => tellNotice(notice, lang));
  return { file, accepted: true, notices };
}

function linesOf({ file, accepted, notices, why }: HandedIn, lang: Lang): string[] {
  const said = accepted ? words[lang].accepted : words[lang].refused;
  const head = `${plainText(file)}: ${said}${why === undefined ? '' : `: ${plainText(why)}`}`;
  return [head, ...notices.flat().map((line) => `    ${line}`)];
}

/**
 * Runs `notice`. The hub keeps each notice once: the same file again does no harm.
 * @param args the command's words
 * @returns the exit code: 1 where a file was not accepted
 */
export async function notice(args: string[]): Promise<number> {
  const { values, words: paths, access, json } = readCommand(args, { lang: { type: 'string' } }, sdiKey);
  const lang = langOf((values as { lang?: string }).lang);
  if (paths.length === 0) throw new CliError("Name SdI's notices: notice IT01234567890_00001_RC_001.xml …");
  const files = await findFiles(paths, { endings, lang });
  const all = await inParallel(files, 4, (file) => handIn(file, access, lang));
  const text = json ? JSON.stringify(all, null, 2) : all.flatMap((one) => linesOf(one, lang)).join('\n');
  process.stdout.write(`${text}\n`);
  return all.every(({ accepted }) => accepted) ? 0 : 1;
}
