// sender: runs it alone.
import { runAlone } from '@staffetta/platform/run-alone.ts';
import { sender } from './sender.ts';

await runAlone(sender);
