import type { ModuleParts } from '../../platform/module-parts.js';
import { StreamRoutes } from './http/stream.routes.js';
import { NewsUpkeep } from './jobs/news-upkeep.worker.js';
import { NewsFeed } from './news-feed.service.js';
import { Streams } from './streams.service.js';
import { StreamTickets } from './tickets.service.js';

export const streamParts: ModuleParts = { providers: [Streams, NewsFeed, StreamTickets, StreamRoutes], controllers: [], workers: [NewsUpkeep] };
