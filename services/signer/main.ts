// signer: runs it alone.
import { runAlone } from '@staffetta/platform/run-alone.ts';
import { signer } from './signer.ts';

await runAlone(signer);
