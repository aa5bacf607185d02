// gateway: the settings of its own REST.
import { defineSettings } from '@staffetta/platform/config/settings.ts';

/** The rows of our own REST. */
export const ownRestSettings = defineSettings({
  ownRestBodyMax: {
    env: 'GATEWAY_API_BODY_MAX',
    kind: 'bytes',
    default: 16 * 1024 * 1024,
    min: 1024,
    says: 'The longest body that /api takes; it is read whole. A document of 5 MiB takes 7 in base64.',
  },
});
