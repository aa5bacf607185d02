// bench: the entry of `npm run bench`: starts the real servers that are missing, then measures in a process that finds them.
import { startSharedServers } from '@staffetta/tools/test-servers.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const servers = await startSharedServers({ kafka: true, mail: false });
try {
  const bench = fileURLToPath(new URL('./bench.ts', import.meta.url));
  // A process of its own: what looks for servers looks once, when it is loaded.
  const measuring = spawn(process.execPath, [bench, ...process.argv.slice(2)], { stdio: 'inherit' });
  const [code] = (await once(measuring, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  await servers.stop();
}
