// journeys: registries and servers of settings, ours or others', asked by plain HTTP.
import { request } from 'undici';

/** An answer; `json` is undefined where its body is none. */
export interface PlainAnswer {
  readonly status: number;
  readonly text: string;
  readonly json: unknown;
}

/** Calls an address, and asks for JSON; a body goes as plain text. */
export async function ask(
  url: string,
  options: { method?: 'GET' | 'POST' | 'PUT' | 'DELETE'; body?: string; headers?: Record<string, string> } = {},
): Promise<PlainAnswer> {
  const { method = 'GET', body } = options;
  const type = body === undefined ? {} : { 'content-type': 'text/plain' };
  const headers = { accept: 'application/json', ...type, ...options.headers };
  const answer = await request(url, { method, headers, ...(body !== undefined && { body }) });
  const text = await answer.body.text();
  return { status: answer.statusCode, text, json: jsonOf(text) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An instance as a registry's JSON has it, as far as the stories look. */
export interface ShownInstance {
  readonly instanceId: string;
  readonly status: string;
  readonly leaseInfo: { readonly lastRenewalTimestamp: number; readonly durationInSecs: number };
}

/**
 * An instance as a registry shows it now.
 * @param registry its base without `/eureka`
 * @returns undefined where the registry does not know it
 */
export async function instanceAt(registry: string, app: string, id: string): Promise<ShownInstance | undefined> {
  const { status, json } = await ask(`${registry}/eureka/apps/${app.toUpperCase()}/${encodeURIComponent(id)}`);
  if (status === 404) return undefined;
  return (json as { instance: ShownInstance }).instance;
}
