// tools: npm test; runs the suite with the real servers that can be had, and says which ones are not.
import { once } from 'node:events';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { listFiles, readText, repositoryRoot } from './repository.ts';
import { chooseTests, groupOf, readRequest } from './test-files.ts';
import { needsOf, startSharedServers, type SharedServers } from './test-servers.ts';

// Two cores are what CI has; a journey waits more than it works.
const testFilesAtOnce = 2;
const testFileTimeoutMs = 10 * 60_000;
const interrupted = new AbortController();

const request = readRequest(process.argv.slice(2));
const files = chooseTests(listFiles(), request);
if (files.length === 0) {
  console.error('No test file fits; paths are matched by a part of them, as in: npm test -- platform/bus');
  process.exit(1);
}
const servers = await startSharedServers(sharedNeeds());
stopOnSignals(servers);
console.log(`${files.length} test files\n${servers.lines.map((line) => `  ${line}\n`).join('')}`);
const counts = await runTests();
await servers.stop();
explainFailure(counts);

function sharedNeeds(): { kafka: boolean; mail: boolean } {
  const all = files.map((file) => needsOf(groupOf(file) ?? 'unit', readText(file)));
  return { kafka: all.some((needs) => needs.kafka), mail: all.some((needs) => needs.mail) };
}

type Counts = { success: boolean; passed: number; skipped: number };

async function runTests(): Promise<Counts> {
  const counts: Counts = { success: false, passed: 0, skipped: 0 };
  const events = run({
    files: files.map((file) => join(repositoryRoot, file)),
    cwd: repositoryRoot,
    concurrency: testFilesAtOnce,
    timeout: request.night ? Infinity : testFileTimeoutMs,
    signal: interrupted.signal,
  });
  events.on('test:summary', (summary) => {
    // Single files have summaries too; the one without a file is the whole run's.
    if (summary.file !== undefined) return;
    counts.success = summary.success;
    counts.passed = summary.counts.passed;
    counts.skipped = summary.counts.skipped + summary.counts.todo;
  });
  const report = events.compose(spec);
  report.pipe(process.stdout, { end: false });
  await once(report, 'end');
  return counts;
}

/** Sets the exit code; what it says goes to stderr, so that the runner's summary stays the last on stdout. */
function explainFailure({ success, passed, skipped }: Counts): void {
  if (!success) process.exitCode = 1;
  if (passed === 0) {
    console.error('No test passed, so nothing was proven.');
    process.exitCode = 1;
  }
  if (skipped > 0 && process.env.STAFFETTA_REQUIRE_ALL === '1') {
    console.error(`${skipped} tests were skipped although STAFFETTA_REQUIRE_ALL=1; see ﹣ above.`);
    process.exitCode = 1;
  }
}

/** Ctrl-C ends the test processes first, then the shared servers. */
function stopOnSignals(started: SharedServers): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interrupted.abort();
      void started.stop().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
    });
  }
}
