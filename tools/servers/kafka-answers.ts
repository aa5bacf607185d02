// Real servers for tests: asks whether a Kafka answers.
import { Admin } from '@platformatic/kafka';

/** Whether the broker at `host:port` (several with commas) tells of at least one live broker, asked once. */
export async function kafkaAnswers(brokers: string, timeoutMs = 2_000): Promise<boolean> {
  const admin = new Admin({
    clientId: 'staffetta-probe',
    bootstrapBrokers: brokers.split(','),
    retries: false,
    connectTimeout: timeoutMs,
    timeout: timeoutMs,
  });
  try {
    const metadata = await admin.metadata({ topics: [] });
    return metadata.brokers.size > 0;
  } catch {
    // Refused, too slow, or no Kafka: all of them mean no.
    return false;
  } finally {
    await admin.close();
  }
}
