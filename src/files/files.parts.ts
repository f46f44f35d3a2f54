import type { ModuleParts } from '../platform/module-parts.js';
import { DefinitionFiles, FileQuestions } from './files.service.js';
import { Removing } from './remove-others.js';
import { WorkspaceDoors } from './write-workspace.js';
import { FilesController } from './http/files.controller.js';

export const filesParts: ModuleParts = { providers: [WorkspaceDoors, Removing, FileQuestions, DefinitionFiles], controllers: [FilesController], workers: [] };
