/** Packages `http`, `http/requests` and `experimental/http`. */
import { FluxPackage, flux, native } from '../native.js';
import type { Package } from '../native.js';
import { get, post, request } from './send.js';

/** What stands for itself in a segment of a path. */
const PLAIN = /[A-Za-z0-9\-_.~$&+=:@]/;

const escapeByte = (byte: number): string => {
  const letter = String.fromCharCode(byte);
  return PLAIN.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
};

export const http = new FluxPackage(
  flux`
import "experimental"

// One request for each row; only a status of 200 counts as sent.
endpoint = (url) => (mapFn) => (tables=<-) =>
    tables
        |> map(
            fn: (r) => {
                message = mapFn(r: r)
                status = post(url: url, headers: message.headers, data: message.data)

                return {r with _status: string(v: status), _sent: string(v: status == 200)}
            },
        )
        |> experimental.group(mode: "extend", columns: ["_sent"])
`,
  {
    post,
    basicAuth: native((args) => `Basic ${Buffer.from(`${args.string('u')}:${args.string('p')}`).toString('base64')}`),
    pathEscape: native((args) => [...Buffer.from(args.string('inputString'))].map(escapeByte).join('')),
  },
);

export const experimentalHttp: Package = { get };

const REQUESTS = flux`
import "array"

option defaultConfig = {timeout: 0s, insecureSkipVerify: false}

do = (method, url, params=[:], headers=[:], body=bytes(v: ""), config=defaultConfig) =>
    _do(method: method, url: url, params: params, headers: headers, body: body, config: config)

get = (url, params=[:], headers=[:], body=bytes(v: ""), config=defaultConfig) =>
    do(method: "GET", url: url, params: params, headers: headers, body: body, config: config)

post = (url, params=[:], headers=[:], body=bytes(v: ""), config=defaultConfig) =>
    do(method: "POST", url: url, params: params, headers: headers, body: body, config: config)

peek = (response) =>
    array.from(
        rows: [
            {
                statusCode: response.statusCode,
                body: string(v: response.body),
                headers: display(v: response.headers),
                duration: int(v: response.duration),
            },
        ],
    )
`;

/** The two are alike, each with a default of its own. */
export const requests = new FluxPackage(REQUESTS, { _do: request });
export const experimentalRequests = new FluxPackage(REQUESTS, { _do: request });
