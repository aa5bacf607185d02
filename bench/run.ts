// bench: the entry of `npm run bench`: starts the real servers that are missing, then measures in a process that finds them.
import { startSharedServers } from '@staffetta/tools/test-servers.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

async function measure(program: string, words: readonly string[]): Promise<void> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  // A process of its own: what looks for servers looks once, when it is loaded.
  const measuring = spawn(process.execPath, [path, ...words], { stdio: 'inherit' });
  const [code] = (await once(measuring, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}

const words = process.argv.slice(2);
const alone: Readonly<Record<string, string>> = { documents: './documents.ts', gateway: './gateway.ts' };
const needsNoServers = alone[words[0] ?? ''];
if (needsNoServers !== undefined) {
  await measure(needsNoServers, words.slice(1));
} else {
  const servers = await startSharedServers({ kafka: words[0] !== 'mailbox', mail: false });
  try {
    if (words[0] === 'mailbox') await measure('./mailbox.ts', words.slice(1));
    else await measure('./bench.ts', words);
  } finally {
    await servers.stop();
  }
}
