import { CAMPAIGN_BRAKE } from '../delivery/sending/campaign-brake.js';
import { DISPATCH_GATE } from '../delivery/sending/dispatch-gate.js';
import type { ModuleParts } from '../platform/module-parts.js';
import { Assignments } from './assignments.service.js';
import { DisplayAcks } from './auto/acks.service.js';
import { DisplayClaims } from './auto/claims.service.js';
import { AnswersController } from './auto/http/answers.controller.js';
import { AutoMessagesController } from './auto/http/auto-messages.controller.js';
import { DisplaysWorker } from './auto/jobs/displays.job.js';
import { Brake } from './campaign-brake.js';
import { Choices } from './choices.service.js';
import { ChoicesController } from './http/choices.controller.js';
import { ChoicesWorker } from './jobs/choices.job.js';
import { TestsThenSend } from './tests-then-send.service.js';
import { Coverage } from './coverage.service.js';
import { CoverageWorker } from './jobs/coverage.job.js';
import { CampaignMessages } from './campaign-messages.service.js';
import { CampaignMessagesController } from './http/campaign-messages.controller.js';
import { CampaignCheck } from './check.service.js';
import { Drafts } from './drafts.service.js';
import { CampaignDispatchGate } from './engine/dispatch-gate.js';
import { AssignmentBody } from './http/assignment-body.js';
import { AssignmentsController } from './http/assignments.controller.js';
import { CampaignsController } from './http/campaigns.controller.js';
import { VersionsController } from './http/versions.controller.js';
import { Explain } from './explain/explain.service.js';
import { LedgerController } from './explain/ledger.controller.js';
import { AdvanceWorker } from './jobs/advance.job.js';
import { ClosingWorker } from './jobs/closing.job.js';
import { DatesWorker } from './jobs/dates.job.js';
import { EntryWorker } from './jobs/entry.job.js';
import { LaunchWorker } from './jobs/launch.job.js';
import { Lifecycle } from './lifecycle.service.js';
import { MessagesController } from './http/messages.controller.js';
import { Publishing } from './publish.service.js';
import { CampaignSegmentUse } from './segment-use.js';
import { CampaignSnippetUse } from './snippet-use.js';
import { CampaignSenderUse } from './sender-use.js';
import { SENDER_USE } from '../delivery/identity/sender-use.js';
import { SNIPPET_USE } from '../delivery/content/snippet-use.js';
import { SEGMENT_USE } from '../segments/segment-use.js';
import { TestPlanning } from './test-plans.service.js';
import { Versions } from './versions.service.js';

export const campaignsParts: ModuleParts = {
  providers: [Drafts, CampaignMessages, Coverage, CampaignCheck, TestPlanning, Publishing, Lifecycle, Versions, Assignments, AssignmentBody, { provide: DISPATCH_GATE, useClass: CampaignDispatchGate }, { provide: CAMPAIGN_BRAKE, useClass: Brake }, { provide: SEGMENT_USE, useClass: CampaignSegmentUse }, { provide: SNIPPET_USE, useClass: CampaignSnippetUse }, { provide: SENDER_USE, useClass: CampaignSenderUse }, Explain, Choices, TestsThenSend, DisplayClaims, DisplayAcks],
  controllers: [CampaignsController, CampaignMessagesController, MessagesController, VersionsController, AssignmentsController, LedgerController, AnswersController, AutoMessagesController, ChoicesController],
  workers: [EntryWorker, DatesWorker, LaunchWorker, AdvanceWorker, ClosingWorker, CoverageWorker, DisplaysWorker, ChoicesWorker],
};
