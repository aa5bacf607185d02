// platform: hears from a discovery server of ours when something changed; any other server has no such stream.
import { request } from 'undici';
import { splitLogin } from '../http/url-login.ts';

/** A silent stream is broken: our server breathes each 15 s. */
const silenceMsMax = 45_000;

async function hear(serverUrl: string, onChange: () => void, stopped: AbortSignal): Promise<boolean> {
  const { url, headers } = splitLogin(serverUrl);
  const {
    statusCode,
    headers: given,
    body,
  } = await request(`${url}/events`, {
    headers: { ...headers, accept: 'text/event-stream' },
    signal: stopped,
    bodyTimeout: silenceMsMax,
  });
  const isStream = statusCode === 200 && String(given['content-type']).startsWith('text/event-stream');
  if (!isStream) {
    await body.dump();
    // Full or stopping: it has a stream, if not for us now.
    return statusCode >= 500 || statusCode === 429;
  }
  for await (const part of body) if (String(part).includes('data:')) onChange();
  return true;
}

/**
 * Follows a server's stream of changes until it ends.
 * @param serverUrl its base, as for every call
 * @param onChange called when something changed, and once at the beginning; what changed is to be asked
 * @param stopped ends it
 * @returns false where the server has no such stream; never rejects
 */
export async function followChanges(serverUrl: string, onChange: () => void, stopped: AbortSignal): Promise<boolean> {
  try {
    return await hear(serverUrl, onChange, stopped);
  } catch {
    return true;
  }
}
