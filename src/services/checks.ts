/** Checks: as all resources, with the task that runs them. */
import type { Check } from '../domain/check.js';
import { checkKind, type CheckChange, type NewCheck } from '../kinds/checks.js';
import type { Resources } from './resources.js';
import { createScripted, type ScriptedDependencies } from './scripted.js';

export function createChecks(dependencies: ScriptedDependencies): Resources<Check, NewCheck, CheckChange> {
  const { scripts } = dependencies;
  const checks = createScripted(checkKind, dependencies, {
    async write(actor, check) {
      const script = await scripts.readCheck(actor, check);
      // InfluxDB puts the id of a custom check into its text.
      return { script, resource: check.type === 'custom' ? { ...check, query: { ...check.query, text: script.flux } } : check };
    },
    // The task keeps its name when a check is renamed, as in InfluxDB.
    isRewrittenBy: ({ isWhole }) => isWhole,
    async check(actor, check) {
      if (check.type === 'custom') await scripts.readCheck(actor, check);
      return check;
    },
  });
  return {
    ...checks,
    async operate(actor, id) {
      const check = await checks.find(actor, id);
      const flux = check.type === 'custom' ? check.query.text : (await scripts.readCheck(actor, check)).flux;
      return { status: 200, body: { flux } };
    },
  };
}
