// flow: news that every process hears at once, outside of any group; who was not there asks at its start anyway.
import { Type, type Static } from 'typebox';

/** What the configserver says when settings may have changed. */
export const SettingsChanged = Type.Object({
  services: Type.Array(Type.String(), { description: 'whom it concerns, as far as that is known; "*" is everybody' }),
  at: Type.String({ description: 'when, ISO 8601 in UTC' }),
});
/** What the configserver says when settings may have changed. */
export type SettingsChanged = Static<typeof SettingsChanged>;

/** Every broadcast by name. The topic has one partition, no key that means anything, and no dead letters. */
export const broadcasts = {
  settingsChanged: {
    topic: 'settingsChanged',
    from: 'configserver',
    means: 'settings may have changed: every service asks the configuration server for its own',
  },
} as const;
