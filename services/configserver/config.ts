// configserver: its settings.
import { defineSettings } from '@staffetta/platform/config/settings.ts';

/** The configserver's settings' table. */
export const settings = defineSettings({
  backend: {
    env: 'CONFIG_BACKEND',
    kind: 'secret',
    says:
      'The folder with the files it serves, for example receiver-prod.yml, or a git repository: a URL (https, ssh, file; a login may ' +
      'stand in it) or a path that ends in .git; `config` in the data folder by default.',
  },
  repositories: {
    env: 'CONFIG_REPOSITORIES',
    kind: 'secret',
    says:
      'Further places for some services, a JSON array: [{"name","pattern":["receiver/prod*"],"uri","searchPaths","defaultLabel"}]; ' +
      'the first whose pattern (service/profile, with *) fits is asked instead of CONFIG_BACKEND.',
  },
  searchPaths: {
    env: 'CONFIG_SEARCH_PATHS',
    kind: 'list',
    default: [],
    says: 'Folders to look into besides the root, the last wins; may hold {application}, {profile}, {label} and *.',
  },
  defaultLabel: {
    env: 'CONFIG_DEFAULT_LABEL',
    kind: 'text',
    says: 'The branch, tag or commit that is served where none is asked for; by default main, else master.',
  },
  refreshMs: {
    env: 'CONFIG_REFRESH',
    kind: 'durationMs',
    default: 30_000,
    min: 1000,
    says: 'How often a remote repository is asked for what is new; a push hook (POST /monitor) does it at once.',
  },
  watchMs: {
    env: 'CONFIG_WATCH',
    kind: 'durationMs',
    default: 5000,
    min: 0,
    says: 'How often files and repositories on this machine are looked at for changes, which are then told to the services; 0 for not at all.',
  },
  gitTimeoutMs: {
    env: 'CONFIG_GIT_TIMEOUT',
    kind: 'durationMs',
    default: 60_000,
    min: 1000,
    says: 'How long git may take for one thing, a first fetch included.',
  },
  fileBytesMax: {
    env: 'CONFIG_FILE_MAX',
    kind: 'bytes',
    default: 1024 * 1024,
    min: 1,
    says: 'The size up to which a file is read.',
  },
  overrides: {
    env: 'CONFIG_OVERRIDES',
    kind: 'secret',
    says: 'Settings that win over all files, for every service: a JSON object, for example {"LOG_LEVEL":"debug"}.',
  },
  acceptEmpty: {
    env: 'CONFIG_ACCEPT_EMPTY',
    kind: 'boolean',
    default: true,
    says: 'Whether a service without any file gets an empty answer; otherwise 404.',
  },
  login: {
    env: 'CONFIG_LOGIN',
    kind: 'secret',
    says:
      'user:password that every call must give (Basic), health apart; clients write it into CONFIG_URL. Without it anybody who ' +
      'reaches the port reads settings; in production nobody may then decrypt, and no setting of services is shown.',
  },
  encryptKey: {
    env: 'ENCRYPT_KEY',
    kind: 'secret',
    says: 'The secret, or the RSA private key in PEM, that {cipher} values were encrypted with, as in Spring Cloud Config.',
  },
  encryptSalt: {
    env: 'ENCRYPT_SALT',
    kind: 'text',
    default: 'deadbeef',
    says: "The salt for ENCRYPT_KEY, in hexadecimal; Spring's own by default.",
  },
  encryptRsaStrong: {
    env: 'ENCRYPT_RSA_STRONG',
    kind: 'boolean',
    default: false,
    says: 'Whether an RSA key uses AES-GCM instead of AES-CBC, as in Spring.',
  },
  encryptRsaAlgorithm: {
    env: 'ENCRYPT_RSA_ALGORITHM',
    kind: 'text',
    default: 'DEFAULT',
    choices: ['DEFAULT', 'OAEP'],
    says: 'How an RSA key hides the secret of a value: DEFAULT (PKCS#1 v1.5) or OAEP.',
  },
  decryptServed: {
    env: 'CONFIG_DECRYPT',
    kind: 'boolean',
    default: true,
    says: 'Whether {cipher} values are decrypted when served; otherwise clients that hold the key do it.',
  },
});
