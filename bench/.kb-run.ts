import { splitSetUp } from '@staffetta/journeys/harness/set-ups.ts';
import { burst, pace, percentile } from './load.ts';
import { askHelper, cpuSeconds, forkHelper } from './processes.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
const kpid = Number(readFileSync('/tmp/kb/kpid', 'utf8'));
const count = Number(process.argv[2] ?? 3000),
  seconds = Number(process.argv[3] ?? 5);
const profile = process.env.KB_PROF;
const { child, hello } = await forkHelper('./sink.ts');
const sink = hello as { http: number; smtp: number };
if (profile) process.env.NODE_OPTIONS = `--cpu-prof --cpu-prof-dir=${profile}`;
const estate = await splitSetUp.start({
  settings: { SMTP_URL: `smtp://127.0.0.1:${sink.smtp}`, LOG_LEVEL: 'info', CALLBACK_TIMEOUT: '10s' },
});
try {
  const target = {
    origin: estate.client.addressOf('receiver'),
    path: '/api/salvaFatturaInterna',
    headers: {},
    callback: `http://127.0.0.1:${sink.http}/callbacks`,
  };
  const procs = () =>
    Object.fromEntries(
      [...estate.processes.values()]
        .map((p) => [p.name, cpuSeconds(p.pid)])
        .concat([
          ['KAFKA', cpuSeconds(kpid)],
          ['postgres', Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]) * 0],
        ]),
    );
  const diff = (a: any, b: any, n: number) =>
    Object.fromEntries(Object.keys(a).map((k) => [k, Math.round(((b[k] - a[k]) * 1e6) / n)]));
  const untilDone = async (n: number) => {
    let last = -1,
      since = Date.now();
    for (;;) {
      const c: any = await askHelper(child, 'counts');
      if (c.doneInvoices >= n || Date.now() - since > 10000) return c;
      if (c.callbacks !== last) since = Date.now();
      last = c.callbacks;
      await sleep(100);
    }
  };
  const once = async (n: number, name: string) => {
    child.send('forget');
    const a = procs();
    const p = await burst(target, n, 64);
    const c = await untilDone(n - p.refused);
    const b = procs();
    const d: any = diff(a, b, n);
    const sum = Object.entries(d)
      .filter(([k]) => k !== 'KAFKA')
      .reduce((s: number, [, v]) => s + (v as number), 0);
    console.log(
      name,
      JSON.stringify({
        acc: Math.round(p.count / p.seconds),
        done: Math.round(c.doneInvoices / ((c.lastDoneAtMs - p.startedAtMs) / 1000)),
        p50: percentile(p.ackMs, 50).toFixed(1),
        p99: percentile(p.ackMs, 99).toFixed(1),
        refused: p.refused,
        unfinished: n - c.doneInvoices,
        sumUs: sum,
        d,
      }),
    );
  };
  await once(Math.ceil(count / 4), 'warm');
  await once(count, 'burst');
  child.send('forget');
  const a = procs();
  const p = await pace(target, 300, seconds);
  const c = await untilDone(p.count - p.refused);
  const b = procs();
  console.log(
    'pace',
    JSON.stringify({
      p50: percentile(p.ackMs, 50).toFixed(1),
      p90: percentile(p.ackMs, 90).toFixed(1),
      p99: percentile(p.ackMs, 99).toFixed(1),
      cb50: percentile(c.firstCallbackMs, 50).toFixed(1),
      cb99: percentile(c.firstCallbackMs, 99).toFixed(1),
      refused: p.refused,
      d: diff(a, b, p.count),
    }),
  );
  console.log('load', readFileSync('/proc/loadavg', 'utf8').trim());
} finally {
  await estate.stop();
  child.disconnect();
}
