import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import cookie from '@fastify/cookie';

/** What every HTTP answer has in common, before any route. */
export async function configureHttp(nest: NestFastifyApplication): Promise<void> {
  await nest.register(cookie as never);
  nest.getHttpAdapter().getInstance().addHook('onSend', async (_request, reply) => {
    void reply.header('x-content-type-options', 'nosniff');
    if (!reply.hasHeader('referrer-policy')) void reply.header('referrer-policy', 'no-referrer');
  });
}
