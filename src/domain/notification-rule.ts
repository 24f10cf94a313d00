/** Notification rules: which statuses of checks are sent to which endpoint. */
import type { CheckLevel, CheckTag } from './check.js';
import type { Id, OrganizationId, UserId } from './id.js';

export interface StatusRule {
  readonly currentLevel: CheckLevel;
  readonly previousLevel: CheckLevel | null;
}

export const TAG_OPERATORS = ['equal', 'notequal', 'equalregex', 'notequalregex'] as const;

export interface TagRule extends CheckTag {
  readonly operator: (typeof TAG_OPERATORS)[number];
}

export const RULE_TYPES = ['slack', 'pagerduty', 'http', 'telegram'] as const;
export type RuleType = (typeof RULE_TYPES)[number];

export interface NotificationRule {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string;
  readonly ownerID: UserId;
  readonly taskID: Id;
  readonly endpointID: Id;
  readonly type: RuleType;
  readonly every: string;
  readonly offset: string;
  readonly sleepUntil: string;
  readonly runbookLink: string;
  readonly tagRules: readonly TagRule[];
  readonly statusRules: readonly StatusRule[];
  /** 0: none. */
  readonly limit: number;
  readonly limitEvery: number;
  readonly messageTemplate: string;
  readonly channel: string;
  readonly parseMode: string;
  readonly disableWebPagePreview: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What a rule's script needs to know of its endpoint. */
export interface RuleEndpoint {
  readonly type: string;
  readonly name: string;
  readonly url: string;
  readonly clientURL: string;
  readonly channel: string;
  readonly authMethod: string;
  readonly secrets: Readonly<Record<string, string>>;
}
