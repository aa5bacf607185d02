// journeys: settings that change in a repository count in every process at once, without a restart; and whatever is wrong changes nothing.
import { callerHeader, signCaller } from '@staffetta/platform/http/caller.ts';
import type { ServiceName } from '@staffetta/flow/services.ts';
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Estate } from './harness/estate.ts';
import { expectAccepted, untilStatus } from './harness/outcomes.ts';
import { splitOnPostgresSetUp, splitSetUp, tellOn } from './harness/set-ups.ts';
import { makeSettingsRepository } from './harness/settings-repository.ts';
import { until } from './harness/wait.ts';

interface Property {
  readonly value: string | null;
  readonly from: string;
  readonly waitsForRestart?: string | null;
}

interface Environment {
  readonly propertySources: readonly { name: string; properties: Record<string, Property> }[];
  readonly refresh: Readonly<Record<'problem' | 'changedAt' | 'keptAt', string | null>>;
}

interface Health {
  readonly components: Readonly<Record<string, { readonly status: string; readonly details?: { error: string } }>>;
}

const repository = await makeSettingsRepository();
after(() => repository.stop());

const settings = {
  CONFIG_BACKEND: `file://${repository.folder}`,
  // Nobody finds a change by himself: the push hook and the bus alone tell. The gateway has no bus, so its file lets it look often.
  CONFIG_WATCH: '0',
  STAFFETTA_CONFIG_POLL: '',
  STAFFETTA_CALLER_SECRET: 'the-estate-knows-itself',
  LOG_LEVEL: '',
};
const base = {
  'application.yml': 'STAFFETTA_CONFIG_POLL: 1h\n',
  'gatewayserver.yml': 'STAFFETTA_CONFIG_POLL: 200ms\n',
};
const noSender = { 'sender.yml': 'unknown: 1\n' };

async function ask(estate: Estate, service: ServiceName, path: string, init: RequestInit = {}): Promise<Response> {
  const caller = signCaller(settings.STAFFETTA_CALLER_SECRET, { name: 'journey', roles: ['ARUBA'] }, new Date());
  const headers = { [callerHeader]: caller, ...init.headers };
  return fetch(`${estate.client.addressOf(service)}${path}`, { ...init, headers });
}

async function push(estate: Estate, files: Readonly<Record<string, string>>): Promise<void> {
  await repository.commit('main', files);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ path: Object.keys(files) });
  const answer = await ask(estate, 'configserver', '/monitor', { method: 'POST', headers, body });
  assert.equal(answer.status, 200);
}

async function environmentOf(estate: Estate, service: ServiceName) {
  const answer = await ask(estate, service, '/actuator/env');
  assert.equal(answer.status, 200, await answer.clone().text());
  const { propertySources, refresh } = (await answer.json()) as Environment;
  const all = propertySources.flatMap(({ name, properties }) =>
    Object.entries(properties).map(([env, property]) => [env, { ...property, from: name }] as const),
  );
  return { values: new Map<string, Property>(all), refresh };
}

async function untilValue(estate: Estate, service: ServiceName, env: string, value: string): Promise<void> {
  const look = async () => (await environmentOf(estate, service)).values.get(env);
  await until(`${env} is ${value} at the ${service}`, look, (seen) => seen?.value === value);
}

async function healthPart(estate: Estate, service: ServiceName, part: string) {
  const health = (await (await ask(estate, service, '/actuator/health')).json()) as Health;
  return health.components[part];
}

async function untilSettingsAre(estate: Estate, status: 'UP' | 'DEGRADED') {
  const look = () => healthPart(estate, 'sender', 'settings');
  return until(`the sender's settings are ${status}`, look, (seen) => seen?.status === status);
}

function refresh(estate: Estate, service: ServiceName): Promise<Response> {
  return ask(estate, service, '/actuator/refresh', { method: 'POST' });
}

async function send(estate: Estate): Promise<string> {
  const answer = await estate.client.post();
  expectAccepted(answer);
  return String(answer.headers['x-correlation-id']);
}

await repository.commit('main', { ...base, ...noSender });

tellOn([splitSetUp, splitOnPostgresSetUp], { settings, mail: 'sandbox' }, (estate) => {
  test('a push changes a limit and the log level of the running sender, by the bus', async () => {
    const { pid } = estate().processOf('sender');
    await untilStatus(estate(), await send(estate()), 'INTERNAL_INVOICE_SENT');
    await push(estate(), { 'sender.yml': 'MAIL_PER_DAY_MAX: 1\nLOG_LEVEL: debug\n' });
    await untilValue(estate(), 'sender', 'MAIL_PER_DAY_MAX', '1');
    await untilValue(estate(), 'sender', 'LOG_LEVEL', 'debug');
    await untilStatus(estate(), await send(estate()), 'INTERNAL_INVOICE_SENT');
    const waiting = await send(estate());
    const limits = () => healthPart(estate(), 'sender', 'mailLimits');
    const full = await until('the day is full', limits, (seen) => seen?.status === 'DEGRADED');
    assert.match(full?.details?.error ?? '', /has sent its 1 mails of the day/);
    await push(estate(), noSender);
    await untilStatus(estate(), waiting, 'INTERNAL_INVOICE_SENT');
    await untilValue(estate(), 'sender', 'LOG_LEVEL', 'info');
    assert.equal(estate().processOf('sender').pid, pid);
    assert.ok((await estate().processOf('sender').logged('settings.inForce')).length >= 2);
  });

  test('a service without a bus finds it by asking', async () => {
    await push(estate(), { 'gatewayserver.yml': `${base['gatewayserver.yml']}LOG_LEVEL: warn\n` });
    await untilValue(estate(), 'gatewayserver', 'LOG_LEVEL', 'warn');
    await push(estate(), base);
    await untilValue(estate(), 'gatewayserver', 'LOG_LEVEL', 'info');
  });

  test('a wrong value changes nothing, and says so until it is right', async () => {
    await push(estate(), { 'sender.yml': 'MAIL_TRIES: 3\n' });
    await untilValue(estate(), 'sender', 'MAIL_TRIES', '3');
    await push(estate(), { 'sender.yml': 'MAIL_TRIES: lots\nMAIL_PER_DAY_MAX: 5\n' });
    const part = await untilSettingsAre(estate(), 'DEGRADED');
    assert.match(part?.details?.error ?? '', /MAIL_TRIES="lots"/);
    const { values, refresh: state } = await environmentOf(estate(), 'sender');
    assert.deepEqual([values.get('MAIL_TRIES')?.value, values.get('MAIL_PER_DAY_MAX')?.value], ['3', '0']);
    assert.match(state.problem ?? '', /MAIL_TRIES/);
    assert.equal((await ask(estate(), 'sender', '/actuator/health/readiness')).status, 200);
    assert.equal((await estate().processOf('sender').logged('settings.refused')).length, 1);
    assert.match(
      await (await ask(estate(), 'configserver', '/settings')).text(),
      /MAIL_TRIES=.*What was in force stays/s,
    );
    const asked = await refresh(estate(), 'sender');
    assert.equal(asked.status, 500);
    assert.match(await asked.text(), /MAIL_TRIES/);
    await push(estate(), { 'sender.yml': 'MAIL_TRIES: 4\n' });
    await untilSettingsAre(estate(), 'UP');
    await untilValue(estate(), 'sender', 'MAIL_TRIES', '4');
  });

  test('what needs a restart says so, and counts after it', async () => {
    await push(estate(), { 'sender.yml': 'SENDER_BATCH_MAX: 7\n' });
    const look = async () => (await environmentOf(estate(), 'sender')).values.get('SENDER_BATCH_MAX');
    const waits = await until('it waits', look, (seen) => seen?.waitsForRestart === '7');
    assert.deepEqual([waits?.value, waits?.from], ['100', 'default']);
    const page = await (await ask(estate(), 'configserver', '/settings')).text();
    assert.match(page, /SENDER_BATCH_MAX<\/td>.*needs a restart for <code>7</);
    await estate().process('sender').stop();
    await estate().startAgain('sender');
    const now = await look();
    assert.deepEqual([now?.value, now?.from, now?.waitsForRestart], ['7', 'configserver', undefined]);
  });

  test('while the configserver is away everything stays, also through a refresh; it is found again by itself', async () => {
    await push(estate(), { 'sender.yml': 'MAIL_TRIES: 5\n' });
    await untilValue(estate(), 'sender', 'MAIL_TRIES', '5');
    await estate().process('configserver').kill9();
    assert.equal((await refresh(estate(), 'sender')).status, 503);
    assert.match((await untilSettingsAre(estate(), 'DEGRADED'))?.details?.error ?? '', /gives no settings for sender/);
    await untilValue(estate(), 'sender', 'MAIL_TRIES', '5');
    await repository.commit('main', { 'sender.yml': 'MAIL_TRIES: 6\n' });
    await estate().startAgain('configserver');
    await untilValue(estate(), 'sender', 'MAIL_TRIES', '6');
    await untilSettingsAre(estate(), 'UP');
    assert.deepEqual(await (await refresh(estate(), 'sender')).json(), []);
  });

  test('a service that starts while the configserver is away works by its last good settings, and then gets the new ones', async () => {
    await estate().process('configserver').kill9();
    await repository.commit('main', { 'sender.yml': 'MAIL_TRIES: 7\n' });
    await estate().process('sender').stop();
    await estate().startAgain('sender');
    await untilStatus(estate(), await send(estate()), 'INTERNAL_INVOICE_SENT');
    await untilSettingsAre(estate(), 'DEGRADED');
    const { values, refresh: state } = await environmentOf(estate(), 'sender');
    assert.deepEqual([values.get('MAIL_TRIES')?.value, values.get('MAIL_TRIES')?.from], ['6', 'configserver']);
    assert.match(state.keptAt ?? '', /^\d{4}-/);
    await estate().startAgain('configserver');
    await untilValue(estate(), 'sender', 'MAIL_TRIES', '7');
    await untilSettingsAre(estate(), 'UP');
    await push(estate(), { ...base, ...noSender });
    await untilValue(estate(), 'sender', 'MAIL_TRIES', '8');
  });
});
