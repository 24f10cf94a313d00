/** A plan, for whoever is asked and for scripts. */
import type { Plan, Step } from './plan.js';
import type { Directory } from './rights.js';

const SIGNS: Readonly<Record<Step['kind'], string>> = { create: '+', replace: '~', rotate: '~', change: '~', finish: '~', confirm: '~' };

export const isEmpty = ({ steps, removals }: Plan): boolean => steps.length + removals.length === 0;

export function formatPlan(plan: Plan, { orgName }: Directory): string {
  const { steps, removals } = plan;
  if (isEmpty(plan)) return `No change: ${plan.unchanged} tokens of ${orgName} are as the file says.\n`;
  const rows = [
    ...removals.map(({ authorization, reason }) => ['-', 'delete', authorization.name ?? authorization.id, reason] as const),
    ...steps.map(({ kind, wanted, reason }) => [SIGNS[kind], kind, wanted.name, reason] as const),
  ];
  const width = Math.max(...rows.map(([, , name]) => name.length));
  const lines = rows.map(([sign, kind, name, reason]) => `  ${sign} ${kind.padEnd(8)} ${name.padEnd(width)}  ${reason}\n`);
  return `Tokens of ${orgName}:\n${lines.join('')}${summarizePlan(plan)}.\n`;
}

/** `create 3, delete 1, leave 12`. */
export function summarizePlan({ steps, removals, unchanged }: Plan): string {
  const counts = new Map<string, number>();
  for (const { kind } of steps) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (removals.length > 0) counts.set('delete', removals.length);
  if (unchanged > 0) counts.set('leave', unchanged);
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
}

export const formatSteps = ({ steps, removals, unchanged }: Plan) => ({
  steps: [
    ...removals.map(({ authorization, reason }) => ({ action: 'delete', name: authorization.name, id: authorization.id, reason })),
    ...steps.map((step) => ({
      action: step.kind,
      name: step.wanted.name,
      id: 'current' in step ? step.current?.id : undefined,
      reason: step.reason,
    })),
  ],
  unchanged,
});
