import type { ModuleParts } from '../../platform/module-parts.js';
import { SystemHook } from '../../platform/system-hook.js';
import { DeadLetters } from './dead-letters.service.js';
import { EndpointSystemHook } from './endpoint-system-hook.js';
import { Endpoints } from './endpoints.service.js';
import { Resolver } from '../../platform/network/resolver.js';
import { GuardedPost } from './guarded-post.js';
import { EndpointsController } from './http/endpoints.controller.js';
import { HookSurroundings } from './hook-batch.js';
import { HooksWorker } from './jobs/hooks.worker.js';

export const hooksParts: ModuleParts = { providers: [{ provide: SystemHook, useClass: EndpointSystemHook }, Resolver, GuardedPost, HookSurroundings, Endpoints, DeadLetters], controllers: [EndpointsController], workers: [HooksWorker] };
