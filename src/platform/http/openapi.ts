import { Controller, Get, type INestApplication, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ApiExcludeController, DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { ACCESS, Public, type AccessRule } from './access.js';

type Operation = Record<string, unknown> & { operationId?: string; responses?: Record<string, unknown> };

const PROBLEM = {
  type: 'object', required: ['error', 'code', 'message'],
  properties: {
    error: { type: 'string', description: 'The kind of fault: invalid, unauthenticated, forbidden, not_found, conflict, too_large, too_many, unavailable, internal.' },
    code: { type: 'string', description: 'Stable, for programs.' },
    message: { type: 'string', description: 'A sentence a person can act on.' },
    messageKo: { type: 'string', description: 'The same in Korean, where there is one.' },
    changed: { type: 'object', description: 'Where somebody else changed it meanwhile: by whom, where the name is known, and when.', required: ['by', 'at'], properties: { by: { type: 'string', nullable: true }, at: { type: 'string', format: 'date-time' } } },
    problems: { type: 'array', items: { type: 'object', required: ['path', 'code', 'message'], properties: { path: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' }, messageKo: { type: 'string' } } } },
  },
};

/** Holds the document once the application can describe itself; made at the first request for it. */
export class OpenApi {
  private document: OpenAPIObject | null = null;
  private make: () => OpenAPIObject = () => { throw new Error('the OpenAPI document is asked for before the application is there'); };

  describe(nest: INestApplication, version: string): void {
    this.make = () => openApiDocument(nest, version);
  }

  get value(): OpenAPIObject {
    return (this.document ??= this.make());
  }
}

@ApiExcludeController()
@Controller()
export class OpenApiController {
  constructor(private readonly openApi: OpenApi) {}

  @Public() @Get('openapi.json') read() {
    return this.openApi.value;
  }
}

/** Describes every route: schemas from zod, security from the access rules; the same text for the same code. */
export function openApiDocument(nest: INestApplication, version: string): OpenAPIObject {
  const rules = new Map<string, AccessRule>();
  for (const controller of controllersOf(nest)) noteRules(controller, rules);
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.0.3')
    .setTitle('Danbi').setVersion(version)
    .setDescription('Lifecycle messaging and campaign automation. Server keys go into "Authorization: Bearer dnb_sk_…"; a browser session that changes something sends "x-danbi-csrf: 1" beside its cookie.')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A server key (dnb_sk_…).' }, 'serverKey')
    .addCookieAuth('danbi_session', { type: 'apiKey', in: 'cookie' }, 'session')
    .addBasicAuth({ type: 'http', scheme: 'basic', description: 'A write key (dnb_wk_…) as the user name with an empty password; also accepted in other places Segment clients use.' }, 'writeKey')
    .build();
  const document = SwaggerModule.createDocument(nest, config, { operationIdFactory: operationId, standardSchemaConverter: zodConverter() });
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path as Record<string, Operation>)) secure(operation, rules);
  }
  document.components!.schemas = sorted({ ...document.components!.schemas, Problem: PROBLEM as never });
  document.paths = sorted(document.paths);
  return document;
}

const operationId = (controller: string, method: string) => `${controller.replace(/Controller$/, '')}_${method}`;

const sorted = <T>(map: Record<string, T>): Record<string, T> => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Every controller class of the application. */
export function controllersOf(nest: INestApplication): Type[] {
  return [...nest.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()].map((wrapper) => wrapper.metatype as Type));
}

function noteRules(controller: Type, rules: Map<string, AccessRule>): void {
  for (const method of Object.getOwnPropertyNames(controller.prototype)) {
    const handler = (controller.prototype as Record<string, unknown>)[method];
    if (typeof handler !== 'function' || method === 'constructor') continue;
    const rule = (Reflect.getMetadata(ACCESS, handler) ?? Reflect.getMetadata(ACCESS, controller)) as AccessRule | undefined;
    rules.set(operationId(controller.name, method), rule ?? { kind: 'roles', roles: [] });
  }
}

function secure(operation: Operation, rules: Map<string, AccessRule>): void {
  if (!operation.responses || !operation.operationId) return;
  // A handler with several paths gets `name[1]`, `name[2]`, which generators of clients choke on.
  const [, handler, index] = /^(.*?)(?:\[(\d+)\])?$/.exec(operation.operationId)!;
  if (index) operation.operationId = `${handler}_${index}`;
  const rule = rules.get(handler!) ?? { kind: 'roles', roles: [] };
  operation.security = rule.kind === 'public' ? [] : rule.kind === 'write_key' ? [{ writeKey: [] }] : [{ serverKey: [] }, { session: [] }];
  if (rule.kind === 'roles') operation['x-danbi-roles'] = ['owner', ...rule.roles];
  operation.responses.default = { description: 'What went wrong', content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}

type JsonSchema = Record<string, unknown>;

/**
 * Zod's own JSON Schema, lenient where a schema has no JSON form (transforms): such a part says "anything". A named schema that
 * is both sent and answered is described as sent: what has a default is then optional, which is true of both.
 */
function zodConverter() {
  const sent = new Set<string>();
  return (schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) => {
    if (!(schema instanceof z.ZodType)) return undefined;
    const { $schema: _dialect, definitions = {}, ...body } = z.toJSONSchema(schema, { target: 'openapi-3.0', io: schemaType, unrepresentable: 'any', override: plainer }) as JsonSchema;
    const named = Object.entries(definitions as Record<string, JsonSchema>).filter(([id]) => schemaType === 'input' || !sent.has(id));
    if (schemaType === 'input') named.forEach(([id]) => sent.add(id));
    return { schema: body, components: Object.fromEntries(named) };
  };
}

/**
 * Says what travels, without zod's inner workings: a moment is one kind of text, whether the server holds it as text or as a
 * date; and every integer is bounded by what a double can hold, which would only hide the real bounds.
 */
function plainer({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  const { type } = zodSchema._zod.def;
  if (type === 'date' || jsonSchema.format === 'date-time' || (type === 'union' && zodSchema._zod.def.options.some((option) => (option as z.core.$ZodTypes)._zod.def.type === 'date'))) {
    delete jsonSchema.anyOf;
    // The expression that checks it is three lines long and says no more than the format.
    delete jsonSchema.pattern;
    Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
  }
}
