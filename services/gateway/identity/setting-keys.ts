// gateway: API keys given by settings; only their SHA-256 is kept, and none of the development keys passes in production.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Caller, Role } from '@staffetta/platform/http/caller.ts';
import type { Profile } from '@staffetta/platform/service.ts';
import { hash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Identified } from './identity.ts';

/** The keys of a gateway. */
export interface ApiKeys {
  /** How many there are. */
  readonly size: number;
  /** Whether one of them, beside those of profile dev, is of role ARUBA: there is somebody then who may all. */
  readonly hasAdministrator: boolean;
  /** Whom a key stands for; undefined where nobody. Exact, case included. */
  holderOf(key: string): Identified | undefined;
}

/** The keys of profile dev (the contract's). */
const developmentKeys = ['sdi:sdi-secret-token:SDI', 'aruba:aruba-secret-token:ARUBA'];

const digestPrefix = 'sha256=';
const form = 'write name:key:SDI, name:key:ARUBA or name:key:CUSTOMER:customerId';

interface KeyRow {
  readonly digest: Buffer;
  readonly caller: Caller;
}

function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

function wrong(where: string, why: string): HubError {
  return new HubError('SETTING_WRONG', `${where}: ${why}; ${form}.`);
}

function readDigest(key: string, where: string): Buffer {
  if (!key.startsWith(digestPrefix)) return digestOf(key);
  const hex = key.slice(digestPrefix.length);
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw wrong(where, 'after sha256= come 64 hexadecimal digits');
  return Buffer.from(hex, 'hex');
}

function readCustomer(role: string | undefined, customerId: string | undefined, where: string): number | undefined {
  if (role !== 'CUSTOMER') {
    if (customerId === undefined) return undefined;
    throw wrong(where, `only a CUSTOMER key has a customer id, and its role is ${role}`);
  }
  const id = Number(customerId);
  if (!/^\d+$/.test(customerId ?? '') || !Number.isSafeInteger(id) || id < 1) {
    throw wrong(where, 'a CUSTOMER key needs the customer id, a positive whole number');
  }
  return id;
}

function readRow(text: string, where: string): KeyRow {
  const [name = '', key = '', role, customer, ...rest] = text.split(':');
  if (name === '' || key === '' || role === undefined || rest.length > 0)
    throw wrong(where, 'it has not the right parts');
  if (!/^[\x21-\x7e]+$/.test(key)) throw wrong(where, 'a key holds printable ASCII without spaces');
  if (role !== 'SDI' && role !== 'ARUBA' && role !== 'CUSTOMER') throw wrong(where, 'its role is none of ours');
  const customerId = readCustomer(role, customer, where);
  const roles: Role[] = [role];
  return { digest: readDigest(key, where), caller: { name, roles, ...(customerId !== undefined && { customerId }) } };
}

function rowsOfSetting(text: string): KeyRow[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.flatMap((part, index) => (part === '' ? [] : [readRow(part, `STAFFETTA_API_KEYS, key ${index + 1}`)]));
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HubError('SETTING_WRONG', `STAFFETTA_API_KEYS_FILE cannot be read: ${why}.`, error);
  }
}

function rowsOfFile(file: string): KeyRow[] {
  const lines = readKeyFile(file).split(/\r?\n/);
  return lines.flatMap((line, index) => {
    const text = line.replace(/(?:^|\s)#.*$/, '').trim();
    return text === '' ? [] : [readRow(text, `${file}, line ${index + 1}`)];
  });
}

function refuseUnsafe(profile: Profile, rows: readonly KeyRow[], keptElsewhere: boolean): void {
  if (profile !== 'production') return;
  if (rows.length === 0 && !keptElsewhere) {
    throw new HubError(
      'SETTING_WRONG',
      `In production the gateway needs at least one key in STAFFETTA_API_KEYS (${form}), or a database to keep keys in (DATABASE_URL).`,
    );
  }
  const known = developmentKeys.map((text) => readRow(text, 'development key').digest);
  const bad = rows.find((one) => known.some((digest) => digest.equals(one.digest)));
  if (!bad) return;
  const words = `The key of "${bad.caller.name}" is a development key, which everybody knows; production refuses it.`;
  throw new HubError('SETTING_WRONG', words);
}

function index(rows: readonly KeyRow[]): Map<string, KeyRow & Identified> {
  const byDigest = new Map<string, KeyRow & Identified>();
  for (const one of rows) {
    const hex = one.digest.toString('hex');
    const other = byDigest.get(hex);
    if (other) throw wrong('STAFFETTA_API_KEYS', `"${one.caller.name}" and "${other.caller.name}" have the same key`);
    byDigest.set(hex, { ...one, id: `key:${hex.slice(0, 16)}`, how: 'key' });
  }
  return byDigest;
}

/**
 * Reads the gateway's keys. The plain keys are forgotten once read.
 * @param profile `dev` adds `sdi-secret-token` (SDI) and `aruba-secret-token` (ARUBA); `production` refuses them and insists on a key
 * @param source the settings `apiKeys` and `apiKeysFile`
 * @param keptElsewhere whether there is a database that keeps keys, so that none is needed here
 * @throws HubError SETTING_WRONG saying which entry is wrong, never showing a key
 */
export function readApiKeys(
  profile: Profile,
  source: { readonly apiKeys: string | undefined; readonly apiKeysFile: string | undefined },
  keptElsewhere = false,
): ApiKeys {
  const given = [
    ...(source.apiKeys === undefined ? [] : rowsOfSetting(source.apiKeys)),
    ...(source.apiKeysFile === undefined ? [] : rowsOfFile(source.apiKeysFile)),
  ];
  refuseUnsafe(profile, given, keptElsewhere);
  const extra = profile === 'dev' ? developmentKeys.map((text) => readRow(text, 'development key')) : [];
  const byDigest = index([...extra, ...given]);
  const nobody = Buffer.alloc(32);
  return {
    size: byDigest.size,
    hasAdministrator: given.some(({ caller }) => caller.roles.includes('ARUBA')),
    holderOf(key) {
      // A lookup by digest tells nothing of a key: who tries cannot steer its SHA-256 towards a stored one.
      const digest = digestOf(key);
      const found = byDigest.get(digest.toString('hex'));
      return timingSafeEqual(digest, found?.digest ?? nobody) ? found : undefined;
    },
  };
}
