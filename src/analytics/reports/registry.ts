import type { z } from 'zod';
import { attribution } from './attribution.js';
import { autoMessage } from './auto-message.js';
import { deliverability } from './deliverability.js';
import { funnel } from './funnel.js';
import { holdouts } from './holdouts.js';
import { overlap } from './overlap.js';
import { refusals, workspaceRefusals } from './refusals.js';
import type { Asked, AskedCampaign, Report } from './report.js';
import { stepFlow } from './step-flow.js';
import { surveys } from './surveys.js';
import { timeSeries, workspaceSeries } from './time-series.js';

/** A report whose question and answer are checked by its own schema: what a list of different ones can promise. */
export type AnyReport<Scope extends Asked> = Report<Scope, z.ZodType, unknown>;

/** Every report of one campaign, by its name in addresses. */
export const CAMPAIGN_REPORTS = [funnel, timeSeries, stepFlow, autoMessage, surveys, refusals, attribution] as unknown as readonly AnyReport<AskedCampaign>[];
/** Every report of the whole workspace. */
export const WORKSPACE_REPORTS = [workspaceSeries, deliverability, overlap, holdouts, workspaceRefusals] as unknown as readonly AnyReport<Asked>[];
