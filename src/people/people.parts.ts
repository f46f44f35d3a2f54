import type { ModuleParts } from '../platform/module-parts.js';
import { ClientSettingsController } from './http/client-settings.controller.js';
import { IngestTransport } from './http/ingest-transport.js';
import { IngestController } from './http/ingest.controller.js';
import { EventsController } from './http/events.controller.js';
import { PeopleController } from './http/people.controller.js';
import { ErasedIds } from './erased-ids.js';
import { IngestIdentity } from './ingest-identity.service.js';
import { Ingest } from './ingest.service.js';
import { PeopleUpkeep } from './jobs/upkeep.worker.js';
import { People } from './people.service.js';
import { ExportStreams } from './export/export-streams.js';
import { CsvBody } from './http/csv-body.js';
import { ExportsController } from './http/exports.controller.js';
import { ImportsController } from './http/imports.controller.js';
import { ImportFiles } from './import/import-files.js';
import { Imports } from './import/imports.service.js';
import { LabelsController } from './labels/http/labels.controller.js';
import { Labels } from './labels/labels.service.js';
import { LiveEvents } from './live/live-events.service.js';
import { ListsController } from './lists/http/lists.controller.js';
import { Lists } from './lists/lists.service.js';
import { sourcesParts } from './sources/sources.parts.js';
import { ImportWorker } from './import/jobs/import.worker.js';

export const peopleParts: ModuleParts = {
  providers: [Imports, ImportFiles, ExportStreams, CsvBody, ErasedIds, Ingest, IngestIdentity, IngestTransport, People, Lists, Labels, LiveEvents, ...sourcesParts.providers],
  controllers: [ImportsController, ExportsController, IngestController, ClientSettingsController, PeopleController, EventsController, ListsController, LabelsController, ...sourcesParts.controllers],
  workers: [ImportWorker, PeopleUpkeep, ...sourcesParts.workers],
};
