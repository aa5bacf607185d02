// gateway: what the claims of an account make of it here: roles, customer, name and scopes, by the rules of the settings.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Role } from '@staffetta/platform/http/caller.ts';
import { scopes as ourScopes, type Scope } from '../../route-table.ts';
import type { Rights } from '../sessions/session.ts';

/** Claims as an identity provider sends them. */
export type Claims = Readonly<Record<string, unknown>>;

/** The settings that the rules are read from. */
export interface ClaimSettings {
  readonly oidcRolesClaims: readonly string[];
  readonly oidcRoleMap: readonly string[];
  readonly oidcCustomerClaim: string;
  readonly oidcNameClaims: readonly string[];
  readonly oidcScopesClaim: string;
  readonly oidcScopeMap: readonly string[];
}

/** The rules, read. */
export interface ClaimRules {
  readonly rolesClaims: readonly string[];
  /** Their name → ours; one of theirs may give several. */
  readonly roleMap: readonly (readonly [theirs: string, ours: Role])[];
  readonly customerClaim: string;
  readonly nameClaims: readonly string[];
  readonly scopesClaim: string;
  /** Undefined where scopes limit nothing. */
  readonly scopeMap: readonly (readonly [theirs: string, ours: Scope])[] | undefined;
}

/** What an account may do here, or the sentence that says why nothing. */
export type Mapped = { readonly rights: Rights } | { readonly why: string };

const roles: readonly string[] = ['SDI', 'ARUBA', 'CUSTOMER'] satisfies Role[];

function readMap(setting: string, rows: readonly string[], known: readonly string[], sign: string): [string, string][] {
  return rows.map((row) => {
    // A name of the provider may hold the sign (urn:…), ours ends or begins where the form says so.
    const at = sign === ':' ? row.lastIndexOf(sign) : row.indexOf(sign);
    const [theirs, ours] = [row.slice(0, Math.max(at, 0)).trim(), row.slice(at + 1).trim()];
    if (theirs !== '' && known.includes(ours)) return [theirs, ours];
    const form = `write name${sign}one of ${known.join(', ')}`;
    throw new HubError('SETTING_WRONG', `${setting}=${JSON.stringify(row)}: ${form}.`);
  });
}

/**
 * Reads the rules.
 * @param values the settings
 * @throws HubError SETTING_WRONG naming the setting and its wrong part
 */
export function readClaimRules(values: ClaimSettings): ClaimRules {
  const roleRows = readMap('OIDC_ROLE_MAP', values.oidcRoleMap, roles, ':');
  const scopeRows = readMap('OIDC_SCOPE_MAP', values.oidcScopeMap, ourScopes, '=');
  return {
    rolesClaims: values.oidcRolesClaims,
    roleMap: roleRows as [string, Role][],
    customerClaim: values.oidcCustomerClaim,
    nameClaims: values.oidcNameClaims,
    scopesClaim: values.oidcScopesClaim,
    scopeMap: scopeRows.length === 0 ? undefined : (scopeRows as [string, Scope][]),
  };
}

/** Only what an object holds itself: a claim named `constructor` is none. */
function own(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name)
    ? (holder as Claims)[name]
    : undefined;
}

/**
 * Reads a claim.
 * @param claims of one token or answer
 * @param path its name, or the way to it with dots; a name that holds dots itself (a URL) counts first
 */
function claimOf(claims: Claims, path: string): unknown {
  return own(claims, path) ?? path.split('.').reduce<unknown>(own, claims);
}

function wordsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/).filter((word) => word !== '');
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function given<T>(theirs: readonly string[], map: readonly (readonly [string, T])[]): T[] {
  return [...new Set(map.flatMap(([name, ours]) => (theirs.includes(name) ? [ours] : [])))];
}

function rolesOf(claims: Claims, rules: ClaimRules): Role[] {
  const theirs = rules.rolesClaims.flatMap((path) => wordsOf(claimOf(claims, path)));
  return given(theirs, rules.roleMap);
}

function customerOf(claims: Claims, rules: ClaimRules): number | undefined {
  const value = claimOf(claims, rules.customerClaim);
  // Providers send attributes as texts, or as lists of one.
  const [one, ...more] = Array.isArray(value) ? (value as unknown[]) : [value];
  const text = typeof one === 'number' || typeof one === 'string' ? String(one) : '';
  const id = Number(text);
  return more.length === 0 && /^[1-9]\d*$/.test(text) && Number.isSafeInteger(id) ? id : undefined;
}

function nameOf(claims: Claims, rules: ClaimRules): string | undefined {
  const texts = rules.nameClaims.map((path) => claimOf(claims, path)).filter((one) => typeof one === 'string');
  // It goes into audit fields and headers of the platform: no control characters, no end of line.
  return texts.map((text) => text.replaceAll(/\p{C}/gu, '').trim().slice(0, 200)).find((text) => text !== '');
}

function firstWith<T>(sources: readonly Claims[], read: (claims: Claims) => T | undefined): T | undefined {
  for (const claims of sources) {
    const value = read(claims);
    if (value !== undefined) return value;
  }
  return undefined;
}

/**
 * Says whether any of an account's claims gives a role, so that others need not be asked for.
 * @param sources claims in the order in which they are believed
 * @param rules how to read them
 */
export function namesRole(sources: readonly Claims[], rules: ClaimRules): boolean {
  return sources.some((claims) => rolesOf(claims, rules).length > 0);
}

/**
 * Says what an account may do here. Who has no role of the map has no access, and a CUSTOMER without a customer none as such.
 * @param sources claims in the order in which they are believed; the first that has something to say of a thing decides it
 * @param rules how to read them
 */
export function mapClaims(sources: readonly Claims[], rules: ClaimRules): Mapped {
  const found = firstWith(sources, (claims) => {
    const some = rolesOf(claims, rules);
    return some.length > 0 ? some : undefined;
  });
  if (!found) return { why: 'This account has no role that counts here.' };
  const name = firstWith(sources, (claims) => nameOf(claims, rules));
  if (name === undefined) return { why: 'This account has no name that could stand in the books.' };
  if (!found.includes('CUSTOMER')) return { rights: { name, roles: found } };
  const customerId = firstWith(sources, (claims) => customerOf(claims, rules));
  if (customerId !== undefined) return { rights: { name, roles: found, customerId } };
  const others = found.filter((role) => role !== 'CUSTOMER');
  if (others.length > 0) return { rights: { name, roles: others } };
  return { why: `This account is a customer's, and its claim "${rules.customerClaim}" names no customer.` };
}

/**
 * Says what a token may be used for.
 * @param claims the token's
 * @param rules how to read them
 * @returns undefined where scopes limit nothing
 */
export function scopesOf(claims: Claims, { scopesClaim, scopeMap }: ClaimRules): readonly Scope[] | undefined {
  if (!scopeMap) return undefined;
  return given(wordsOf(claimOf(claims, scopesClaim)), scopeMap);
}
