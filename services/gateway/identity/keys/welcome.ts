// gateway: the one-time link: made where there is no administrator, or by somebody on the machine; used once, for a key that may all.
import type { Store } from '@staffetta/platform/store/store.ts';
import { createHash, randomBytes } from 'node:crypto';
import {
  closeLinks,
  findOpenLink,
  insertLink,
  lockLinks,
  removeEndedLinks,
  wasLinkUsed,
  type LinkKind,
} from './admin-links.ts';
import { noteAct } from './audit.ts';
import { addKey, type MadeKey } from './key-acts.ts';
import { hasAdministratorKey } from './kept-keys.ts';
import type { KeptKeys } from './open-kept-keys.ts';

/** Who is called the administrator in audits, and whose key the link makes. */
export const administrator = 'administrator';

/** A link that was just made; its code is kept nowhere. */
export interface MadeLink {
  /** 256 bits, base64url. */
  readonly code: string;
  readonly expiresAt: Date;
}

/** How a link is made. */
export interface LinkWish {
  readonly kind: LinkKind;
  readonly by: string;
  readonly now: Date;
  readonly validMs: number;
}

/** The code is all chance, so that a plain digest is enough to keep it by. */
function digestOf(code: string): Buffer {
  return createHash('sha256').update(code).digest();
}

/**
 * Makes a link. One of the kind `first` is made only where no link was used yet and no administrator's key counts.
 * @param store with the gateway's tables
 * @returns undefined where none is needed
 */
export function makeLink(store: Store, { kind, by, now, validMs }: LinkWish): Promise<MadeLink | undefined> {
  return store.transaction(async (tx) => {
    await lockLinks(tx);
    await removeEndedLinks(tx, now);
    if (kind === 'first' && ((await wasLinkUsed(tx)) || (await hasAdministratorKey(tx, now)))) return undefined;
    const code = randomBytes(32).toString('base64url');
    const expiresAt = new Date(now.getTime() + validMs);
    await insertLink(tx, { digest: digestOf(code), kind, madeAt: now, madeBy: by, expiresAt });
    await noteAct(tx, { at: now, by, action: 'adminLink.make', subject: administrator, details: { kind, expiresAt } });
    return { code, expiresAt };
  });
}

/**
 * Uses a link: makes the administrator's key.
 * @param keys the kept keys
 * @param code as it was written in the link
 * @returns undefined where the code is wrong, used, over, or void because there is an administrator by now
 * @throws HubError KEYS_AWAY
 */
export async function useLink(keys: KeptKeys, code: string): Promise<MadeKey | undefined> {
  const digest = digestOf(code);
  const made = await keys.store().transaction(async (tx) => {
    await lockLinks(tx);
    const now = keys.now();
    const link = await findOpenLink(tx, digest, now);
    if (!link || (link.kind === 'first' && (await hasAdministratorKey(tx, now)))) return undefined;
    const terms = { name: administrator, role: 'ARUBA', customerId: null, scopes: null, networks: null } as const;
    const act = { by: link.madeBy, reason: 'one-time link' };
    const key = await addKey(keys, tx, { ...terms, rateRule: null, expiresAt: null }, act);
    await closeLinks(tx, digest, now, key.kept.keyId);
    return key;
  });
  if (made) await keys.refresh(made.kept.keyId);
  return made;
}

/**
 * Writes the link. The code stands behind `#`, which browsers never send: no log and no proxy sees it.
 * @param base the gateway's address, without a slash at its end
 */
export function linkOf(base: string, code: string): string {
  return `${base}/welcome#${code}`;
}
