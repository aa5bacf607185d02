// hub: an API key as the hub keeps it, told to people: who may what, until when, and when it was used.
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';

/** A key as the gateway shows it. */
export interface ToldKey {
  readonly keyId: string;
  readonly name: string;
  readonly role: string;
  readonly customerId?: number;
  readonly state: 'active' | 'expired' | 'revoked';
  readonly scopes?: readonly string[];
  readonly networks?: readonly string[];
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number };
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt?: string;
  readonly successorId?: string;
  readonly revokedAt?: string;
  readonly lastUsedAt?: string;
  readonly lastUsedFrom?: string;
  readonly history?: readonly {
    readonly at: string;
    readonly by: string;
    readonly action: string;
    readonly reason?: string;
  }[];
  /** In the answer of a rotation: the old key, and until when it still counts. */
  readonly replaces?: { readonly keyId: string; readonly expiresAt: string };
  /** The key itself, in the answer that makes it. */
  readonly key?: string;
}

const labels = {
  it: {
    none: 'Nessuna chiave.',
    states: { active: 'valida', expired: 'scaduta', revoked: 'revocata' },
    customer: 'cliente',
    all: 'tutto ciò che il ruolo permette',
    may: 'può',
    from: 'da',
    limit: 'limite',
    second: 'al secondo, a raffica',
    made: 'creata',
    by: 'da',
    ends: 'scade',
    used: 'usata l’ultima volta',
    never: 'mai usata',
    follows: 'la sostituisce',
    replaces: 'sostituisce',
    until: 'che vale fino al',
    acts: {
      'key.create': 'creata',
      'key.rotate': 'sostituita',
      'key.revoke': 'revocata',
      'key.delete': 'eliminata',
    } as Readonly<Record<string, string>>,
    once: 'La chiave, mostrata solo questa volta:',
  },
  en: {
    none: 'There are no keys.',
    states: { active: 'valid', expired: 'expired', revoked: 'revoked' },
    customer: 'customer',
    all: 'all that its role may',
    may: 'may',
    from: 'from',
    limit: 'limit',
    second: 'a second, at once',
    made: 'made',
    by: 'by',
    ends: 'ends',
    used: 'last used',
    never: 'never used',
    follows: 'followed by',
    replaces: 'replaces',
    until: 'which counts until',
    acts: {
      'key.create': 'made',
      'key.rotate': 'rotated',
      'key.revoke': 'revoked',
      'key.delete': 'deleted',
    } as Readonly<Record<string, string>>,
    once: 'The key, shown this once:',
  },
} as const;

function time(instant: string): string {
  return toRomeWallTime(new Date(instant)).slice(0, 16).replace('T', ' ');
}

function whoLine({ keyId, name, role, customerId, state }: ToldKey, lang: Lang): string {
  const { states, customer } = labels[lang];
  const whose = customerId === undefined ? '' : ` (${customer} ${customerId})`;
  return plainText(`${keyId}  ${states[state].padEnd(8)}  ${role}${whose}  ${name}`);
}

function useLine({ lastUsedAt, lastUsedFrom, expiresAt }: ToldKey, lang: Lang): string {
  const { used, never, from, ends } = labels[lang];
  const last = lastUsedAt === undefined ? never : `${used} ${time(lastUsedAt)} ${from} ${lastUsedFrom ?? '?'}`;
  return plainText(`    ${last}${expiresAt === undefined ? '' : `; ${ends} ${time(expiresAt)}`}`);
}

/**
 * Tells a list of keys.
 * @param lang in which language
 */
export function keyLines(keys: readonly ToldKey[], lang: Lang): string[] {
  if (keys.length === 0) return [labels[lang].none];
  return keys.flatMap((key) => [whoLine(key, lang), useLine(key, lang)]);
}

function rightsLines({ scopes, networks, rateLimit }: ToldKey, lang: Lang): string[] {
  const { may, all, from, limit, second } = labels[lang];
  return [
    `    ${may}: ${scopes?.join(', ') ?? all}`,
    ...(networks ? [`    ${from}: ${networks.join(', ')}`] : []),
    ...(rateLimit ? [`    ${limit}: ${rateLimit.perSecond} ${second} ${rateLimit.burst}`] : []),
  ];
}

function historyLines({ history = [] }: ToldKey, lang: Lang): string[] {
  const { acts, by } = labels[lang];
  return history.map((act) => {
    const why = act.reason === undefined ? '' : `: ${act.reason}`;
    return plainText(`    ${time(act.at)}  ${acts[act.action] ?? act.action} ${by} ${act.by}${why}`);
  });
}

/**
 * Tells one key with all that is known of it; the key itself where it was just made.
 * @param lang in which language
 */
export function oneKeyLines(key: ToldKey, lang: Lang): string[] {
  const { made, by, follows, replaces, until, once } = labels[lang];
  return [
    whoLine(key, lang),
    ...rightsLines(key, lang).map((line) => plainText(line)),
    plainText(`    ${made} ${time(key.createdAt)} ${by} ${key.createdBy}`),
    useLine(key, lang),
    ...(key.successorId === undefined ? [] : [`    ${follows} ${key.successorId}`]),
    ...(key.replaces
      ? [plainText(`    ${replaces} ${key.replaces.keyId}, ${until} ${time(key.replaces.expiresAt)}`)]
      : []),
    ...historyLines(key, lang),
    ...(key.key === undefined ? [] : [once, key.key]),
  ];
}
