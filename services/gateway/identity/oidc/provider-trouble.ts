// gateway: what went wrong between us and an identity provider, in one of three words and without its secrets.
import { HubError } from '@staffetta/flow/errors.ts';
import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';

/** `refused`: it said no; `away`: it did not answer or is in trouble itself; `odd`: what came back is not what was asked for. */
export interface ProviderTrouble {
  readonly kind: 'refused' | 'away' | 'odd';
  /** The protocol's own word for it, for people and logs: `access_denied`, `invalid_grant`, `OAUTH_TIMEOUT`. */
  readonly word: string;
}

/** Words of the provider come by the browser's address: only what the protocols' own words look like is repeated. */
function safeWord(word: string | undefined): string {
  return word !== undefined && /^[A-Za-z_]{1,60}$/.test(word) ? word : 'unknown';
}

/**
 * Says what an error of `openid-client` means.
 * @param error what was thrown
 */
export function troubleOf(error: unknown): ProviderTrouble {
  if (error instanceof AuthorizationResponseError) return { kind: 'refused', word: safeWord(error.error) };
  if (error instanceof ResponseBodyError) {
    // Only a grant that is over is the person's affair; a wrong client secret is ours, and passes.
    const kind = error.error === 'invalid_grant' ? 'refused' : 'away';
    return { kind, word: safeWord(error.error) };
  }
  if (error instanceof HubError) return { kind: 'away', word: error.code };
  if (error instanceof ClientError) {
    const isSilent = error.code === 'OAUTH_TIMEOUT' || error.code === 'OAUTH_ABORT' || isServerFault(error);
    return { kind: isSilent ? 'away' : 'odd', word: safeWord(error.code) };
  }
  // `fetch` throws a TypeError where there is no connection.
  return { kind: 'away', word: 'NO_ANSWER' };
}

function isServerFault({ cause }: ClientError): boolean {
  return cause instanceof Response && cause.status >= 500;
}
