// flow: the services of the hub, their names in discovery and their ports (the contract's table).

/** Every service of the hub with its default port; a port offset shifts all of them alike. */
export const services = {
  gatewayserver: { folder: 'gateway', port: 8072, owns: 'the only way in from outside' },
  receiver: { folder: 'receiver', port: 8080, owns: 'requests, waiters and callbacks' },
  dbmanager: { folder: 'dbmanager', port: 9020, owns: 'customers, invoices, transmissions and notices' },
  sender: { folder: 'sender', port: 9010, owns: 'the ledger of mails to SdI' },
  signer: { folder: 'signer', port: 9050, owns: 'the key that signs, or the way to it' },
  mailbox: { folder: 'mailbox', port: 9040, owns: 'the mails of the PEC mailbox and what came of each' },
  scheduler: { folder: 'scheduler', port: 9030, owns: 'timed jobs and dead letters' },
  configserver: { folder: 'configserver', port: 8888, owns: 'settings per service and environment' },
  eurekaserver: { folder: 'eurekaserver', port: 8761, owns: 'who runs where' },
} as const;

/** A service's name as discovery knows it. */
export type ServiceName = keyof typeof services;

/** The services' names, in the order in which a newcomer meets them. */
export const serviceNames = Object.keys(services) as ServiceName[];
