// configserver: runs it alone.
import { runAlone } from '@staffetta/platform/run-alone.ts';
import { configserver } from './configserver.ts';

await runAlone(configserver);
