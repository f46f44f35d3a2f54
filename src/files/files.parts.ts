import type { ModuleParts } from '../platform/module-parts.js';
import { DefinitionFiles, FileQuestions } from './files.service.js';
import { FilesController } from './http/files.controller.js';

export const filesParts: ModuleParts = { providers: [FileQuestions, DefinitionFiles], controllers: [FilesController], workers: [] };
