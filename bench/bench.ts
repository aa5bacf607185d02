// bench: measures with the servers that its environment names, prints a table, keeps the figures. The method is in README.md.
import { cpus, release, totalmem } from 'node:os';
import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { measureSetUp, type SetUpFigures } from './measure.ts';
import { measureRawLimits, type RawLimits } from './raw-limits.ts';
import { forkHelper } from './processes.ts';

const { values } = parseArgs({
  options: {
    'set-up': { type: 'string', default: 'default,split' },
    count: { type: 'string', default: '6000' },
    seconds: { type: 'string', default: '20' },
  },
});

function ratio(figure: number, limit: number): string {
  return `${figure} (${(figure / limit).toFixed(2)})`;
}

function tableOf(raw: RawLimits, all: readonly SetUpFigures[]): string {
  const rows: [string, (figures: SetUpFigures) => string | number][] = [
    ['accepted/s, direct (of raw accept)', ({ direct }) => ratio(direct.acceptedPerSecond, raw.acceptPerSecond)],
    ['accepted/s, gateway (of raw accept)', (f) => ratio(f.throughGateway.acceptedPerSecond, raw.acceptPerSecond)],
    ['done/s, direct (of raw insert)', ({ direct }) => ratio(direct.donePerSecond, raw.insertPerSecond)],
    ['done/s, gateway (of raw insert)', (f) => ratio(f.throughGateway.donePerSecond, raw.insertPerSecond)],
    ['202 in the burst p50 / p99 ms', ({ direct }) => `${direct.ackP50Ms} / ${direct.ackP99Ms}`],
    ['202 at 300/s p50 / p99 ms', ({ paced }) => `${paced.ackP50Ms} / ${paced.ackP99Ms}`],
    ['POST to callback at 300/s p50 / p99 ms', ({ paced }) => `${paced.callbackP50Ms} / ${paced.callbackP99Ms}`],
    ['CPU ms an invoice, direct', ({ direct }) => direct.cpuMsPerInvoice],
    ['memory of the services, MiB', ({ memoryMibAll }) => memoryMibAll],
    ['cold start, s', ({ coldStartSeconds }) => coldStartSeconds],
    [
      'refused or unfinished',
      (f) => f.direct.refused + f.direct.unfinished + f.throughGateway.refused + f.throughGateway.unfinished,
    ],
  ];
  const lines = rows.map(([name, of]) => `| ${name} | ${all.map((figures) => of(figures)).join(' | ')} |`);
  const head = `| | ${all.map(({ setUp }) => setUp).join(' | ')} |\n|${' --- |'.repeat(all.length + 1)}`;
  return `raw accept ${raw.acceptPerSecond}/s, raw insert ${raw.insertPerSecond}/s\n\n${head}\n${lines.join('\n')}`;
}

const setUps = values['set-up'].split(',').filter((name) => name === 'default' || name === 'split');
const count = Number(values.count);
const raw = await measureRawLimits(count);
const { child, hello } = await forkHelper('./sink.ts');
try {
  const figures: SetUpFigures[] = [];
  for (const name of setUps)
    figures.push(
      await measureSetUp(name, { child, ...(hello as { http: number; smtp: number }) }, count, Number(values.seconds)),
    );
  process.stdout.write(`${tableOf(raw, figures)}\n`);
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, memoryGiB: Math.round(totalmem() / 2 ** 30) };
  const results = new URL('./results/', import.meta.url);
  await mkdir(results, { recursive: true });
  const at = new Date().toISOString();
  const all = { at, machine: { ...machine, kernel: release(), node: process.version }, count, raw, figures };
  await writeFile(new URL('latest.json', results), `${JSON.stringify(all, null, 2)}\n`);
} finally {
  child.disconnect();
}
