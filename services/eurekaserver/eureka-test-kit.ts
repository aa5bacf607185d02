// eurekaserver: what its tests start and send.
import { turnableClock } from '@staffetta/platform/clock.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import type { World } from '@staffetta/platform/service.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import type { TestContext } from 'node:test';
import { settings } from './config.ts';
import { eurekaserver } from './eurekaserver.ts';

/** Logs that nobody reads. */
export const silent = createLog('silent');

/** An HTTP call of a test; `json` is undefined where the answer is no JSON. */
export async function request(url: string, options: RequestInit = {}) {
  const answer = await fetch(url, options);
  const text = await answer.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: answer.status, headers: Object.fromEntries(answer.headers), text, json };
}

/** What `/apps` answers, as far as tests look. */
export interface Listed {
  readonly applications: {
    readonly versions__delta: string;
    readonly apps__hashcode: string;
    readonly application: { readonly name: string; readonly instance: Record<string, unknown>[] }[];
  };
}

/** A server, its clock, and calls to it. */
export type TestServer = Awaited<ReturnType<typeof startServer>>;

/**
 * Starts a server on a port of its own.
 * @param environment settings by their environment names
 * @param port 0 for any
 */
export async function startServer(environment: Record<string, string> = {}, port = 0) {
  const clock = turnableClock();
  const rest = { profile: 'dev', callerSecret: '', dataDir: '.', addressOf: () => '', version: '0.0.0' };
  const world = { ...rest, clock, log: silent, host: '127.0.0.1', port } as unknown as World;
  const running = await eurekaserver.start(world, readSettings(settings, environment).values);
  const url = `http://127.0.0.1:${running.port}`;
  const ask = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, headers = {}) =>
    request(url + path, {
      method,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    ...running,
    clock,
    url,
    ask,
    get: async <T>(path: string) => (await ask('GET', path)).json as T,
    hashcode: async () => ((await ask('GET', '/eureka/apps')).json as Listed).applications.apps__hashcode,
  };
}

/** Starts a server that ends with the test. */
export async function serve(t: TestContext, environment: Record<string, string> = {}): Promise<TestServer> {
  const server = await startServer(environment);
  t.after(() => server.stop());
  return server;
}

/** An instance as Spring's client sends it. */
export const demo = {
  instanceId: 'host:demo:8080',
  hostName: 'host',
  app: 'DEMO',
  ipAddr: '10.0.0.1',
  status: 'UP',
  overriddenStatus: 'UNKNOWN',
  port: { $: 8080, '@enabled': 'true' },
  securePort: { $: 443, '@enabled': 'false' },
  countryId: 1,
  dataCenterInfo: { '@class': 'com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo', name: 'MyOwn' },
  leaseInfo: {
    renewalIntervalInSecs: 30,
    durationInSecs: 90,
    registrationTimestamp: 0,
    lastRenewalTimestamp: 0,
    evictionTimestamp: 0,
    serviceUpTimestamp: 0,
  },
  metadata: { 'management.port': '8080' },
  homePageUrl: 'http://host:8080/',
  statusPageUrl: 'http://host:8080/actuator/info',
  healthCheckUrl: 'http://host:8080/actuator/health',
  vipAddress: 'demo',
  secureVipAddress: 'demo',
  isCoordinatingDiscoveryServer: 'false',
  lastUpdatedTimestamp: '1700000000000',
  lastDirtyTimestamp: '1700000000000',
};

/** Waits until something holds. */
export async function until(words: string, check: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`it never came true: ${words}`);
}
