// tools: loaded into a child process, ends it in its ordinary way (SIGTERM) when the process that started it is gone.
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // Listening alone would keep a finished child alive.
  process.channel.unref();
}
