// platform: the configuration servers of a service: asked in their order, and only for what has changed.
import type { ServiceName } from '@staffetta/flow/services.ts';
import { isDeepStrictEqual } from 'node:util';
import { isHttpUrl, splitLogin } from '../http/url-login.ts';
import { fetchServedSettings } from './config-client.ts';

/** Flat keys with values as text. */
export type Served = Readonly<Record<string, string>>;

/** Who asks whom. */
export interface SourceOptions {
  /** Base URLs in the order in which they are asked; none: nothing is asked. */
  readonly urls: readonly string[];
  readonly service: ServiceName;
  readonly profile: string;
  readonly label: string | undefined;
}

/** Where a service's settings come from. */
export interface ConfigSource {
  /** The servers, without logins, for people. */
  readonly shown: readonly string[];
  /**
   * Asks the servers, until one answers.
   * @param timeoutMs for each
   * @returns what it serves, or undefined where that is what it was at the last time
   * @throws HubError SERVICE_AWAY where none answers
   */
  ask(timeoutMs: number): Promise<Served | undefined>;
  /** Breaks off what is being asked. */
  stop(): void;
}

interface Known {
  readonly url: string;
  readonly mark: string | undefined;
  readonly settings: Served;
}

/**
 * Opens the source of a service's settings; nothing is asked yet.
 * @param options who asks whom
 */
export function openConfigSource({ urls, ...who }: SourceOptions): ConfigSource {
  const stopping = new AbortController();
  let known: Known | undefined;
  async function askOne(url: string, timeoutMs: number): Promise<Served | undefined> {
    // A mark is of the server that gave it.
    const mark = known?.url === url ? known.mark : undefined;
    const answer = await fetchServedSettings({ ...who, url, timeoutMs, known: mark, signal: stopping.signal });
    const before = known?.settings;
    const settings = answer.settings ?? before ?? {};
    known = { url, mark: answer.mark, settings };
    return isDeepStrictEqual(settings, before) ? undefined : settings;
  }
  return {
    shown: urls.map((url) => (isHttpUrl(url) ? splitLogin(url).url : 'an address that is none')),
    async ask(timeoutMs) {
      let failure: unknown;
      for (const url of urls) {
        try {
          return await askOne(url, timeoutMs);
        } catch (error) {
          failure = error;
        }
      }
      if (failure !== undefined) throw failure;
      return undefined;
    },
    stop: () => stopping.abort(),
  };
}
