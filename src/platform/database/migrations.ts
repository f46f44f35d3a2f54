import { PeopleTables1763800000001 } from './migrations/1763800000001-people.js';
import { SegmentTables1763800000002 } from './migrations/1763800000002-segments.js';
import { CampaignTables1763800000003 } from './migrations/1763800000003-campaigns.js';
import { DeliveryTables1763800000004 } from './migrations/1763800000004-delivery.js';
import { AccessTables1763800000005 } from './migrations/1763800000005-access.js';
import { PageFunctions1763800000006 } from './migrations/1763800000006-pages.js';
import { SegmentVocabulary1763800000007 } from './migrations/1763800000007-segment-vocabulary.js';
import { SendingTables1763800000008 } from './migrations/1763800000008-sending.js';
import { SendingDomainTables1763800000009 } from './migrations/1763800000009-sending-domains.js';
import { ReturnTables1763800000010 } from './migrations/1763800000010-returns.js';
import { Messages1763800000011 } from './migrations/1763800000011-messages.js';
import { ChannelTables1763800000012 } from './migrations/1763800000012-channels.js';
import { SendingRules1763800000013 } from './migrations/1763800000013-rules.js';
import { TrackingTables1763800000014 } from './migrations/1763800000014-tracking.js';
import { ProviderTables1763800000015 } from './migrations/1763800000015-providers.js';
import { DoubleOptIn1763800000017 } from './migrations/1763800000017-double-opt-in.js';
import { PersonNews1763800000021 } from './migrations/1763800000021-person-news.js';
import { Displays1763800000020 } from './migrations/1763800000020-displays.js';
import { VisitorIdentity1763800000022 } from './migrations/1763800000022-visitors-identity.js';
import { DemoSite1763800000023 } from './migrations/1763800000023-demo-site.js';
import { Reports1763800000027 } from './migrations/1763800000027-reports.js';
import { Rollups1763800000024 } from './migrations/1763800000024-rollups.js';
import { Verdicts1763800000025 } from './migrations/1763800000025-verdicts.js';
import { AccountUnits1763800000067 } from './migrations/1763800000067-account-units.js';
import { Choices1763800000026 } from './migrations/1763800000026-choices.js';
import { UnfinishedDrafts1763800000039 } from './migrations/1763800000039-unfinished-drafts.js';
import { Tested1763800000033 } from './migrations/1763800000033-tested.js';
import { SegmentEditor1763800000031 } from './migrations/1763800000031-segment-editor.js';
import { SampleData1763800000032 } from './migrations/1763800000032-sample-data.js';
import { Pacing1763800000042 } from './migrations/1763800000042-pacing.js';
import { Colleagues1763800000034 } from './migrations/1763800000034-colleagues.js';
import { PersonSearch1763800000035 } from './migrations/1763800000035-person-search.js';
import { Labels1763800000036 } from './migrations/1763800000036-labels.js';
import { Holdouts1763800000044 } from './migrations/1763800000044-holdouts.js';
import { LiveEditing1763800000045 } from './migrations/1763800000045-live-editing.js';
import { LaunchSafety1763800000046 } from './migrations/1763800000046-launch-safety.js';
import { SendRates1763800000047 } from './migrations/1763800000047-send-rates.js';
import { PlainMarks1763800000038 } from './migrations/1763800000038-plain-marks.js';
import { Ladder1763800000050 } from './migrations/1763800000050-ladder.js';
import { Anomalies1763800000048 } from './migrations/1763800000048-anomalies.js';
import { EntryRequests1763800000040 } from './migrations/1763800000040-entry-requests.js';
import { Simulations1763800000049 } from './migrations/1763800000049-simulations.js';
import { FoldedMarks1763800000051 } from './migrations/1763800000051-folded-marks.js';
import { FileKeys1763800000052 } from './migrations/1763800000052-file-keys.js';
import { Canaries1763800000056 } from './migrations/1763800000056-canaries.js';
import { EntryFiles1763800000057 } from './migrations/1763800000057-entry-files.js';
import { Retention1763800000058 } from './migrations/1763800000058-retention.js';
import { Alarms1763800000060 } from './migrations/1763800000060-alarms.js';
import { Sources1763800000064 } from './migrations/1763800000064-sources.js';
import { SourcePulls1763800000073 } from './migrations/1763800000073-source-pulls.js';
import { NoStatusSamples1763800000074 } from './migrations/1763800000074-no-status-samples.js';
import { DraftOverrides1763800000079 } from './migrations/1763800000079-draft-overrides.js';
import { SamplesAndRuns1763800000075 } from './migrations/1763800000075-samples-and-runs.js';
import { SavedReplies1763800000076 } from './migrations/1763800000076-saved-replies.js';
import { OutgoingEvents1763800000072 } from './migrations/1763800000072-outgoing-events.js';
import { SecretKeys1763800000061 } from './migrations/1763800000061-secret-keys.js';
import { AssignmentWords1763800000066 } from './migrations/1763800000066-assignment-words.js';
import { HoldoutFileKeys1763800000065 } from './migrations/1763800000065-holdout-file-keys.js';
import { SecondFactors1763800000062 } from './migrations/1763800000062-second-factors.js';
import { Features1763800000054 } from './migrations/1763800000054-features.js';
import { MonthsByFunction1763800000070 } from './migrations/1763800000070-months-by-function.js';
import { ServiceLevels1763800000069 } from './migrations/1763800000069-service-levels.js';

/** Every migration in order. A merged migration is never edited; a change is a new one at the end. */
export const migrations = [
  PeopleTables1763800000001,
  SegmentTables1763800000002,
  CampaignTables1763800000003,
  DeliveryTables1763800000004,
  AccessTables1763800000005,
  PageFunctions1763800000006,
  SegmentVocabulary1763800000007,
  SendingTables1763800000008,
  SendingDomainTables1763800000009,
  ReturnTables1763800000010,
  Messages1763800000011,
  ChannelTables1763800000012,
  SendingRules1763800000013,
  TrackingTables1763800000014,
  ProviderTables1763800000015,
  DoubleOptIn1763800000017,
  PersonNews1763800000021,
  Displays1763800000020,
  VisitorIdentity1763800000022,
  DemoSite1763800000023,
  Reports1763800000027,
  Rollups1763800000024,
  Verdicts1763800000025,
  AccountUnits1763800000067,
  Choices1763800000026,
  SegmentEditor1763800000031,
  SampleData1763800000032,
  UnfinishedDrafts1763800000039,
  Tested1763800000033,
  Colleagues1763800000034,
  PersonSearch1763800000035,
  Labels1763800000036,
  Pacing1763800000042,
  Holdouts1763800000044,
  LiveEditing1763800000045,
  EntryRequests1763800000040,
  LaunchSafety1763800000046,
  SendRates1763800000047,
  Ladder1763800000050,
  Anomalies1763800000048,
  Simulations1763800000049,
  FoldedMarks1763800000051,
  PlainMarks1763800000038,
  FileKeys1763800000052,
  Canaries1763800000056,
  EntryFiles1763800000057,
  Alarms1763800000060,
  Sources1763800000064,
  Features1763800000054,
  SecretKeys1763800000061,
  Retention1763800000058,
  SecondFactors1763800000062,
  ServiceLevels1763800000069,
  HoldoutFileKeys1763800000065,
  AssignmentWords1763800000066,
  OutgoingEvents1763800000072,
  SourcePulls1763800000073,
  NoStatusSamples1763800000074,
  MonthsByFunction1763800000070,
  DraftOverrides1763800000079,
  SamplesAndRuns1763800000075,
  SavedReplies1763800000076,
];
