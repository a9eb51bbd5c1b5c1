import { chart } from './charts.js';
import { about, cause, failing, losses, series } from './data.js';
import { bytes, clean, clock, count, element, minute, short, span } from './text.js';
import { table } from './tables.js';

const step = about.step;
const [from, to] = [Math.floor(about.from / step) * step, about.to];
const times = Array.from({ length: Math.max(1, Math.ceil((to - from) / step)) }, (_, index) => from + index * step);
const byTime = new Map(series.map(row => [row.t, row]));
const bars = times.length <= 60;
const unit = step === 60000 ? 'minute' : 'hour';

// Times without a running agent, which are not silence.
const absent = losses.filter(loss => loss.reason.startsWith('agent.')).map(loss => [loss.first, loss.last, loss.node]);

function names() {
    const sums = new Map();
    for (const row of failing) {
        sums.set(row.result, (sums.get(row.result) ?? 0) + row.n);
    }
    return [...sums].sort((a, b) => b[1] - a[1]).map(([result]) => result);
}

const results = names();
const failed = new Map(results.map(result => [result, new Map(failing.filter(row => row.result === result).map(row => [row.t, row.n]))]));
const values = key => times.map(t => [t + step / 2, byTime.get(t)?.[key] ?? 0]);

function line(name, data, colour, stack) {
    return bars
        ? { name, type: 'bar', data, stack, itemStyle: { color: colour }, barCategoryGap: '24%', barGap: '8%', barMaxWidth: 26, emphasis: { disabled: true } }
        : { name, type: 'line', data, stack, symbol: 'none', lineStyle: { width: 1.5, color: colour }, itemStyle: { color: colour }, areaStyle: { color: colour, opacity: stack ? 0.55 : 0.1 }, emphasis: { disabled: true } };
}

function options(lines, format) {
    return (colours, width) => ({
        height: width < 520 ? 172 : 186,
        option: {
            useUTC: true,
            grid: { left: 58, right: 10, top: 34, bottom: 24 },
            legend: { top: 0, left: 50, itemWidth: 14, itemHeight: 9, itemGap: 18, icon: 'roundRect', selectedMode: true, textStyle: { color: colours.ink, fontSize: 12 }, inactiveColor: colours.line },
            xAxis: {
                type: 'time', min: from, max: Math.max(to, times.at(-1) + step), splitNumber: Math.max(3, Math.min(12, Math.round(width / 110))),
                axisLine: { lineStyle: { color: colours.line } }, axisTick: { lineStyle: { color: colours.line } },
                axisLabel: { color: colours.soft, fontSize: 11, hideOverlap: true, formatter: { year: '{d} {MMM}', month: '{d} {MMM}', day: '{d} {MMM}', hour: '{HH}:{mm}', minute: '{HH}:{mm}' } },
            },
            yAxis: {
                type: 'value', splitNumber: 3, minInterval: 1, axisLabel: { color: colours.soft, fontSize: 11, formatter: format },
                splitLine: { lineStyle: { color: colours.line } },
            },
            tooltip: {
                trigger: 'axis', transitionDuration: 0, confine: true, className: 'tip', extraCssText: 'box-shadow:none', backgroundColor: colours.card, borderColor: colours.line, padding: [6, 10],
                textStyle: { color: colours.ink, fontSize: 12 }, axisPointer: { type: 'line', lineStyle: { color: colours.soft } }, formatter: items => tip(items, format === bytes ? bytes : count),
            },
            series: lines(colours).map((one, index) => index > 0 || absent.length === 0 ? one : {
                ...one,
                markArea: { silent: true, itemStyle: { color: colours.grey, opacity: 0.22 }, label: { show: width >= 520, position: 'insideTop', color: colours.soft, fontSize: 10 },
                    data: absent.filter(([start, end]) => end > from && start < to).map(([start, end, node]) => [{ xAxis: Math.max(from, start), name: `no agent on ${clean(node)}` }, { xAxis: Math.min(to, end) }]) },
            }),
        },
    });
}

function tip(items, format) {
    const start = items[0].value[0] - step / 2;
    return element('div', {}, element('div', { class: 'when' }, `${minute(start)} – ${clock(start + step)}`),
        element('table', {}, items.map(item => {
            const swatch = element('i');
            swatch.style.background = item.color;
            return element('tr', {}, element('td', {}, swatch, item.seriesName), element('td', { class: 'number' }, format(item.value[1])));
        })));
}

export function timeline(section) {
    const add = (title, label, lines, format) => {
        const box = element('div', { class: 'chart', role: 'img', 'aria-label': `${label}. The table below has the numbers.` });
        section.append(element('figure', {}, element('figcaption', {}, title), box));
        return chart(box, options(lines, format)).instance;
    };
    const order = ['red', 'amber', 'violet', 'sky', 'teal', 'grey', 'blue'];
    const drawn = [
        add(`Connections per ${unit}`, `Connections opened and accepted per ${unit}`, c => [line('opened, or tried to', values('attempts'), c.blue), line('accepted', values('accepts'), c.teal)], short),
        add(`Failed attempts per ${unit}`, `Failed connection attempts per ${unit} by cause`,
            c => results.length === 0 ? [line('failed', values('failed'), c.red)] : results.map((result, index) => line(cause(result, null)[0], times.map(t => [t + step / 2, failed.get(result).get(t) ?? 0]), c[order[index % order.length]], 'failed')), short),
        add(`Bytes per ${unit}`, `Bytes sent and received per ${unit}`, c => [line('sent', values('sent'), c.violet), line('received', values('received'), c.sky)], bytes),
    ];
    drawn.forEach(instance => { instance.group = 'time'; });
    section.append(element('details', {}, element('summary', {}, 'The same as a table'), table({
        caption: `What happened in each ${unit}, UTC`, rows: series, first: 24,
        columns: [
            { head: 'From', cell: row => minute(row.t), sort: row => row.t, number: true },
            { head: 'Attempts', cell: row => count(row.attempts), sort: row => row.attempts, number: true },
            { head: 'Failed', cell: row => count(row.failed), sort: row => row.failed, number: true },
            { head: 'Accepted', cell: row => count(row.accepts), sort: row => row.accepts, number: true },
            { head: 'Sent', cell: row => bytes(row.sent), sort: row => row.sent, number: true },
            { head: 'Received', cell: row => bytes(row.received), sort: row => row.received, number: true },
        ],
    })));
    section.append(element('p', { class: 'note' }, `Each ${unit} of ${span(to - from)}, UTC.${absent.length ? ' Grey: no agent was there on one of the nodes, so its connections of that time are not known.' : ''}`));
}
