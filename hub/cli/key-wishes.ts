// hub: reads what the words of `keys create` and `keys rotate` want of a key.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { CliError } from './cli-error.ts';

/** The options, as they were written. */
export interface KeyWishes {
  readonly name?: string;
  readonly role?: string;
  readonly customer?: string;
  readonly scopes?: string;
  readonly networks?: string;
  readonly days?: string;
  readonly until?: string;
  readonly limit?: string;
  readonly overlap?: string;
  readonly reason?: string;
  readonly all?: boolean;
}

const complaints = {
  name: {
    it: 'Dare un nome alla chiave, per riconoscerla: keys create --name "gestionale Rossi" --role ARUBA|SDI|CUSTOMER.',
    en: 'Name the key, to know it again: keys create --name "Rossi ERP" --role ARUBA|SDI|CUSTOMER.',
  },
  days: { it: '--days vuole un numero di giorni: --days 365.', en: '--days takes a number of days: --days 365.' },
  both: { it: 'Indicare --days oppure --until, non entrambi.', en: 'Give --days or --until, not both.' },
  customer: {
    it: '--customer vuole il numero del cliente.',
    en: "--customer takes the customer's number.",
  },
  limit: {
    it: '--limit vuole richieste al secondo e a raffica: --limit 50/200.',
    en: '--limit takes requests a second and at once: --limit 50/200.',
  },
  overlap: {
    it: '--overlap dice per quanto la vecchia chiave vale ancora: 24h, 7d, 0s.',
    en: '--overlap says how long the old key goes on: 24h, 7d, 0s.',
  },
} as const satisfies Record<string, Sentence>;

function list(text: string | undefined): string[] | undefined {
  const words = text?.split(',').map((word) => word.trim());
  return words?.filter((word) => word !== '');
}

function endOf({ days, until }: KeyWishes, now: Date, lang: Lang): string | undefined {
  if (days !== undefined && until !== undefined) throw new CliError(complaints.both, lang);
  if (days === undefined) return until;
  const count = Number(days);
  if (!/^\d{1,5}$/.test(days) || count < 1) throw new CliError(complaints.days, lang);
  return new Date(now.getTime() + count * 86_400_000).toISOString();
}

function limitOf(text: string | undefined, lang: Lang): object | undefined {
  if (text === undefined) return undefined;
  const [, perSecond, burst] = /^(\d+(?:\.\d+)?)\/(\d+)$/.exec(text) ?? [];
  if (burst === undefined) throw new CliError(complaints.limit, lang);
  return { perSecond: Number(perSecond), burst: Number(burst) };
}

/**
 * Makes the body of a new key; what the hub must judge (roles, scopes, networks) goes through as it was written.
 * @throws CliError
 */
export function newKeyBody(wishes: KeyWishes, now: Date, lang: Lang): Readonly<Record<string, unknown>> {
  const { name, role, customer, scopes, networks, limit, reason } = wishes;
  if (!name?.trim() || !role) throw new CliError(complaints.name, lang);
  if (customer !== undefined && !/^\d{1,15}$/.test(customer)) throw new CliError(complaints.customer, lang);
  return {
    name,
    role: role.toUpperCase(),
    customerId: customer === undefined ? undefined : Number(customer),
    scopes: list(scopes),
    networks: list(networks),
    rateLimit: limitOf(limit, lang),
    expiresAt: endOf(wishes, now, lang),
    reason,
  };
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Makes the body of a rotation. @throws CliError */
export function rotationBody(wishes: KeyWishes, now: Date, lang: Lang): Readonly<Record<string, unknown>> {
  const [, count, unit = ''] = /^(\d{1,8})([smhd])$/.exec(wishes.overlap ?? '0s') ?? [];
  if (count === undefined) throw new CliError(complaints.overlap, lang);
  const overlapSeconds = wishes.overlap === undefined ? undefined : Number(count) * (secondsOf[unit] ?? 1);
  return { overlapSeconds, expiresAt: endOf(wishes, now, lang), reason: wishes.reason };
}
