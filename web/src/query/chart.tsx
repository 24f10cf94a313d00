/** Lines over time. What it shows stands in the table below it, too. */
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatExactly, useZone, type Zone } from '../components/zone.js';
import styles from './chart.module.css';
import type { Line } from './chart-series.js';
import { axisLabels, formatNumber } from './numbers.js';

const HEIGHT = 260;
const FILLED_HEIGHT_MIN = 90;

/** As everywhere on these pages: the year first, 24 hours, the zone that the reader has chosen. Each: from which step on, the label, what goes below it. */
const [SECOND, MINUTE, DAY, YEAR] = [1, 60, 86_400, 31_536_000];
const DATE = '\n{YYYY}-{MM}-{DD}';
const MINUTE_OF_DATE = `${DATE} {HH}:{mm}`;
const TIME_LABELS: uPlot.Axis.Values = [
  [YEAR, '{YYYY}', null, null, null, null, null, null, 1],
  [28 * DAY, '{YYYY}-{MM}', null, null, null, null, null, null, 1],
  [DAY, '{MM}-{DD}', '\n{YYYY}', null, null, null, null, null, 1],
  [MINUTE, '{HH}:{mm}', DATE, null, DATE, null, null, null, 1],
  [SECOND, ':{ss}', MINUTE_OF_DATE, null, MINUTE_OF_DATE, null, '\n{HH}:{mm}', null, 1],
  [SECOND / 1000, ':{ss}.{fff}', MINUTE_OF_DATE, null, MINUTE_OF_DATE, null, '\n{HH}:{mm}', null, 1],
];

/** Told apart by lightness as well as by hue, on a light and on a dark ground. */
const COLORS = {
  light: [
    '#0f6b7e',
    '#c2410c',
    '#5b3da8',
    '#3f7d20',
    '#b0246a',
    '#1d4ed8',
    '#8a6d00',
    '#475569',
    '#0d9488',
    '#dc2626',
    '#7c3aed',
    '#15803d',
  ],
  dark: [
    '#74c1d1',
    '#fb9a5b',
    '#b9a6f7',
    '#94d36b',
    '#f28bbd',
    '#86aaff',
    '#e4c34f',
    '#a8b5c4',
    '#4fd1c5',
    '#ff8f85',
    '#d0a5ff',
    '#74d99a',
  ],
};
const DASHES = [[], [6, 4], [2, 3]];

/** Points of a line up to which each is marked. */
const MARKED_MAX = 60;
/** Seconds on both sides of points that are all of one moment. */
const AROUND_POINT = 60;
/** Widths of what stands beside the axis of values. */
const [LABEL_WIDTH_MIN, CHARACTER_WIDTH, AXIS_ROOM] = [44, 7.5, 20];

type Values = uPlot.AlignedData[number];

/** What has a gap on both sides is no part of a line, and would not be seen. */
function lonePoints(values: Values): number[] {
  const found: number[] = [];
  // Undefined is where another line has a point, and nothing to this one.
  const own = Array.from(values, (value, index) => ({ value, index })).filter(({ value }) => value !== undefined);
  for (const [place, { value, index }] of own.entries()) {
    if (value !== null && (own[place - 1]?.value ?? null) === null && (own[place + 1]?.value ?? null) === null) found.push(index);
  }
  return found;
}

export interface ChartProps {
  readonly lines: readonly Line[];
  /** What it is a chart of, where that is more than its lines. */
  readonly title?: string | undefined;
  /** It takes the room that there is, instead of a height of its own. */
  readonly fills?: boolean;
}

export function Chart({ lines, title, fills = false }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  const zone = useZone();
  const [at, setAt] = useState('');
  const colors = COLORS[scheme];
  const colorOf = (index: number): string => colors[index % colors.length] ?? 'currentColor';

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const style = getComputedStyle(element);
    const axis = {
      stroke: style.getPropertyValue('--muted'),
      grid: { stroke: style.getPropertyValue('--line'), width: 1 },
      ticks: { stroke: style.getPropertyValue('--line'), width: 1 },
      font: `12px ${style.fontFamily}`,
    };
    const heightOf = (): number => (fills ? Math.max(FILLED_HEIGHT_MIN, element.clientHeight) : HEIGHT);
    // One moment has no length that an axis could be made of.
    const moments = new Set(lines.flatMap(({ times }) => times));
    const [only = 0] = moments;
    const chart = new uPlot(
      {
        width: Math.max(200, element.clientWidth),
        height: heightOf(),
        legend: { show: false },
        cursor: { drag: { x: true, y: false } },
        ...(zone === 'utc' ? { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') } : {}),
        scales: {
          x: { range: (_, from, to) => (moments.size === 1 ? [only - AROUND_POINT, only + AROUND_POINT] : [from, to]) },
        },
        axes: [
          { ...axis, values: TIME_LABELS },
          {
            ...axis,
            values: (_, splits) => axisLabels(splits),
            size: (_, labels) =>
              Math.max(LABEL_WIDTH_MIN, ...((labels as string[] | null) ?? []).map((label) => label.length * CHARACTER_WIDTH)) + AXIS_ROOM,
          },
        ],
        series: [
          {},
          ...lines.map(({ name, times }, index): uPlot.Series => ({
            label: name,
            stroke: colorOf(index),
            width: 1.5,
            dash: DASHES[Math.floor(index / 4) % DASHES.length] ?? [],
            points: {
              show: true,
              filter: (chart, series) => (times.length < MARKED_MAX ? null : lonePoints(chart.data[series] ?? [])),
            },
            spanGaps: false,
          })),
        ],
        hooks: {
          setCursor: [
            ({ cursor, data }) => {
              setAt(readAt(lines, data, cursor.idx ?? undefined, zone));
            },
          ],
        },
      },
      uPlot.join(lines.map(({ times, values }) => [[...times], [...values]])),
      element,
    );
    const observer = new ResizeObserver(() => {
      chart.setSize({ width: Math.max(200, element.clientWidth), height: heightOf() });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
    // The colours follow from the scheme.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [lines, scheme, zone, fills]);

  return (
    <figure className={fills ? styles.filled : styles.figure}>
      <div
        ref={place}
        className={styles.chart}
        role="img"
        aria-label={`Line chart of ${title === undefined ? '' : `${title}: `}${lines.map(({ name }) => name).join('; ')}`}
      />
      <figcaption>
        <ul className={styles.legend} {...(fills ? { tabIndex: 0, 'aria-label': `Lines of ${title ?? 'the chart'}` } : {})}>
          {lines.map(({ name }, index) => (
            <li key={`${index} ${name}`}>
              <svg width="18" height="8" aria-hidden="true">
                <line
                  x1="0"
                  y1="4"
                  x2="18"
                  y2="4"
                  stroke={colorOf(index)}
                  strokeWidth="2.500"
                  strokeDasharray={(DASHES[Math.floor(index / 4) % DASHES.length] ?? []).join(' ')}
                />
              </svg>
              {name}
            </li>
          ))}
        </ul>
        <p className={styles.at} aria-hidden="true">
          {at}
        </p>
      </figcaption>
    </figure>
  );
}

function readAt(lines: readonly Line[], data: uPlot.AlignedData, index: number | undefined, zone: Zone): string {
  const seconds = index === undefined ? undefined : data[0][index];
  if (index === undefined || seconds === undefined) return '';
  const values = lines.flatMap(({ name }, line) => {
    const value = data[line + 1]?.[index];
    return value === undefined || value === null ? [] : [`${name}: ${formatNumber(value)}`];
  });
  const time = new Date(seconds * 1000).toISOString();
  return `${formatExactly(time, zone)}   ${values.join('   ')}`;
}
