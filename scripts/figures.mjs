// Draws the figures of the docs from the results beside them, and writes the tables between the marks of their pages:
// `node scripts/figures.mjs statistics hillstrom`. The results come from the tests (see scripts/nightly.mjs).
import { readFileSync, writeFileSync } from 'node:fs';
import { init } from 'echarts';

const WIDTH = 980;
const ROW = 22;
const INK = '#1f2937';
const read = (name) => JSON.parse(readFileSync(`docs/figures/${name}.json`, 'utf8'));
const three = (value) => (value > 1 ? value.toFixed(1) : value.toFixed(value > 0 && value < 0.1 ? 4 : 3));

/** Intervals as lines with a point, one a row, in panels one above the other: { title, unit, min, max, rows: [{ label, lo, point, hi, band: [from, to] }] }. */
function draw(name, panels) {
  const tops = [];
  let height = 10;
  for (const { rows } of panels) {
    tops.push(height + 34);
    height += 34 + rows.length * ROW + 46;
  }
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  const along = (api, index, from, to) => [api.coord([from, index]), api.coord([to, index])];
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'sans-serif', color: INK },
    title: panels.map(({ title }, i) => ({ text: title, left: 10, top: tops[i] - 28, textStyle: { fontSize: 13, color: INK } })),
    grid: panels.map(({ rows }, i) => ({ left: 500, right: 30, top: tops[i], height: rows.length * ROW })),
    xAxis: panels.map(({ min, max, unit }, gridIndex) => ({ gridIndex, type: 'value', min, max, axisLabel: { formatter: unit, fontSize: 11 }, splitLine: { lineStyle: { color: '#e5e7eb' } } })),
    yAxis: panels.map(({ rows }, gridIndex) => ({ gridIndex, type: 'category', inverse: true, data: rows.map(({ label }) => label), axisTick: { show: false }, axisLabel: { fontSize: 11, interval: 0 } })),
    series: panels.flatMap(({ rows, zero }, i) => [
      {
        type: 'custom', xAxisIndex: i, yAxisIndex: i, data: rows.map((row, index) => [index, row.lo, row.point, row.hi, row.band?.[0] ?? 0, row.band?.[1] ?? 0]), encode: { x: [], y: 0 },
        renderItem(_params, api) {
          const [index, lo, point, hi, from, to] = [0, 1, 2, 3, 4, 5].map((dimension) => api.value(dimension));
          const [[left, y], [right]] = along(api, index, from, to);
          const [[start], [end]] = along(api, index, lo, hi);
          const band = to > from ? [{ type: 'rect', shape: { x: left, y: y - 8, width: right - left, height: 16 }, style: { fill: '#dbeafe' } }] : [];
          const line = { type: 'line', shape: { x1: start, y1: y, x2: end, y2: y }, style: { stroke: INK, lineWidth: 2 } };
          return { type: 'group', children: [...band, line, { type: 'circle', shape: { cx: api.coord([point, index])[0], cy: y, r: 3.5 }, style: { fill: '#1d4ed8' } }] };
        },
        ...(zero ? { markLine: { silent: true, symbol: 'none', data: [{ xAxis: 0 }], lineStyle: { color: '#b91c1c', type: 'solid' }, label: { show: false } } } : {}),
      },
    ]),
  });
  writeFileSync(`docs/figures/${name}.svg`, `${chart.renderToSVGString().replaceAll(/>\s*</g, '>\n<')}\n`);
  chart.dispose();
}

/** Puts a text between two marks of a page. */
function writeBetween(page, mark, text) {
  const path = `docs/${page}.md`;
  writeFileSync(path, readFileSync(path, 'utf8').replace(new RegExp(`(<!-- ${mark} -->\\n)[^]*?(<!-- end -->)`), (_all, begin, end) => `${begin}${text}\n${end}`));
}

const writeTable = (page, header, rows) => writeBetween(page, 'table', [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n'));

const percent = (value) => `${+(value * 100).toFixed(1)}%`;

const PAGES = {
  statistics() {
    const results = read('statistics');
    const row = ({ check, setting, metric, mean, variance, runs, least, most }) => {
      const error = 2 * Math.sqrt(variance / runs);
      const short = setting.replace(' in 7 days, mean delay 3 days against 0.5, 500 an arm a day', '').replace(', capped at the 99th percentile of buyers', ', capped').replace(/, 500 an arm a day, (28|90) days$/, '');
      return { label: `${check}${check.startsWith('contrast') ? '' : `: ${short}`} (${metric})`.replace(' (false winners)', ''), lo: mean - error, point: mean, hi: mean + error, band: [least, most] };
    };
    const isContrast = ({ check }) => check.startsWith('contrast');
    const isHigh = ({ least }) => least >= 0.5;
    const shares = results.filter(({ most, metric }) => most <= 1 && metric !== 'the worse arm wins');
    draw('statistics', [
      { title: 'Errors: blue = allowed, point = seen with two standard errors', min: 0, max: 0.07, unit: percent, rows: shares.filter((seen) => !isContrast(seen) && !isHigh(seen)).map(row) },
      { title: 'What should be found', min: 0.75, max: 1, unit: percent, rows: shares.filter(isHigh).map(row) },
      { title: 'Contrast: what the rule prevents', min: 0, max: 0.35, unit: percent, rows: shares.filter(isContrast).map(row) },
    ]);
    writeTable('statistics', ['Check', 'Setting', 'Counted', 'Runs', 'Must be', 'Seen', '± 2 SE'], results.map(({ check, setting, metric, runs, least, most, mean, variance }) => [check, setting, metric, runs.toLocaleString('en'), `${least}–${most}`, three(mean), three(2 * Math.sqrt(variance / runs))]));
  },
  hillstrom() {
    const names = { none: 'no e-mail', womens: "women's e-mail", mens: "men's e-mail" };
    const tests = read('hillstrom');
    const compared = tests.flatMap(({ question, comparisons }) => comparisons.map(({ a, b, lift, logRatio }) => ({ question, a, b, ...lift, point: Math.expm1(logRatio) })));
    draw('hillstrom', [{ title: 'Lift with the interval of the read-out', min: -0.25, max: 2.25, unit: percent, zero: true, rows: compared.map(({ question, a, b, lo, point, hi }) => ({ label: `${question}: ${names[b]} against ${names[a]}`, lo, point, hi })) }]);
    const mean = (question, value) => (question === 'Spend' ? `$${value.toFixed(2)}` : `${(100 * value).toFixed(2)} %`);
    const range = (question, key) => {
      const { lo, point, hi } = compared.find((pair) => pair.question === question && pair.a === 'none' && pair.b === key);
      const sign = (value) => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(1)} %`;
      return [sign(point), `${sign(lo)} to ${sign(hi)}`, lo > 0 ? 'more than without' : hi < 0 ? 'less than without' : 'not proven'];
    };
    writeTable('hillstrom', ['Metric', 'Arm', 'People', 'With it', 'Per person', 'Lift against no e-mail', 'Interval', ''], tests.flatMap(({ question, arms }) => arms.map(({ key, matured, converted, mean: value }) => [question, names[key], matured.toLocaleString('en'), converted.toLocaleString('en'), mean(question, value), ...(key === 'none' ? ['', '', ''] : range(question, key))])));
    const quote = ({ question, sentence, caused }) => [`**${question}.** ${sentence.en}`, sentence.ko, caused.en, caused.ko].map((line) => `> ${line}`).join('\n>\n');
    writeBetween('hillstrom', 'sentences', tests.map(quote).join('\n\n'));
  },
};

for (const page of process.argv.slice(2)) PAGES[page]();
