import type { ModuleParts } from '../../platform/module-parts.js';
import { ContentCache } from './content-cache.js';
import { LayoutsController } from './http/layouts.controller.js';
import { PreviewsController } from './http/previews.controller.js';
import { SavedRepliesController } from './http/saved-replies.controller.js';
import { SnippetsController } from './http/snippets.controller.js';
import { MergeTagsService } from './merge-tags.service.js';
import { Previews } from './preview.service.js';
import { StartersController } from './http/starters.controller.js';
import { SavedReplies } from './saved-replies.service.js';
import { Starters } from './starters.service.js';
import { Snippets } from './snippets.service.js';

export const contentParts: ModuleParts = { providers: [ContentCache, Previews, Snippets, SavedReplies, MergeTagsService, Starters], controllers: [PreviewsController, LayoutsController, SnippetsController, SavedRepliesController, StartersController], workers: [] };
