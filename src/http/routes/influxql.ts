/** GET and POST /query of the v1-compatible API. */
import type { Influxql } from '../../services/influxql.js';
import { JSON_TYPE, type Method, type Route } from '../route.js';
import { stream } from '../stream.js';

/** Bytes of the largest query. */
const QUERY_BYTES_MAX = 4 * 1024 * 1024;
const METHODS: readonly Method[] = ['GET', 'POST'];

export const influxqlRoutes = (influxql: Influxql): Route[] =>
  METHODS.map((method) => ({
    method,
    path: '/query',
    access: 'v1',
    needs: { list: 'buckets' },
    bodyBytesMax: QUERY_BYTES_MAX,
    traffic: 'query',
    otherMethods: 'json',
    async handle(actor, request) {
      const { headers, query, body, signal } = request;
      const { contentType, bytes } = await influxql.run(actor, {
        query: query.toString(),
        contentType: request.contentType,
        accept: headers.accept,
        body,
        signal,
        onLateError: (error) => {
          request.reportFailure(error);
        },
      });
      return stream(bytes, contentType ?? JSON_TYPE, request);
    },
  }));
