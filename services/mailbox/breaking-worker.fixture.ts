// mailbox: a worker for tests that dies of every mail.
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', () => process.exit(3));
