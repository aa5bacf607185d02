// dbmanager: runs it alone.
import { runAlone } from '@staffetta/platform/run-alone.ts';
import { dbmanager } from './dbmanager.ts';

await runAlone(dbmanager);
