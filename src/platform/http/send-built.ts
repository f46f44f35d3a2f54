import type { FastifyReply, FastifyRequest } from 'fastify';
import type { BuiltFile } from './built-files.js';
import { chooseCoding, isKnown } from './coding.js';

const FOR_EVER = 'public, max-age=31536000, immutable';

/** Sends a file in the smallest coding the browser takes, or only says that the one it has is still right. */
export async function sendBuilt(file: BuiltFile, caching: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const coding = chooseCoding(request.headers['accept-encoding']);
  const { data, tag } = file.bodies.get(coding)!;
  void reply.headers({ etag: tag, vary: 'accept-encoding', 'cache-control': file.immutable ? FOR_EVER : caching, 'content-type': file.type, ...(coding === 'identity' ? {} : { 'content-encoding': coding }) });
  if (isKnown(tag, request.headers['if-none-match'])) return void (await reply.status(304).send());
  await reply.status(200).send(data);
}
