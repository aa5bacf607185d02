// hub: `dlt`: dead letters from the command line.
import { CliError } from './cli-error.ts';
import { ask, explain, insist } from './gateway-client.ts';
import { readCommand, type Access } from './options.ts';

interface DeadLetter {
  readonly deadLetterId: string;
  readonly topic: string;
  readonly originalTopic: string;
  readonly partition: number;
  readonly offset: number;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly tries: number;
  readonly happenedAt: string;
  readonly state: string;
  readonly correlationId?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string;
}

interface Page {
  readonly content: readonly DeadLetter[];
  readonly totalElements: number;
}

const root = '/scheduler/api/dead-letters';

function listLine(letter: DeadLetter): string {
  const { deadLetterId, happenedAt, originalTopic, errorCode, errorMessage, tries } = letter;
  return `${deadLetterId}  ${happenedAt}  ${originalTopic}  ${errorCode} after ${tries}: ${errorMessage}`;
}

async function list(access: Access, filter: { state?: string; topic?: string }, json: boolean): Promise<number> {
  const query = new URLSearchParams({ state: filter.state ?? 'open', size: '200' });
  if (filter.topic) query.set('topic', filter.topic);
  const page = await insist<Page>(access, { path: `${root}?${query.toString()}` });
  if (json) process.stdout.write(`${JSON.stringify(page.content, null, 2)}\n`);
  else if (page.totalElements === 0) process.stdout.write('There are none.\n');
  else {
    const more = page.totalElements - page.content.length;
    const lines = page.content.map((letter) => listLine(letter));
    process.stdout.write(`${lines.join('\n')}\n${more > 0 ? `… and ${more} more\n` : ''}`);
  }
  return 0;
}

async function show(access: Access, ids: readonly string[], json: boolean): Promise<number> {
  for (const id of ids) {
    const letter = await insist<DeadLetter>(access, { path: `${root}/${encodeURIComponent(id)}` });
    if (json) {
      process.stdout.write(`${JSON.stringify(letter, null, 2)}\n`);
      continue;
    }
    const headers = Object.entries(letter.headers ?? {}).map(([name, value]) => `  ${name}: ${value}`);
    const place = `${letter.topic}-${letter.partition}@${letter.offset} ${letter.state}`;
    process.stdout.write(`${listLine(letter)}\n  ${place}\n${headers.join('\n')}\n\n${letter.payload ?? ''}\n`);
  }
  return 0;
}

async function end(
  access: Access,
  ids: readonly string[],
  act: 'replay' | 'discard',
  reason?: string,
): Promise<number> {
  let refused = 0;
  for (const id of ids) {
    const answer = await ask(access, {
      method: 'POST',
      path: `${root}/${encodeURIComponent(id)}/${act}`,
      ...(reason !== undefined && {
        body: JSON.stringify({ reason }),
        headers: { 'content-type': 'application/json' },
      }),
    });
    // One that is closed meanwhile keeps nobody from the rest.
    if (answer.status !== 200) refused++;
    const said = answer.status === 200 ? (answer.body as DeadLetter).state : explain(answer);
    process.stdout.write(`${id} ${said}\n`);
  }
  return refused === 0 ? 0 : 1;
}

/** All ids are collected before the first is ended, since ending shifts the pages. */
async function openIds(access: Access, topic: string | undefined): Promise<string[]> {
  const ids: string[] = [];
  for (let page = 0; ; page++) {
    const query = new URLSearchParams({ state: 'open', size: '200', page: String(page), ...(topic && { topic }) });
    const { content, totalElements } = await insist<Page>(access, { path: `${root}?${query.toString()}` });
    ids.push(...content.map(({ deadLetterId }) => deadLetterId));
    if (content.length === 0 || ids.length >= totalElements) return [...new Set(ids)];
  }
}

/**
 * Runs `dlt`.
 * @param args the command's words
 * @returns the exit code
 */
export async function dlt(args: string[]): Promise<number> {
  const { values, words, access, json } = readCommand(args, {
    state: { type: 'string' },
    topic: { type: 'string' },
    reason: { type: 'string' },
    all: { type: 'boolean', default: false },
  });
  const wishes = values as { state?: string; topic?: string; reason?: string; all?: boolean };
  const [act = 'list', ...named] = words;
  if (act === 'list') return list(access, wishes, json);
  const ids = wishes.all && act === 'replay' ? await openIds(access, wishes.topic) : named;
  if (ids.length === 0 && wishes.all) {
    process.stdout.write('There are none.\n');
    return 0;
  }
  if (ids.length === 0) throw new CliError(`Name the dead letters: dlt ${act} ID… (dlt list shows them).`);
  if (act === 'show') return show(access, ids, json);
  if (act === 'replay') return end(access, ids, 'replay');
  if (act !== 'discard') throw new CliError(`dlt knows list, show, replay and discard, not ${JSON.stringify(act)}.`);
  if (!wishes.reason) throw new CliError('Say why: dlt discard ID --reason "…". The reason is kept.');
  return end(access, ids, 'discard', wishes.reason);
}
