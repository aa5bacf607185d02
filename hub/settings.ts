// hub: the settings that only the one-command hub knows.
import { defineSettings } from '@staffetta/platform/config/settings.ts';
import { sandboxSettings } from '@staffetta/sandbox/settings.ts';

/** The hub's own settings' table. */
export const settings = defineSettings({
  sandbox: {
    env: 'STAFFETTA_SANDBOX',
    kind: 'boolean',
    says: 'Whether the sandbox (mail server, mailboxes, SdI and a callback endpoint to try with) runs; by default in profile dev only.',
  },
  ...sandboxSettings,
  postgresPort: {
    env: 'STAFFETTA_POSTGRES_PORT',
    kind: 'integer',
    default: 15_432,
    min: 0,
    max: 65_535,
    says: 'The port of the Postgres that the hub brings along (plus the offset); another free one where it is taken.',
  },
});
