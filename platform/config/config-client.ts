// platform: asks a configuration server (Spring Cloud Config's HTTP) for a service's settings.
import { HubError } from '@staffetta/flow/errors.ts';
import { request } from 'undici';
import { isHttpUrl, splitLogin } from '../http/url-login.ts';
import { mergeSources, type FlatValue } from './flat-values.ts';

/** What is asked, and of whom. */
export interface ServedSettingsOptions {
  /** The server's base URL, for example `http://host:8888`; a login may stand in it. */
  readonly url: string;
  readonly service: string;
  /** One profile, or several parted by commas; the last wins. */
  readonly profile: string;
  /** A branch, tag or commit; absent: as the server has it by default. */
  readonly label?: string | undefined;
  /** For the whole call. */
  readonly timeoutMs: number;
  /** The mark (ETag) of the answer that is known already. */
  readonly known?: string | undefined;
  /** Breaks the call off. */
  readonly signal?: AbortSignal | undefined;
}

/** What a server answered. */
export interface ServedSettings {
  /** Flat keys with values as text; undefined where nothing has changed since the answer that is known. */
  readonly settings: Readonly<Record<string, string>> | undefined;
  /** The mark of this answer; undefined from a server that gives none (Spring's). */
  readonly mark: string | undefined;
}

function valueOf(given: unknown): FlatValue | undefined {
  // Spring's second form wraps each value with its origin.
  const value = typeof given === 'object' && given !== null && 'value' in given ? given.value : given;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

function sourceOf(given: unknown): Map<string, FlatValue> {
  const source = typeof given === 'object' && given !== null && 'source' in given ? given.source : undefined;
  const values = new Map<string, FlatValue>();
  for (const [key, wrapped] of Object.entries(source ?? {})) {
    const value = valueOf(wrapped);
    if (value !== undefined) values.set(key, value);
  }
  return values;
}

function sourcesOf(text: string): Map<string, FlatValue>[] {
  const answer: unknown = JSON.parse(text);
  const sources =
    typeof answer === 'object' && answer !== null && 'propertySources' in answer && answer.propertySources;
  if (!Array.isArray(sources)) throw new Error('its answer has no list of propertySources');
  return sources.map((source) => sourceOf(source));
}

/** Lists arrive as `name[0]`, `name[1]`; our settings read them as one text with commas. */
function withLists(merged: ReadonlyMap<string, FlatValue>): Record<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of merged) texts.set(key, String(value));
  for (const key of merged.keys()) {
    if (!key.endsWith('[0]')) continue;
    const list = key.slice(0, -3);
    const items: string[] = [];
    for (let item = texts.get(key); item !== undefined; item = texts.get(`${list}[${items.length}]`)) items.push(item);
    texts.set(list, items.join(','));
  }
  return Object.fromEntries(texts);
}

async function ask(url: string, options: ServedSettingsOptions, login: Readonly<Record<string, string>>) {
  const { timeoutMs, known, signal } = options;
  const late = AbortSignal.timeout(timeoutMs);
  const answer = await request(url, {
    headers: { ...login, accept: 'application/json', ...(known !== undefined && { 'if-none-match': known }) },
    signal: signal ? AbortSignal.any([late, signal]) : late,
  });
  const text = await answer.body.text();
  const mark = answer.headers['etag'];
  const seen = { status: answer.statusCode, text, mark: typeof mark === 'string' ? mark : undefined };
  if (seen.status === 200 || (seen.status === 304 && known !== undefined)) return seen;
  throw new Error(`it answers ${seen.status}: ${text.slice(0, 500)}`);
}

/** The address in an error's words; never the login that may stand in it. */
function shown(url: string): string {
  return isHttpUrl(url) ? splitLogin(url).url : 'that CONFIG_URL names';
}

/**
 * Gets a service's settings, the most specific value of each key.
 * @param options the server, the service and its profile, and the time it may take in milliseconds
 * @returns the settings, where they are not those that are known already; a list is there both item by item and as one text with commas
 * @throws HubError SERVICE_AWAY where the server does not answer in time, or not in the form that is expected
 */
export async function fetchServedSettings(options: ServedSettingsOptions): Promise<ServedSettings> {
  // The server reads "(_)" as a slash, which a path cannot hold.
  const parts = [options.service, options.profile, ...(options.label ? [options.label.replaceAll('/', '(_)')] : [])];
  const path = parts.map((part) => `/${encodeURIComponent(part)}`).join('');
  try {
    const { url, headers } = splitLogin(options.url);
    const { status, text, mark } = await ask(`${url}${path}`, options, headers);
    if (status === 304) return { settings: undefined, mark: options.known };
    return { settings: withLists(mergeSources(sourcesOf(text))), mark };
  } catch (error) {
    const why = error instanceof Error && error.message !== '' ? error.message : String(error);
    const words = `The configuration server ${shown(options.url)} gives no settings for ${options.service}: ${why}.`;
    throw new HubError('SERVICE_AWAY', words, error);
  }
}
