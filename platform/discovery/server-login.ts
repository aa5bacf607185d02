// platform: the login to the hub's own eurekaserver, for services that share its settings.

/** Who signs in where only a password is set. */
export const discoveryUser = 'eureka';

/**
 * Puts the login of the hub's own eurekaserver into its address.
 * @param url the address that is taken for granted, without a login
 * @param environment `EUREKA_SERVER_USER` and `EUREKA_SERVER_PASSWORD`; without a password the address stays as it is
 */
export function withDiscoveryLogin(url: string, environment: Readonly<Record<string, string | undefined>>): string {
  const password = environment['EUREKA_SERVER_PASSWORD'];
  if (!password) return url;
  const user = environment['EUREKA_SERVER_USER'] || discoveryUser;
  return url.replace('//', `//${encodeURIComponent(user)}:${encodeURIComponent(password)}@`);
}
