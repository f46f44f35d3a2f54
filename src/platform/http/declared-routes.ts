import { RequestMethod, type INestApplication, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { controllersOf } from './openapi.js';

/** A route as its controller declares it. */
export interface DeclaredRoute {
  /** In capitals; `ALL` for every method. */
  method: string;
  /** As the HTTP server knows it: `/v1/people/:id`. */
  path: string;
  controller: Type;
  handler: object;
}

/** Every route Nest serves, read from the controllers themselves. */
export function declaredRoutes(nest: INestApplication): DeclaredRoute[] {
  return controllersOf(nest).flatMap((controller) => {
    const bases = [Reflect.getMetadata(PATH_METADATA, controller)].flat() as string[];
    const names = Object.getOwnPropertyNames(controller.prototype).filter((name) => name !== 'constructor');
    return names.flatMap((name) => {
      const handler = (controller.prototype as Record<string, object>)[name]!;
      const paths = Reflect.getMetadata(PATH_METADATA, handler) as string | string[] | undefined;
      if (paths === undefined) return [];
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number]!;
      return bases.flatMap((base) => [paths].flat().map((path) => ({ method, path: `/${base}/${path}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1'), controller, handler })));
    });
  });
}
