// configserver: its settings.
import { defineSettings } from '@staffetta/platform/config/settings.ts';

/** The configserver's settings' table. */
export const settings = defineSettings({
  backend: {
    env: 'CONFIG_BACKEND',
    kind: 'text',
    says: 'The folder with the files it serves, for example receiver-prod.yml; `config` in the data folder by default.',
  },
  fileBytesMax: {
    env: 'CONFIG_FILE_MAX',
    kind: 'bytes',
    default: 1024 * 1024,
    min: 1,
    says: 'The size up to which a file is read.',
  },
});
