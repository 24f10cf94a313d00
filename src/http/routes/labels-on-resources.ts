/** The labels of one resource of any kind. A caller that cannot read the resource gets a 404 for the path (InfluxDB's rule). */
import { needsOfKind } from '../../auth/kind-rights.js';
import { invalid } from '../../domain/errors.js';
import { parseId, type LabelId } from '../../domain/id.js';
import type { Kind } from '../../kinds/kind.js';
import { encodeLabel, labelKind } from '../../kinds/labels.js';
import type { LabelsOnResources, OpenedLabels } from '../../services/labels-on-resources.js';
import { decodeJsonObject } from '../../wire/json.js';
import { empty, json, type ActorRoute, type RouteRequest } from '../route.js';
import { behaviourOf, findPlace, type FindPlace } from './places.js';

export function labelRoutes(kind: Kind, labels: LabelsOnResources): ActorRoute[] {
  const open: FindPlace<OpenedLabels> = (actor, id) => labels.open(actor, kind, id);
  const path = `${kind.path}/:id/labels`;
  const shared = { access: 'actor', ...behaviourOf(kind) } as const;
  const needs = needsOfKind(kind);
  return [
    {
      ...shared,
      method: 'GET',
      path,
      needs: needs.listLabels,
      async handle(actor, request) {
        const opened = await findPlace(actor, request, open);
        const found = await opened.list();
        return json(200, { links: { self: labelKind.path }, labels: found.map(encodeLabel) });
      },
    },
    {
      ...shared,
      method: 'POST',
      path,
      needs: needs.addLabel,
      async handle(actor, request) {
        const opened = await findPlace(actor, request, open);
        const labelId = decodeLabelId(kind, request);
        if (labelId === undefined) throw invalid('label id is required');
        const label = await opened.add(labelId);
        return json(201, { links: { self: `${labelKind.path}/${label.id}` }, label: encodeLabel(label) });
      },
    },
    {
      ...shared,
      method: 'DELETE',
      path: `${path}/:labelID`,
      needs: needs.removeLabel,
      async handle(actor, request) {
        const opened = await findPlace(actor, request, open);
        await opened.remove(parseId<LabelId>(request.params.labelID ?? ''));
        return empty(204);
      },
    },
  ];
}

function decodeLabelId({ router }: Kind, { body }: RouteRequest): LabelId | undefined {
  try {
    return decodeJsonObject(body).id<LabelId>('labelID');
  } catch (cause) {
    throw router === 'chi' ? cause : invalid('Invalid post label map request', { cause });
  }
}
