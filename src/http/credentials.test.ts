import { describe, expect, it } from 'vitest';
import { hintAt, isFromElsewhere, readBasic, readCredentials } from './credentials.js';

const read = (headers: Record<string, string>): string => {
  const credentials = readCredentials(headers);
  if (credentials.kind === 'token') return `token ${credentials.secret.reveal()}`;
  return credentials.kind === 'session' ? `session ${credentials.key.reveal()}` : 'none';
};

describe('readCredentials', () => {
  it.each([
    [{ authorization: 'Token abc' }, 'token abc'],
    [{ authorization: 'bEARER abc' }, 'token abc'],
    [{ authorization: '  Token abc  ' }, 'token abc'],
    [{ authorization: 'Token a short one' }, 'token a short one'],
    // To the letter: such a token is unknown, and the request refused.
    [{ authorization: 'Token  abc' }, 'token  abc'],
    [{ authorization: 'Token "abc"' }, 'token "abc"'],
    [{ authorization: 'Token abc,' }, 'token abc,'],
    [{ authorization: 'Token\tabc' }, 'none'],
    [{ authorization: 'Token' }, 'none'],
    [{ authorization: 'Token ' }, 'none'],
    [{ authorization: 'Tokenabc' }, 'none'],
    [{ authorization: 'abc' }, 'none'],
    [{ authorization: 'Basic YTpi' }, 'none'],
    [{ authorization: 'Token', cookie: 'influxdb-oss-session=key' }, 'session key'],
    [{ authorization: 'Basic YTpi', cookie: 'influxdb-oss-session=key' }, 'session key'],
    [{ authorization: 'Token wrong', cookie: 'influxdb-oss-session=key' }, 'token wrong'],
    [{ cookie: 'a=b; influxdb-oss-session=abc==; c=d' }, 'session abc=='],
    [{ cookie: 'influxdb-oss-session="ab/c=="; Path=/api/; HttpOnly' }, 'session ab/c=='],
    [{ cookie: 'influxdb-oss-session=' }, 'none'],
    [{ cookie: 'session=key' }, 'none'],
    [{}, 'none'],
  ])('%j -> %s', (headers, expected) => {
    expect(read(headers)).toBe(expected);
  });

  it('takes letters beyond ASCII as UTF-8, which is what clients send', () => {
    expect(read({ authorization: Buffer.from('Token Zähler 🌡').toString('latin1') })).toBe('token Zähler 🌡');
  });
});

describe('isFromElsewhere', () => {
  it.each([
    [{}, false],
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://other' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    // The same host on another port gets the cookie, too.
    [{ 'sec-fetch-site': 'same-site', origin: 'http://db.example:8086' }, true],
    [{ 'sec-fetch-site': 'cross-site' }, true],
    [{ origin: 'http://db.example:8086' }, false],
    [{ origin: 'https://DB.example:8086' }, false],
    [{ origin: 'http://db.example:3000' }, true],
    [{ origin: 'http://db.example' }, true],
    [{ origin: 'http://db.example:8086.evil.example' }, true],
    [{ origin: 'null' }, true],
    [{ origin: 'db.example:8086' }, true],
  ])('%j: %s', (headers, expected) => {
    expect(isFromElsewhere(headers, 'db.example:8086')).toBe(expected);
  });

  it('takes the port that a scheme has anyway for none', () => {
    expect(isFromElsewhere({ origin: 'http://db.example' }, 'db.example:80')).toBe(false);
    expect(isFromElsewhere({ origin: 'https://db.example' }, 'db.example:443')).toBe(false);
    expect(isFromElsewhere({ origin: 'https://db.example' }, 'db.example:80')).toBe(true);
    expect(isFromElsewhere({ origin: 'http://db.example' }, '')).toBe(true);
  });
});

describe('readBasic', () => {
  const basic = (text: string) => readBasic({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  it('splits at the first colon', () => {
    expect(basic('ann:pass:word')?.userName).toBe('ann');
    expect(basic('ann:pass:word')?.password.reveal()).toBe('pass:word');
    expect(basic('änn:ü')?.userName).toBe('änn');
    expect(basic('ann')).toBeUndefined();
    expect(readBasic({ authorization: 'Token x' })).toBeUndefined();
    expect(readBasic({})).toBeUndefined();
  });
});

describe('hintAt', () => {
  it.each([
    [{}, 'no Authorization header'],
    [{ authorization: 'Basic YTpi' }, 'must begin with'],
    [{ authorization: 'my-token' }, 'must begin with'],
    [{ authorization: 'Token' }, 'no token behind'],
    [{ authorization: 'Token "abc"' }, 'quotes'],
    [{ authorization: "Bearer 'abc'" }, 'quotes'],
    [{ authorization: 'Token  abc' }, 'exactly one blank'],
    [{ authorization: 'Token $INFLUX_TOKEN' }, 'variable'],
    [{ authorization: 'Token ${INFLUX_TOKEN}' }, 'variable'],
    [{ authorization: 'Token %INFLUX_TOKEN%' }, 'variable'],
    [{ authorization: 'Token {{ .Token }}' }, 'variable'],
    [{ authorization: 'Token <YOUR TOKEN>' }, 'placeholder'],
  ])('%j: %s', (headers, part) => {
    expect(hintAt(headers)).toContain(part);
  });

  it('says nothing where only the store could tell, and repeats nothing that was sent', () => {
    expect(hintAt({ authorization: 'Token abc' })).toBeUndefined();
    expect(hintAt({ cookie: 'influxdb-oss-session=x' })).toBeUndefined();
    expect(hintAt({ authorization: 'Token "s3cret"' })).not.toContain('s3cret');
  });
});
