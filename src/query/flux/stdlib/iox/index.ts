/** Package `experimental/iox`, without what opens connections. */
import { FluxPackage, flux } from '../native.js';

export const iox = new FluxPackage(flux`
import "regexp"
import "strings"

_say = (v=<-, unit, as) => regexp.replaceAllString(v: v, r: regexp.compile(v: " " + unit + " "), t: " " + as + " ")

// A duration in the words of SQL: 1h30m is 1 hours 30 minutes.
sqlInterval = (d) => {
    spaced = regexp.replaceAllString(v: string(v: d), r: /([^\d]+)/, t: " $1 ")

    return
        spaced
            |> _say(unit: "ns", as: "nanoseconds")
            |> _say(unit: "us", as: "microseconds")
            |> _say(unit: "ms", as: "milliseconds")
            |> _say(unit: "s", as: "seconds")
            |> _say(unit: "m", as: "minutes")
            |> _say(unit: "h", as: "hours")
            |> _say(unit: "d", as: "days")
            |> _say(unit: "w", as: "weeks")
            |> _say(unit: "mo", as: "months")
            |> _say(unit: "y", as: "years")
            |> _trim()
}

_trim = (v=<-) => strings.trimSpace(v: v)
`);
