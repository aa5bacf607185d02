// hub: for its tests: all services behind a gateway in this process, each on a port of its own, with the sandbox as the world outside.
import type { ServiceName } from '@staffetta/flow/services.ts';
import { pecMailboxes } from '@staffetta/platform/config/pec-mailboxes.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import type { World } from '@staffetta/platform/service.ts';
import { Metrics } from '@staffetta/platform/telemetry/metrics.ts';
import { testWorld, type TestWorld } from '@staffetta/platform/test-world.ts';
import { startSandbox, type Sandbox } from '@staffetta/sandbox/sandbox.ts';
import { join } from 'node:path';
import { request } from 'undici';
import { loadService } from './services.ts';

/** The services behind the gateway, in the order of their start. */
const behind = ['dbmanager', 'receiver', 'sender', 'mailbox', 'scheduler'] as const satisfies readonly ServiceName[];

/** A hub in this process. */
export interface WholeHub {
  readonly world: TestWorld;
  readonly sandbox: Sandbox;
  urlOf(service: ServiceName): string;
  /** Asks the gateway. */
  ask(what: Asked): Promise<Got>;
  end(): Promise<void>;
}

/** A request to the gateway. */
export interface Asked {
  readonly method: string;
  /** With its query, as it is sent. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
}

/** Its answer. */
export interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

function environmentOf(sandbox: Sandbox, wishes: Readonly<Record<string, string>>): Record<string, string> {
  const user = encodeURIComponent(pecMailboxes.pecAddress.default);
  return {
    SMTP_URL: `smtp://127.0.0.1:${sandbox.smtpPort}`,
    IMAP_URL: `imap://${user}:sandbox@127.0.0.1:${sandbox.imapPort}`,
    GATEWAY_WAIT_FOR_SERVICES: 'false',
    ...wishes,
  };
}

async function askUrl(url: string, { method, path, headers = {}, body }: Asked): Promise<Got> {
  const answer = await request(url + path, { method: method as 'GET', headers, body: body ?? null });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: answer.headers, bytes };
}

/** What was opened so far; a start that fails half-way leaves nothing behind. */
class Closers {
  readonly #steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.#steps.unshift(step);
  }

  async close(): Promise<void> {
    for (const step of this.#steps.splice(0)) await step();
  }
}

async function openHub(wishes: Readonly<Record<string, string>>, closers: Closers): Promise<Omit<WholeHub, 'end'>> {
  const urls = new Map<ServiceName, string>();
  const urlOf = (service: ServiceName): string => urls.get(service) ?? `http://${service}.invalid`;
  const world = await testWorld({ addressOf: urlOf });
  closers.add(() => world.end());
  const ports = { smtpPort: 0, imapPort: 0, pagePort: 0 };
  const pec = { deliverImap: [], collectImap: [], sdiDelayMs: 20 };
  const sandbox = await startSandbox({ dir: join(world.dataDir, 'sandbox'), ...ports, host: '127.0.0.1', pec });
  closers.add(() => sandbox.stop());
  const environment = environmentOf(sandbox, wishes);
  for (const name of [...behind, 'gatewayserver'] as const) {
    const definition = await loadService(name);
    const own: World = { ...world, metrics: Metrics.ofService(name, { keepMs: 0, timeoutMs: 2000 }) };
    const service = await definition.start(own, readSettings(definition.settings, environment).values);
    closers.add(() => service.stop());
    urls.set(name, `http://127.0.0.1:${service.port}`);
  }
  return { world, sandbox, urlOf, ask: (asked) => askUrl(urlOf('gatewayserver'), asked) };
}

/**
 * Starts it.
 * @param wishes environment variables beside those that the sandbox asks for
 */
export async function startWholeHub(wishes: Readonly<Record<string, string>> = {}): Promise<WholeHub> {
  const closers = new Closers();
  try {
    return { ...(await openHub(wishes, closers)), end: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}
