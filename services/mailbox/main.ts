// mailbox: runs it alone.
import { runAlone } from '@staffetta/platform/run-alone.ts';
import { mailbox } from './mailbox.ts';

await runAlone(mailbox);
