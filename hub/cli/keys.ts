// hub: `keys`: the API keys that the gateway keeps: list, create, show, rotate, revoke, delete.
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { CliError } from './cli-error.ts';
import { insist } from './gateway-client.ts';
import { newKeyBody, rotationBody, type KeyWishes } from './key-wishes.ts';
import { langOf, readCommand, type Access } from './options.ts';
import { keyLines, oneKeyLines, type ToldKey } from './tell-key.ts';

interface Call {
  readonly access: Access;
  readonly json: boolean;
  readonly lang: Lang;
}

const usage = {
  verb: (verb: string) => ({
    it: `keys conosce list, create, show, rotate, revoke e delete, non ${JSON.stringify(verb)}.`,
    en: `keys knows list, create, show, rotate, revoke and delete, not ${JSON.stringify(verb)}.`,
  }),
  id: (verb: string) => ({
    it: `Indicare una chiave: keys ${verb} ID (keys list le elenca; l’ID non è la chiave).`,
    en: `Name a key: keys ${verb} ID (keys list lists them; the ID is not the key).`,
  }),
  reason: {
    it: 'Dire il motivo: keys revoke ID --reason "…". Viene conservato.',
    en: 'Say why: keys revoke ID --reason "…". It is kept.',
  },
} as const;

const options = {
  name: { type: 'string' },
  role: { type: 'string' },
  customer: { type: 'string' },
  scopes: { type: 'string' },
  networks: { type: 'string' },
  days: { type: 'string' },
  until: { type: 'string' },
  limit: { type: 'string' },
  overlap: { type: 'string' },
  reason: { type: 'string' },
  all: { type: 'boolean', default: false },
  lang: { type: 'string' },
} as const;

const root = '/gateway/api/keys';
const pageSize = 200;

function print(lines: readonly string[], value: unknown, { json }: Call): number {
  process.stdout.write(`${json ? JSON.stringify(value, null, 2) : lines.join('\n')}\n`);
  return 0;
}

function post(call: Call, path: string, body: object): Promise<ToldKey> {
  const headers = { 'content-type': 'application/json' };
  return insist<ToldKey>(call.access, { method: 'POST', path, headers, body: JSON.stringify(body) });
}

async function list(call: Call, { all, customer }: KeyWishes): Promise<number> {
  const keys: ToldKey[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ state: all ? 'all' : 'active', size: String(pageSize) });
    if (customer !== undefined) query.set('customerId', customer);
    if (cursor !== undefined) query.set('cursor', cursor);
    const page: { keys: ToldKey[]; next?: string } = await insist(call.access, { path: `${root}?${query.toString()}` });
    keys.push(...page.keys);
    cursor = page.next;
  } while (cursor !== undefined);
  return print(keyLines(keys, call.lang), keys, call);
}

async function act(call: Call, verb: string, id: string, wishes: KeyWishes): Promise<number> {
  const path = `${root}/${encodeURIComponent(id)}`;
  if (verb === 'delete') {
    const reason = wishes.reason === undefined ? '' : `?${new URLSearchParams({ reason: wishes.reason }).toString()}`;
    const done = await insist<{ statusMsg: string }>(call.access, { method: 'DELETE', path: `${path}${reason}` });
    return print([done.statusMsg], done, call);
  }
  const key = await (verb === 'show'
    ? insist<ToldKey>(call.access, { path })
    : verb === 'rotate'
      ? post(call, `${path}/rotate`, rotationBody(wishes, new Date(), call.lang))
      : post(call, `${path}/revoke`, { reason: wishes.reason }));
  return print(oneKeyLines(key, call.lang), key, call);
}

/** Who gives the key itself means its id: the key never goes into an address, where logs would keep it. */
function idOf(named: string): string {
  return /^stf_(?:live|test)_([0-9A-Za-z]{12})_/.exec(named)?.[1] ?? named;
}

/**
 * Runs `keys`.
 * @param args the command's words: nothing or `list`, `create`, or `show`, `rotate`, `revoke`, `delete` with an id
 * @returns the exit code
 * @throws CliError for words that make no sense, and with the hub's own sentence
 */
export async function keys(args: string[]): Promise<number> {
  const { values, words, access, json } = readCommand(args, options);
  const wishes = values as KeyWishes & { readonly lang?: string };
  const call: Call = { access, json, lang: langOf(wishes.lang) };
  const [verb = 'list', named, ...more] = words;
  const id = named && idOf(named);
  if (verb === 'list' && id === undefined) return list(call, wishes);
  if (verb === 'create' && id === undefined) {
    const made = await post(call, root, newKeyBody(wishes, new Date(), call.lang));
    return print(oneKeyLines(made, call.lang), made, call);
  }
  if (!['show', 'rotate', 'revoke', 'delete'].includes(verb)) throw new CliError(usage.verb(verb), call.lang);
  if (id === undefined || more.length > 0) throw new CliError(usage.id(verb), call.lang);
  if (verb === 'revoke' && !wishes.reason?.trim()) throw new CliError(usage.reason, call.lang);
  return act(call, verb, id, wishes);
}
