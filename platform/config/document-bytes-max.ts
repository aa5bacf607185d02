// platform: the one limit that whoever takes documents must agree on.
import { defineSettings } from './settings.ts';

/** The row of a settings table that limits a document; the services that take documents share it. */
export const { documentBytesMax } = defineSettings({
  documentBytesMax: {
    env: 'DOCUMENT_BYTES_MAX',
    kind: 'bytes',
    default: 5_242_880,
    min: 1,
    max: 7_340_032,
    says: 'The largest document taken, counted in bytes of the document itself; SdI takes at most 5 MiB.',
  },
});
