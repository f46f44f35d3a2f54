import { createServer } from 'node:net';
import { AppError } from '../../kernel/errors.js';

/**
 * Says early whether the service will be able to listen, before anything is started that would have to be stopped again.
 * @throws port.taken, port.forbidden, host.unknown
 */
export async function assertPortFree(host: string, port: number): Promise<void> {
  if (port === 0) return;
  await new Promise<void>((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen({ host, port }, () => probe.close(() => done()));
  }).catch((error: unknown) => { throw explainListen(error, host, port) ?? error; });
}

/** One sentence for the reasons why a program may not listen; null for others. */
export function explainListen(error: unknown, host: string, port: number): AppError | null {
  const { code } = error as NodeJS.ErrnoException;
  const say = (name: string, sentence: string) => new AppError(name, sentence, 'unavailable', [], { cause: error });
  if (code === 'EADDRINUSE') return say('port.taken', `Port ${port} is taken by another program. Set PORT to a free one.`);
  if (code === 'EACCES') return say('port.forbidden', `Danbi may not listen on port ${port}. Set PORT to one above 1023.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') return say('host.unknown', `This machine has no address "${host}" to listen on. Set HOST to 127.0.0.1, or to 0.0.0.0 for all addresses.`);
  return null;
}
