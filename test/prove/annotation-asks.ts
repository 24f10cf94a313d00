/** What can be asked of annotations and their streams, of which every place of the world has one. */
import type { Ask, Chances, Opened } from './asks.js';
import type { Answered, Sent } from './client.js';

const ANNOTATIONS = '/api/v2private/annotations';
const STREAMS = '/api/v2private/streams';
/** A time in which there is nothing. */
const EMPTY_TIME = 'startTime=1970-01-01T00:00:00Z&endTime=1970-01-02T00:00:00Z';

const YES: Opened = new Set(['yes']);
const NO: Opened = new Set();
const unlessRefused = ({ status, text }: Answered): Opened =>
  [401, 403, 404].includes(status) || /(annotation|stream) not found/.test(text) ? NO : YES;

export const anAnnotation = { summary: 'known', startTime: '2020-01-01T00:00:00Z', endTime: '2020-01-01T01:00:00Z', stream: 'known' };
export const aStream = { stream: 'known', description: 'made for this' };

const place = ({ random, world }: Chances) => random.pick(world.places);
const idOf = (chances: Chances, type: 'annotations' | 'streams'): string => place(chances).others[type]?.id ?? '';
const simple = (sent: Sent): Ask => ({ sent, opened: unlessRefused });
const inPlace =
  (method: string, path: string, more = '', json?: unknown) =>
  (chances: Chances): Ask =>
    simple({ method, path: `${path}?orgID=${place(chances).id}${more}`, ...(json === undefined ? {} : { json }) });

/** Who may change it may delete it: its maker is asked for a change that leaves it as it is. */
const removal =
  (path: string, type: 'annotations' | 'streams', json: object) =>
  (chances: Chances): Ask => {
    const id = idOf(chances, type);
    return { ...simple({ method: 'DELETE', path: `${path}/${id}` }), instead: { method: 'PUT', path: `${path}/${id}`, json } };
  };

export const ANNOTATION_ASKS: Readonly<Record<string, (chances: Chances) => Ask>> = {
  'GET /api/v2private/annotations': inPlace('GET', ANNOTATIONS),
  'POST /api/v2private/annotations': (chances) => {
    const orgID = place(chances).id;
    const { world } = chances;
    return {
      sent: { method: 'POST', path: `${ANNOTATIONS}?orgID=${orgID}`, json: [{ ...anAnnotation, summary: 'new' }] },
      opened: unlessRefused,
      undo: ({ json }) => world.client.send(world.operator, { method: 'DELETE', path: `${ANNOTATIONS}/${json[0].id}` }),
    };
  },
  'DELETE /api/v2private/annotations': inPlace('DELETE', ANNOTATIONS, `&stream=none&${EMPTY_TIME}`),
  'GET /api/v2private/annotations/:id': (chances) => simple({ method: 'GET', path: `${ANNOTATIONS}/${idOf(chances, 'annotations')}` }),
  'PUT /api/v2private/annotations/:id': (chances) =>
    simple({ method: 'PUT', path: `${ANNOTATIONS}/${idOf(chances, 'annotations')}`, json: anAnnotation }),
  'DELETE /api/v2private/annotations/:id': removal(ANNOTATIONS, 'annotations', anAnnotation),
  'GET /api/v2private/streams': inPlace('GET', STREAMS),
  'PUT /api/v2private/streams': inPlace('PUT', STREAMS, '', aStream),
  'DELETE /api/v2private/streams': inPlace('DELETE', STREAMS, '&stream=none'),
  'PUT /api/v2private/streams/:id': (chances) => simple({ method: 'PUT', path: `${STREAMS}/${idOf(chances, 'streams')}`, json: aStream }),
  'DELETE /api/v2private/streams/:id': removal(STREAMS, 'streams', aStream),
};
