/** Packages `testing` and `internal/testing`: what scripts that test other scripts are made of. */
import { FluxPackage, flux } from '../native.js';
import { assertEmpty, assertEquals } from './assert.js';

export const testing = new FluxPackage(
  flux`
import "array"
import "experimental"

// Words by which tests are chosen.
option tags = []

// Handles the data of a test before it is read: a test runner can have it stored.
option load = (tables=<-) => tables

// The differences of two streams are a result: a test holds where it is empty.
diff = (got=<-, want, verbose=false, epsilon=0.000001, nansEqual=false) =>
    experimental.diff(got: got, want: want) |> yield(name: "errorOutput")

assertEqualValues = (got, want) => diff(got: array.from(rows: [{v: got}]), want: array.from(rows: [{v: want}]))

shouldError = (fn, want) => {
    got = experimental.catch(fn: fn)

    return
        if exists got.msg then
            array.from(rows: [{v: got.msg}]) |> filter(fn: (r) => r.v !~ want) |> yield(name: "errorOutput")
        else
            die(msg: "shouldError expected an error")
}
`,
  { assertEmpty, assertEquals },
);

export const internalTesting = new FluxPackage(flux`
import "array"
import "experimental"
import "regexp"
import "testing"

shouldErrorWithCode = (fn, want, code) => {
    got = experimental.catch(fn: fn)

    return
        if exists got.msg then
            testing.diff(
                got: array.from(rows: [{code: got.code, match: got.msg =~ want}]),
                want: array.from(rows: [{code: code, match: true}]),
            )
        else
            die(msg: "shouldErrorWithCode expected an error")
}

assertMatches = (got, want) =>
    if got =~ want then
        testing.assertEqualValues(got: "", want: "")
    else
        die(msg: "Regex \x60" + regexp.getString(r: want) + "\x60 does not match \x60" + got + "\x60")
`);
