// configserver: the map; a service asks with its name and profile, the files of its place answer.
import { createHttpServer } from '@staffetta/platform/http/server.ts';
import type { ServiceDefinition } from '@staffetta/platform/service.ts';
import { openBackends } from './backends.ts';
import { openCipher, type TextCipher } from './cipher.ts';
import { settings } from './config.ts';
import { addEncryptionRoutes } from './encryption-routes.ts';
import { needLogin } from './login.ts';
import { addRoutes } from './routes.ts';
import { readOverrides } from './served-settings.ts';
import { addSettingsRoutes } from './settings-routes.ts';
import { serviceTeller } from './tell-services.ts';
import { watchPlaces } from './watch-places.ts';
import type { SettingsOf } from '@staffetta/platform/config/settings.ts';

function cipherOf(values: SettingsOf<typeof settings>): TextCipher | undefined {
  if (values.encryptKey === undefined) return undefined;
  return openCipher({
    key: values.encryptKey,
    salt: values.encryptSalt,
    rsaStrong: values.encryptRsaStrong,
    rsaAlgorithm: values.encryptRsaAlgorithm === 'OAEP' ? 'OAEP' : 'DEFAULT',
  });
}

/** The service that serves settings; it speaks Spring Cloud Config's HTTP. */
export const configserver: ServiceDefinition<typeof settings> = {
  name: 'configserver',
  says: "Settings per service and environment, in the words of Spring Cloud Config's HTTP.",
  settings,
  needs: [],
  wants: ['bus'],
  async start(world, values) {
    const { log, profile, dataDir, clock, version } = world;
    const [cipher, overrides] = [cipherOf(values), readOverrides(values.overrides)];
    const isOpen = profile === 'production' && values.login === undefined;
    if (isOpen) log.warn({ setting: 'CONFIG_LOGIN' }, 'settings.openToAll');
    const backends = openBackends(values, dataDir, log);
    const server = await createHttpServer({
      service: 'configserver',
      says: configserver.says,
      version,
      clock,
      log,
      metrics: world.metrics,
      hasStarted: world.hasStarted,
      bodyBytesMax: 1024 * 1024,
      health: backends.all.map((one) => ({ name: one.name, essential: false, check: () => one.check() })),
      ...(values.login !== undefined && { gate: needLogin(values.login) }),
    });
    const { app } = server;
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      app.addContentTypeParser<string>(type, { parseAs: 'string' }, (_request, body, done) => done(null, body));
    }
    addEncryptionRoutes(app, { cipher, mayDecrypt: !isOpen });
    const tell = serviceTeller(world);
    const watch = watchPlaces(backends.all, values.watchMs, () => tell(['*']), log);
    const onPush = async (services: readonly string[]): Promise<void> => {
      await backends.refresh();
      await watch.seen();
      await tell(services);
    };
    addSettingsRoutes(app, { world, hasLogin: values.login !== undefined, onPush });
    const served = { backends, overrides, acceptEmpty: values.acceptEmpty, log };
    addRoutes(app, { serving: { ...served, cipher: values.decryptServed ? cipher : undefined }, onPush });
    const port = await server.listen(world.port, world.host);
    return {
      port,
      async stop() {
        // A push hook waits for its fetch, so both end together.
        await Promise.all([watch.stop(), backends.stop(), server.close()]);
      },
    };
  },
};
