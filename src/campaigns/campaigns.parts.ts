import { CAMPAIGN_BRAKE } from '../delivery/sending/campaign-brake.js';
import { KEPT_PLACES } from '../delivery/rules/kept-places.js';
import { DISPATCH_GATE } from '../delivery/sending/dispatch-gate.js';
import type { ModuleParts } from '../platform/module-parts.js';
import { Approvals } from './approvals.service.js';
import { Assignments } from './assignments.service.js';
import { DisplayAcks } from './auto/acks.service.js';
import { DisplayClaims } from './auto/claims.service.js';
import { AnswersController } from './auto/http/answers.controller.js';
import { AutoMessagesController } from './auto/http/auto-messages.controller.js';
import { DisplaysWorker } from './auto/jobs/displays.job.js';
import { Brake } from './campaign-brake.js';
import { Canaries } from './canaries/canaries.service.js';
import { CanariesController } from './canaries/http/canaries.controller.js';
import { CanariesWorker } from './canaries/jobs/canaries.job.js';
import { Choices } from './choices.service.js';
import { ChoicesController } from './http/choices.controller.js';
import { ChoicesWorker } from './jobs/choices.job.js';
import { TestsThenSend } from './tests-then-send.service.js';
import { Coverage } from './coverage.service.js';
import { CoverageWorker } from './jobs/coverage.job.js';
import { CampaignMessages } from './campaign-messages.service.js';
import { CampaignMessagesController } from './http/campaign-messages.controller.js';
import { CampaignCheck } from './check.service.js';
import { EmptyFields } from './empty-fields.service.js';
import { Drafts } from './drafts.service.js';
import { CampaignDispatchGate } from './engine/dispatch-gate.js';
import { campaignPlaces } from './engine/kept-places.js';
import { AssignmentBody } from './http/assignment-body.js';
import { AssignmentsController } from './http/assignments.controller.js';
import { CampaignsController } from './http/campaigns.controller.js';
import { VersionsController } from './http/versions.controller.js';
import { Overrides } from './overrides.service.js';
import { OverridesController } from './http/overrides.controller.js';
import { Features } from './features/features.service.js';
import { FeaturesController } from './features/http/features.controller.js';
import { FeatureRequestsController } from './features/http/requests.controller.js';
import { TellWorker } from './features/jobs/tell.job.js';
import { FeatureRequestsService } from './features/requests.service.js';
import { FeatureCampaigns } from './features/feature-campaigns.js';
import { ShippingQuestions } from './features/shipping-questions.js';
import { FeatureShippingViews } from './features/shipping-view.service.js';
import { FeatureShipping } from './features/shipping.service.js';
import { FeatureTeammates } from './features/teammates.service.js';
import { Holdouts } from './holdouts.service.js';
import { HoldoutsController } from './http/holdouts.controller.js';
import { Entering } from './entering.service.js';
import { EntryFiles } from './entry-files.service.js';
import { EntryFilesController } from './http/entry-files.controller.js';
import { EnteringController } from './http/entering.controller.js';
import { Explain } from './explain/explain.service.js';
import { LedgerController } from './explain/ledger.controller.js';
import { AdvanceWorker } from './jobs/advance.job.js';
import { LiveEditing } from './live-editing.service.js';
import { Remaining } from './remaining.service.js';
import { LiveEditingController } from './http/live-editing.controller.js';
import { MigrationWorker } from './jobs/migration.job.js';
import { SimulationsController } from './simulate/http/simulations.controller.js';
import { SimulationsWorker } from './simulate/jobs/simulations.job.js';
import { Simulations } from './simulate/simulations.service.js';
import { ClosingWorker } from './jobs/closing.job.js';
import { DatesWorker } from './jobs/dates.job.js';
import { EntryWorker } from './jobs/entry.job.js';
import { LaunchWorker } from './jobs/launch.job.js';
import { RampWorker } from './jobs/ramp.job.js';
import { LaunchState } from './launch-state.service.js';
import { LaunchesController } from './http/launches.controller.js';
import { Safety } from './safety.service.js';
import { SafetyController } from './http/safety.controller.js';
import { Lifecycle } from './lifecycle.service.js';
import { MessagesController } from './http/messages.controller.js';
import { PublishQuestions, Publishing } from './publish.service.js';
import { CampaignSegmentUse } from './segment-use.js';
import { CampaignSnippetUse } from './snippet-use.js';
import { CampaignSenderUse } from './sender-use.js';
import { SENDER_USE } from '../delivery/identity/sender-use.js';
import { SNIPPET_USE } from '../delivery/content/snippet-use.js';
import { SEGMENT_USE } from '../segments/segment-use.js';
import { TestPlanning } from './test-plans.service.js';
import { Versions } from './versions.service.js';

export const campaignsParts: ModuleParts = {
  providers: [Drafts, CampaignMessages, Coverage, EmptyFields, CampaignCheck, TestPlanning, Approvals, LaunchState, Safety, PublishQuestions, LiveEditing, Remaining, Publishing, Lifecycle, Versions, Assignments, AssignmentBody, Entering, { provide: DISPATCH_GATE, useClass: CampaignDispatchGate }, { provide: KEPT_PLACES, useValue: campaignPlaces }, { provide: CAMPAIGN_BRAKE, useClass: Brake }, { provide: SEGMENT_USE, useClass: CampaignSegmentUse }, { provide: SNIPPET_USE, useClass: CampaignSnippetUse }, { provide: SENDER_USE, useClass: CampaignSenderUse }, Explain, Choices, TestsThenSend, DisplayClaims, DisplayAcks, Holdouts, Simulations, Canaries, Overrides, EntryFiles],
  controllers: [CampaignsController, LiveEditingController, CampaignMessagesController, MessagesController, VersionsController, AssignmentsController, EnteringController, LedgerController, AnswersController, AutoMessagesController, ChoicesController, HoldoutsController, LaunchesController, SafetyController, SimulationsController, CanariesController, OverridesController, EntryFilesController],
  workers: [EntryWorker, DatesWorker, LaunchWorker, RampWorker, AdvanceWorker, MigrationWorker, ClosingWorker, CoverageWorker, DisplaysWorker, ChoicesWorker, SimulationsWorker, CanariesWorker],
  providers: [Drafts, CampaignMessages, Coverage, EmptyFields, CampaignCheck, TestPlanning, Approvals, LaunchState, Safety, PublishQuestions, LiveEditing, Remaining, Publishing, Lifecycle, Versions, Assignments, AssignmentBody, Entering, { provide: DISPATCH_GATE, useClass: CampaignDispatchGate }, { provide: KEPT_PLACES, useValue: campaignPlaces }, { provide: CAMPAIGN_BRAKE, useClass: Brake }, { provide: SEGMENT_USE, useClass: CampaignSegmentUse }, { provide: SNIPPET_USE, useClass: CampaignSnippetUse }, { provide: SENDER_USE, useClass: CampaignSenderUse }, Explain, Choices, TestsThenSend, DisplayClaims, DisplayAcks, Holdouts, Simulations, Features, FeatureRequestsService, FeatureTeammates, FeatureCampaigns, FeatureShipping, ShippingQuestions, FeatureShippingViews],
  controllers: [CampaignsController, LiveEditingController, CampaignMessagesController, MessagesController, VersionsController, AssignmentsController, EnteringController, LedgerController, AnswersController, AutoMessagesController, ChoicesController, HoldoutsController, LaunchesController, SafetyController, SimulationsController, FeaturesController, FeatureRequestsController],
  workers: [EntryWorker, DatesWorker, LaunchWorker, RampWorker, AdvanceWorker, MigrationWorker, ClosingWorker, CoverageWorker, DisplaysWorker, ChoicesWorker, SimulationsWorker, TellWorker],
};
