// platform: health that tells the truth: liveness asks nobody, readiness asks what we cannot work without.

/** One part that a service leans on. */
export interface HealthCheck {
  readonly name: string;
  /** True where the service cannot work without it (turns readiness off); false shows as degraded only. */
  readonly essential: boolean;
  /** Resolves when the part answers; a rejection's message is shown. */
  check(): Promise<void>;
}

/** What `/actuator/health` shows of one part. */
export interface ComponentHealth {
  readonly status: 'UP' | 'DOWN' | 'DEGRADED';
  readonly details?: { readonly error: string };
}

/** The whole answer, in the shape that Spring's actuator made a habit. */
export interface Health {
  readonly status: 'UP' | 'DOWN' | 'OUT_OF_SERVICE';
  readonly components: Readonly<Record<string, ComponentHealth>>;
}

const checkTimeoutMs = 2000;

async function ask(part: HealthCheck): Promise<ComponentHealth> {
  let timer: NodeJS.Timeout | undefined;
  const timeOut = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${checkTimeoutMs} ms`)), checkTimeoutMs);
  });
  try {
    await Promise.race([part.check(), timeOut]);
    return { status: 'UP' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { status: part.essential ? 'DOWN' : 'DEGRADED', details: { error: message } };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asks all parts at once.
 * @param parts what the service leans on
 * @param isOut true while it starts, and once a stop was asked for: out of service, whatever the parts say
 */
export async function askHealth(parts: readonly HealthCheck[], isOut: boolean): Promise<Health> {
  const answers = await Promise.all(parts.map(async (part) => [part.name, await ask(part)] as const));
  const components = Object.fromEntries(answers);
  const down = answers.some(([, answer]) => answer.status === 'DOWN');
  return { status: isOut ? 'OUT_OF_SERVICE' : down ? 'DOWN' : 'UP', components };
}
