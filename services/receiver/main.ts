// receiver: runs alone in a process of its own.
import { runAlone } from '@staffetta/platform/run-alone.ts';
import { receiver } from './receiver.ts';

await runAlone(receiver);
