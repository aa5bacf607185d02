// gateway: what a session is: who signed in, by what, since when, and what is kept of the identity provider's tokens.
import type { Role } from '@staffetta/platform/http/caller.ts';

/** What a person may do; the one part of a session that a renewal may lessen. */
export interface Rights {
  /** For the audit fields. */
  readonly name: string;
  readonly roles: readonly Role[];
  readonly customerId?: number;
}

/** What is kept of the identity provider's tokens. */
export interface KeptTokens {
  /** The tokens, encrypted by the session's id, which only the browser has. */
  readonly sealed: string;
  /** From when on they are renewed beside the requests, and from when on before the next request is answered. */
  readonly renewAtMs: number;
  readonly dueAtMs: number;
}

/** A session as it is stored. Instants are milliseconds since 1970 of the real clock. */
export interface Session extends Rights {
  /** The SHA-256 of the id in the cookie, base64url: it names the session everywhere and signs nobody in. */
  readonly key: string;
  /** The account at its source, `<issuer> <sub>` or another fixed text: whose session it is. */
  readonly subject: string;
  readonly how: 'oidc' | 'link';
  /** The identity provider and its own session, by which it can end ours. */
  readonly issuer?: string;
  readonly sid?: string;
  readonly openedAtMs: number;
  readonly usedAtMs: number;
  /** When it ends however busy it is. */
  readonly endsAtMs: number;
  /** What the browser said it is and where it called from at the start, so that people know their sessions apart. */
  readonly agent?: string;
  readonly address?: string;
  readonly tokens?: KeptTokens;
}
