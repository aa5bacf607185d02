// scheduler: runs it alone.
import { runAlone } from '@staffetta/platform/run-alone.ts';
import { scheduler } from './scheduler.ts';

await runAlone(scheduler);
