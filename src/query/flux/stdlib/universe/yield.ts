/** `yield`: a stream as a result of the script, under a name. */
import { TableStream } from '../../execute/table-stream.js';
import { DEFAULT_RESULT_NAME } from '../../plan/results.js';
import { native } from '../native.js';

export const yieldResult = native((args, context) => {
  const node = args.stream();
  const name = args.string('name', DEFAULT_RESULT_NAME);
  return new TableStream({ spec: { kind: 'yield', name }, inputs: [node], site: context.site, bounds: node.bounds });
}, 'tables');
