// gateway: runs it alone.
import { runAlone } from '@staffetta/platform/run-alone.ts';
import { gateway } from './gateway.ts';

await runAlone(gateway);
