// bench: what is measured on one set-up: cold start, burst, pace, cost.
import { defaultSetUp, splitSetUp } from '@staffetta/journeys/harness/set-ups.ts';
import type { Estate } from '@staffetta/journeys/harness/estate.ts';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { burst, pace, percentile, type Posted, type Target } from './load.ts';
import { askHelper, cpuSeconds, residentMib } from './processes.ts';
import type { SinkCounts } from './sink.ts';

/** The sink's process and ports. */
export interface Sink {
  readonly child: ChildProcess;
  readonly http: number;
  readonly smtp: number;
}

/** The figures of one burst. */
export interface BurstFigures {
  readonly acceptedPerSecond: number;
  readonly donePerSecond: number;
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  readonly cpuMsPerInvoice: number;
  readonly refused: number;
  readonly unfinished: number;
}

/** The figures of the pace. */
export interface PaceFigures {
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  readonly callbackP50Ms: number;
  readonly callbackP99Ms: number;
  readonly refused: number;
}

/** The figures of one set-up. */
export interface SetUpFigures {
  readonly setUp: string;
  readonly coldStartSeconds: number;
  readonly direct: BurstFigures;
  readonly throughGateway: BurstFigures;
  readonly paced: PaceFigures;
  readonly memoryMib: Readonly<Record<string, number>>;
  readonly memoryMibAll: number;
}

function targetOf(estate: Estate, sink: Sink, through: 'receiver' | 'gateway'): Target {
  const callback = `http://127.0.0.1:${sink.http}/callbacks`;
  if (through === 'receiver') {
    return { origin: estate.client.addressOf('receiver'), path: '/api/salvaFatturaInterna', headers: {}, callback };
  }
  const headers = { 'x-api-key': 'aruba-secret-token' };
  return {
    origin: estate.client.addressOf('gatewayserver'),
    path: '/receiver/api/salvaFatturaInterna',
    headers,
    callback,
  };
}

/** Waits until all are done, or until nothing more was done for ten seconds. */
async function untilDone(sink: Sink, count: number): Promise<SinkCounts> {
  let last = -1;
  let stillSince = Date.now();
  for (;;) {
    const counts = (await askHelper(sink.child, 'counts')) as SinkCounts;
    if (counts.doneInvoices >= count || Date.now() - stillSince > 10_000) return counts;
    if (counts.callbacks !== last) stillSince = Date.now();
    last = counts.callbacks;
    await sleep(100);
  }
}

function cpuOf(estate: Estate): number {
  return [...estate.processes.values()].reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
}

async function measureBurst(estate: Estate, sink: Sink, target: Target, count: number): Promise<BurstFigures> {
  sink.child.send('forget');
  const cpuBefore = cpuOf(estate);
  const posted = await burst(target, count, 64);
  const counts = await untilDone(sink, count - posted.refused);
  const doneSeconds = (counts.lastDoneAtMs - posted.startedAtMs) / 1000;
  return {
    acceptedPerSecond: Math.round(posted.count / posted.seconds),
    donePerSecond: Math.round(counts.doneInvoices / doneSeconds),
    ...ackOf(posted),
    cpuMsPerInvoice: round(((cpuOf(estate) - cpuBefore) * 1000) / count),
    refused: posted.refused,
    unfinished: count - posted.refused - counts.doneInvoices,
  };
}

async function measurePace(estate: Estate, sink: Sink, seconds: number): Promise<PaceFigures> {
  sink.child.send('forget');
  const posted = await pace(targetOf(estate, sink, 'receiver'), 300, seconds);
  const counts = await untilDone(sink, posted.count - posted.refused);
  return {
    ...ackOf(posted),
    callbackP50Ms: round(percentile(counts.firstCallbackMs, 50)),
    callbackP99Ms: round(percentile(counts.firstCallbackMs, 99)),
    refused: posted.refused,
  };
}

function ackOf(posted: Posted): { ackP50Ms: number; ackP99Ms: number } {
  return { ackP50Ms: round(percentile(posted.ackMs, 50)), ackP99Ms: round(percentile(posted.ackMs, 99)) };
}

function round(figure: number): number {
  return Math.round(figure * 100) / 100;
}

/**
 * Measures one set-up.
 * @param name `default` or `split`
 * @param sink where mails and callbacks go
 * @param count invoices in each burst
 * @param paceSeconds how long the pace is kept
 * @throws Error where the set-up lacks a server, with its name
 */
export async function measureSetUp(
  name: 'default' | 'split',
  sink: Sink,
  count: number,
  paceSeconds: number,
): Promise<SetUpFigures> {
  const setUp = name === 'default' ? defaultSetUp : splitSetUp;
  if (setUp.missing) throw new Error(setUp.missing);
  const startedAt = performance.now();
  const estate = await setUp.start({
    settings: { SMTP_URL: `smtp://127.0.0.1:${sink.smtp}`, LOG_LEVEL: 'info', CALLBACK_TIMEOUT: '10s' },
  });
  try {
    const coldStartSeconds = round((performance.now() - startedAt) / 1000);
    await measureBurst(estate, sink, targetOf(estate, sink, 'receiver'), Math.ceil(count / 4));
    const direct = await measureBurst(estate, sink, targetOf(estate, sink, 'receiver'), count);
    const throughGateway = await measureBurst(estate, sink, targetOf(estate, sink, 'gateway'), count);
    const paced = await measurePace(estate, sink, paceSeconds);
    const memoryMib = Object.fromEntries([...estate.processes.values()].map((one) => [one.name, residentMib(one.pid)]));
    const memoryMibAll = Object.entries(memoryMib).reduce(
      (sum, [who, mib]) => (who === 'sandbox' ? sum : sum + mib),
      0,
    );
    return { setUp: name, coldStartSeconds, direct, throughGateway, paced, memoryMib, memoryMibAll };
  } finally {
    await estate.stop();
  }
}
