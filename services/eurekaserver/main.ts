// eurekaserver: runs it alone.
import { runAlone } from '@staffetta/platform/run-alone.ts';
import { eurekaserver } from './eurekaserver.ts';

await runAlone(eurekaserver);
