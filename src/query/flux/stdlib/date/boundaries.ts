/** Packages `experimental/date/boundaries` and `date/boundaries`: the start and stop of days, weeks and months. */
import { FluxPackage, flux } from '../native.js';

export const experimentalBoundaries = new FluxPackage(flux`
import "date"

_day = (start) => ({start: start, stop: date.add(d: 1d, to: start)})
_week = (start) => ({start: start, stop: date.add(d: 1w, to: start)})
_month = (start) => ({start: start, stop: date.add(d: 1mo, to: start)})

// The last such day of the week before a moment: a week ago where the moment is on such a day itself.
_last = (weekDay, before) => {
    days = (date.weekDay(t: before) - weekDay + 6) % 7 + 1

    return date.truncate(t: date.sub(d: date.scale(d: 1d, n: days), from: before), unit: 1d)
}

yesterday = () => ({start: date.sub(d: 1d, from: today()), stop: today()})

sunday = () => _day(start: _last(weekDay: date.Sunday, before: today()))
monday = () => _day(start: _last(weekDay: date.Monday, before: today()))
tuesday = () => _day(start: _last(weekDay: date.Tuesday, before: today()))
wednesday = () => _day(start: _last(weekDay: date.Wednesday, before: today()))
thursday = () => _day(start: _last(weekDay: date.Thursday, before: today()))
friday = () => _day(start: _last(weekDay: date.Friday, before: today()))
saturday = () => _day(start: _last(weekDay: date.Saturday, before: today()))

month = (month_offset=0) =>
    _month(start: date.add(d: date.scale(d: 1mo, n: month_offset), to: date.truncate(t: today(), unit: 1mo)))

week = (week_offset=0, start_sunday=false) => {
    firstDay = if start_sunday then date.Sunday else date.Monday
    moved = date.scale(d: 1w, n: week_offset)
    before = if week_offset == 0 then today() else date.add(d: moved, to: today())
    last = _last(weekDay: firstDay, before: before)

    // A week that begins today is this one.
    return _week(start: if date.weekDay(t: today()) == date.weekDay(t: last) then date.add(d: 1w, to: last) else last)
}
`);

/** InfluxDB has moved the package, and says so wherever it is used. */
export const boundaries = new FluxPackage(flux`
_moved = () => die(msg: "the 'date/boundaries' package has been moved to 'experimental/date/boundaries'")

yesterday = () => _moved()
sunday = () => _moved()
monday = () => _moved()
tuesday = () => _moved()
wednesday = () => _moved()
thursday = () => _moved()
friday = () => _moved()
saturday = () => _moved()
month = (month_offset=0) => _moved()
week = (week_offset=0, start_sunday=false) => _moved()
`);
