// bench: what the gateway adds to a call, beside the call itself and beside a bare proxy, and what finding an instance costs.
import { services, type ServiceName } from '@staffetta/flow/services.ts';
import { registerWithEureka } from '@staffetta/platform/discovery/eureka-client.ts';
import { watchRegistry } from '@staffetta/platform/discovery/registry-watch.ts';
import { createLog } from '@staffetta/platform/telemetry/log.ts';
import { freePort } from '@staffetta/tools/servers/child.ts';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { burst, pace, percentile, type Target } from './load.ts';
import { cpuSeconds, forkHelper } from './processes.ts';

interface Contestant {
  readonly name: string;
  readonly target: Target;
  /** Its own process, which stands between driver and server; none for the direct call. */
  readonly pid: number | undefined;
}

interface Round {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly pacedP50Ms: number;
  readonly pacedP99Ms: number;
  readonly cpuUs: number;
}

const log = createLog('silent');
const children: ChildProcess[] = [];
const common = {
  STAFFETTA_HOST: '127.0.0.1',
  CONFIG_URL: 'off',
  LOG_LEVEL: 'error',
  DATABASE_URL: '',
  KAFKA_BROKERS: '',
};

async function freeOffset(service: ServiceName): Promise<number> {
  for (;;) {
    const offset = (await freePort()) - services[service].port;
    if (offset >= 0 && offset <= 50_000) return offset;
  }
}

async function untilAnswers(url: string): Promise<void> {
  for (const end = performance.now() + 30_000; performance.now() < end; await sleep(50)) {
    const answer = await request(url).catch(() => undefined);
    await answer?.body.dump();
    if (answer?.statusCode === 200) return;
  }
  throw new Error(`${url} did not answer within 30 s.`);
}

/** Starts a service alone; gives its address and process. */
async function startService(name: ServiceName, settings: Readonly<Record<string, string>>) {
  const offset = await freeOffset(name);
  const main = fileURLToPath(new URL(`../services/${services[name].folder}/main.ts`, import.meta.url));
  const env = { ...process.env, ...common, STAFFETTA_PORT_OFFSET: String(offset), ...settings };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 2] });
  children.push(child);
  const url = `http://127.0.0.1:${services[name].port + offset}`;
  await untilAnswers(`${url}/actuator/health/liveness`);
  return { url, pid: child.pid };
}

async function helper(file: string, words: readonly string[] = []) {
  const { child, hello } = await forkHelper(file, words);
  children.push(child);
  return { url: `http://127.0.0.1:${(hello as { http: number }).http}`, pid: child.pid };
}

const unlimited = {
  GATEWAY_WAIT_FOR_SERVICES: 'false',
  GATEWAY_RATE_LIMIT_PER_SECOND: '1000000',
  GATEWAY_RATE_LIMIT_BURST: '1000000',
};

function target(origin: string, path: string): Target {
  return { origin, path, headers: { 'x-api-key': 'aruba-secret-token' }, callback: 'http://127.0.0.1:9/none' };
}

async function contestants(server: string, registry: string): Promise<Contestant[]> {
  const [proxy, fixed, found] = [
    await helper('./raw-proxy.ts', [server]),
    await startService('gatewayserver', { ...unlimited, EUREKA_URLS: 'off', RECEIVER_URL: server }),
    await startService('gatewayserver', { ...unlimited, EUREKA_URLS: `${registry}/eureka` }),
  ];
  const path = '/receiver/api/salvaFatturaInterna';
  return [
    { name: 'direct', target: target(server, path), pid: undefined },
    { name: '@fastify/http-proxy, bare', target: target(proxy.url, path), pid: proxy.pid },
    { name: 'gateway, address given', target: target(fixed.url, path), pid: fixed.pid },
    { name: 'gateway, instance found by discovery', target: target(found.url, path), pid: found.pid },
  ];
}

async function measure(one: Contestant, count: number, paceSeconds: number): Promise<Round> {
  const cpuBefore = one.pid === undefined ? 0 : cpuSeconds(one.pid);
  const fast = await burst(one.target, count, 64);
  const cpu = one.pid === undefined ? 0 : cpuSeconds(one.pid) - cpuBefore;
  const slow = await pace(one.target, 300, paceSeconds);
  if (fast.refused + slow.refused > 0) throw new Error(`${one.name}: ${fast.refused + slow.refused} were refused.`);
  return {
    perSecond: count / fast.seconds,
    p99Ms: percentile(fast.ackMs, 99),
    pacedP50Ms: percentile(slow.ackMs, 50),
    pacedP99Ms: percentile(slow.ackMs, 99),
    cpuUs: (cpu * 1e6) / count,
  };
}

const median = (figures: readonly number[]): number => percentile(figures, 50);

function tableOf(rounds: ReadonlyMap<string, readonly Round[]>): string {
  const of = (name: string, figure: keyof Round): number => median((rounds.get(name) ?? []).map((one) => one[figure]));
  const lines = [...rounds.keys()].map((name) => {
    const rate = of(name, 'perSecond');
    const ratio = (rate / of('direct', 'perSecond')).toFixed(2);
    const [p99, p50Paced, p99Paced] = (['p99Ms', 'pacedP50Ms', 'pacedP99Ms'] as const).map((one) =>
      of(name, one).toFixed(2),
    );
    return `| ${name} | ${Math.round(rate)} (${ratio}) | ${p99} | ${p50Paced} | ${p99Paced} | ${Math.round(of(name, 'cpuUs'))} |`;
  });
  const head = '| | requests/s (of direct) | p99 ms | p50 ms at 300/s | p99 ms at 300/s | its CPU µs a request |';
  return `${head}\n| --- | --- | --- | --- | --- | --- |\n${lines.join('\n')}`;
}

/** What a lookup in the registry's copy costs, in nanoseconds, with so many instances of the service known. */
async function lookupCost(registry: string): Promise<number> {
  const watch = watchRegistry({ serverUrls: [`${registry}/eureka`], log });
  await watch.ready;
  const count = 2_000_000;
  let seen = 0;
  const startedAt = performance.now();
  for (let turn = 0; turn < count; turn++) seen += watch.instancesOf('receiver').length;
  const took = performance.now() - startedAt;
  await watch.stop();
  if (seen !== count) throw new Error(`The registry showed ${seen / count} receivers instead of one.`);
  return (took * 1e6) / count;
}

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '6000' },
    rounds: { type: 'string', default: '5' },
    pace: { type: 'string', default: '4' },
  },
});
try {
  const server = await helper('./raw-server.ts');
  const registry = await startService('eurekaserver', {});
  const port = Number(new URL(server.url).port);
  const serverUrls = [`${registry.url}/eureka`];
  const registration = registerWithEureka({ serverUrls, service: 'receiver', host: '127.0.0.1', port, log });
  await untilAnswers(`${registry.url}/eureka/apps/RECEIVER`);
  const all = await contestants(server.url, registry.url);
  for (const one of all) await burst(one.target, 2000, 64);
  const rounds = new Map<string, Round[]>(all.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const one of all) rounds.get(one.name)?.push(await measure(one, Number(values.count), Number(values.pace)));
  }
  console.log(tableOf(rounds));
  console.log(`\nA lookup in the copy of the registry: ${(await lookupCost(registry.url)).toFixed(0)} ns`);
  await registration.stop();
} finally {
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.filter((child) => child.exitCode === null).map((child) => once(child, 'exit')));
}
