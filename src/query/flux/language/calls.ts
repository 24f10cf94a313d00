/** The calls under way, which name the places of errors. */
import type { CallSite } from './call-site.js';
import { formatLocation, wrapError } from './errors.js';
import type { FunctionValue, Value } from './value.js';

/** What compiled functions need of it. */
export type CallHost = Pick<Calls, 'tick' | 'call'>;

export class Calls {
  /** Called wherever a function of the script is. @throws DomainError when the script has been at it for too long */
  readonly tick: () => void;
  /** Outermost first. */
  private readonly stack: CallSite[] = [];
  /** Positive while a function is applied to rows: its failures carry no places, as in InfluxDB. */
  private rowDepth = 0;

  constructor(tick: () => void) {
    this.tick = tick;
  }

  /** The innermost call of the script itself. */
  get site(): CallSite | undefined {
    return this.stack.at(-1);
  }

  get isInRows(): boolean {
    return this.rowDepth > 0;
  }

  /** The calls of functions of the library that are written in Flux: an error belongs to the call in the script that led to them. */
  inLibrary(): CallHost {
    return { tick: this.tick, call: (_site, target, args) => target.call(args) };
  }

  call(site: CallSite, target: FunctionValue, args: ReadonlyMap<string, Value>): Value {
    if (this.rowDepth > 0) return target.call(args);
    this.stack.push(site);
    try {
      return target.call(args);
    } catch (error) {
      throw site.functionName.startsWith('_') || site.location === undefined
        ? error
        : wrapError(error, `error calling function "${site.functionName}" ${formatLocation(site.location)}`);
    } finally {
      this.stack.pop();
    }
  }

  /** Runs `use` in the way in which functions are applied to rows. */
  applyToRows<T>(use: () => T): T {
    this.rowDepth++;
    try {
      return use();
    } finally {
      this.rowDepth--;
    }
  }
}
