import { readFileSync } from 'node:fs';
import { demandOf } from '../../src/access/http/access.guard.js';
import type { AccessRule } from '../../src/platform/http/access.js';
import { declaredRoutes } from '../../src/platform/http/declared-routes.js';
import type { TestApp } from './app.js';
import type { ApiDocument, Operation } from './hostile-requests.js';

/** A route with who may call it. */
export interface Route { method: string; path: string; rule: AccessRule }

/** Every route that the controllers declare. */
export function routesOf(app: TestApp): Route[] {
  return declaredRoutes(app.nest).map(({ method, path, handler, controller }) => ({ method: method === 'ALL' ? 'GET' : method, path, rule: demandOf(handler, controller).rule }));
}

/** The committed description of the API. */
export const apiDocument = JSON.parse(readFileSync('openapi.json', 'utf8')) as ApiDocument;
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Each operation of the description, those that read first and those that take away last. */
export const describedOperations: readonly { name: string; method: string; path: string; operation: Operation }[] = Object.entries(apiDocument.paths)
  .flatMap(([path, item]) => Object.entries(item).filter(([method]) => METHODS.includes(method)).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path, operation })))
  .toSorted((a, b) => METHODS.indexOf(a.method.toLowerCase()) - METHODS.indexOf(b.method.toLowerCase()));

/** A path of the router as the description spells it. */
export const asDescribed = (path: string): string => path.replace(/:(\w+)/g, '{$1}');
