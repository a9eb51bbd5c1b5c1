import { chart } from './charts.js';
import { edgesOf, ends, graphOf, measures, namespaces } from './graph.js';
import { bytes, clean, count, element, name, percent, plural } from './text.js';
import { table } from './tables.js';

const [rowHeight, least] = [30, 150];
let [focus, measure] = [null, 'n'];

export function flows(section) {
    const box = element('div', { class: 'chart graph', role: 'img' });
    const where = element('nav', { class: 'crumbs', 'aria-label': 'Shown connections' });
    const spaces = element('select', { id: 'namespace', onchange: () => show(spaces.value === '' ? null : { namespace: spaces.value }) },
        element('option', { value: '' }, 'all'), namespaces.map(space => element('option', { value: space }, clean(space))));
    const known = element('datalist', { id: 'ends' }, [...ends.values()].sort((a, b) => b.n - a.n).slice(0, 1000).map(end => element('option', { value: end.name })));
    const search = element('input', { id: 'end', type: 'search', list: 'ends', placeholder: 'workload or address', autocomplete: 'off', spellcheck: 'false', onchange: () => {
        const found = find(search.value.trim());
        search.setAttribute('aria-invalid', String(search.value !== '' && found === null));
        if (search.value === '' || found !== null) {
            show(found);
        }
    } });
    const choice = element('fieldset', { class: 'choice' }, element('legend', {}, 'Measure'), Object.entries(measures).map(([key, [label]]) =>
        element('label', {}, element('input', { type: 'radio', name: 'measure', value: key, checked: key === measure, onchange: () => { measure = key; show(focus); } }), element('span', {}, label))));
    const none = element('p', { class: 'note', hidden: true }, 'No connections match.');
    section.append(
        element('div', { class: 'controls' },
            element('label', { for: 'namespace' }, 'Namespace', spaces), element('label', { for: 'end' }, 'Neighbors of', search), known, choice),
        where, element('figure', {}, element('div', { class: 'sides', 'aria-hidden': 'true' }, element('span', {}, 'callers'), element('span', {}, 'called')), box), none,
        element('p', { class: 'note' }, 'Width grows with the square root of the value, so that small ones stay visible. Orange: 1 % or more of the attempts failed. Choose a name to see its neighbors.'));
    const list = table({
        caption: 'Who calls whom', rows: edgesOf(null), first: 12,
        columns: [
            { head: 'Caller', cell: row => end(row.client, row.clientKind), sort: row => row.client },
            { head: 'Called', cell: row => end(row.server, row.serverKind), sort: row => row.server },
            { head: 'Port', cell: row => row.port || '', sort: row => row.port, number: true },
            { head: 'Connections', cell: row => count(row.n), sort: row => row.n, number: true },
            { head: 'Failed', cell: row => row.failed ? `${count(row.failed)} (${percent(row.failed, row.n)})` : '0', sort: row => row.failed, number: true },
            { head: 'Sent', cell: row => bytes(row.sent), sort: row => row.sent, number: true },
            { head: 'Received', cell: row => bytes(row.received), sort: row => row.received, number: true },
        ],
    });
    section.append(list);
    let graph = graphOf(focus, measure);
    const drawn = chart(box, (colours, width) => draw(graph, colours, width));
    drawn.instance.on('click', event => {
        if (event.dataType === 'node' && event.data.focus !== undefined) {
            show(event.data.focus);
        }
    });
    show(null);

    function end(text, kind) {
        return text.endsWith('*') ? element('span', { class: 'soft' }, text === '*' ? ['', 'other private addresses', 'others on the Internet'][kind] : `${clean(text.slice(0, -2))}, others`)
            : element('button', { type: 'button', class: 'link', onclick: () => { show({ end: text }); where.scrollIntoView({ block: 'nearest' }); } }, name(text));
    }

    function show(next) {
        focus = next;
        graph = graphOf(focus, measure);
        const isEmpty = graph.links.length === 0;
        box.hidden = isEmpty;
        none.hidden = !isEmpty;
        spaces.value = focus?.namespace ?? '';
        search.value = focus?.end ?? '';
        const space = focus?.end === undefined ? null : ends.get(focus.end)?.namespace;
        const step = (label, target) => element('button', { type: 'button', class: 'link', onclick: () => show(target) }, clean(label));
        where.replaceChildren(...[
            focus === null ? element('b', {}, 'Everything') : step('Everything', null),
            focus?.namespace !== undefined ? element('b', {}, name(focus.namespace)) : space ? step(space, { namespace: space }) : null,
            focus?.end !== undefined ? element('b', {}, name(focus.end)) : null,
        ].filter(part => part !== null));
        const what = measures[measure][0];
        box.setAttribute('aria-label', `Graph of ${plural(graph.left.length, 'caller')} and ${plural(graph.right.length, 'called end')} by ${what}. The table below has the same.`);
        list.update(edgesOf(focus).filter(edge => measures[measure][1](edge) > 0).sort((a, b) => measures[measure][1](b) - measures[measure][1](a)));
        if (!isEmpty) {
            drawn.draw();
        }
    }
}

function find(text) {
    if (ends.has(text)) {
        return { end: text };
    }
    const like = text === '' ? [] : [...ends.keys()].filter(key => key.includes(text));
    return like.length > 0 ? { end: like.sort((a, b) => ends.get(b).n - ends.get(a).n)[0] } : null;
}

function draw(graph, colours, width) {
    const narrow = width < 560;
    const margin = narrow ? Math.round(width * 0.3) : Math.min(240, Math.round(width * 0.22));
    const size = Math.max(graph.left.length, graph.right.length, 1);
    const colourOf = node => node.kind === 0 ? colours.blue : node.kind === 3 ? colours.line : colours.grey;
    const label = (node, position, room) => ({
        show: true, position, distance: 8, width: room, overflow: 'truncate', fontSize: narrow ? 11 : 12, color: node.isGroup ? colours.soft : colours.ink, formatter: () => clean(node.label),
    });
    const item = (node, depth, position, room) => ({
        name: node.key, depth, itemStyle: { color: colourOf(node), borderWidth: 0 }, label: label(node, position, room), focus: node.focus ?? undefined, label_: node.label, total: node.value,
    });
    return {
        height: Math.max(least, size * rowHeight + 24) + (graph.middle === null ? 0 : 18),
        option: {
            tooltip: {
                trigger: 'item', transitionDuration: 0, confine: true, className: 'tip', extraCssText: 'box-shadow:none', backgroundColor: colours.card, borderColor: colours.line, padding: [6, 10],
                textStyle: { color: colours.ink, fontSize: 12 }, formatter: item => tip(item),
            },
            series: [{
                type: 'sankey', left: margin, right: margin, top: graph.middle === null ? 8 : 26, bottom: 8, nodeWidth: 10, nodeGap: 15, layoutIterations: 0, draggable: false,
                emphasis: { focus: 'adjacency', lineStyle: { opacity: 0.7 } }, blur: { itemStyle: { opacity: 0.35 }, lineStyle: { opacity: 0.08 }, label: { opacity: 0.5 } },
                data: [
                    ...graph.left.map(node => item(node, 0, 'left', margin - 14)),
                    ...(graph.middle === null ? [] : [item(graph.middle, 1, 'top', 240)]),
                    ...graph.right.map(node => item(node, graph.middle === null ? 1 : 2, 'right', margin - 14)),
                ],
                links: graph.links.map(link => ({
                    source: link.source, target: link.target, value: Math.sqrt(link.value), facts: link,
                    lineStyle: { color: link.failed > 0 && link.failed >= link.n * 0.01 ? colours.amber : colours.blue, opacity: link.failed > 0 && link.failed >= link.n * 0.01 ? 0.45 : 0.2, curveness: 0.5 },
                })),
            }],
        },
    };
}

function tip(item) {
    if (item.dataType === 'node') {
        return element('div', {}, element('div', { class: 'when' }, clean(item.data.label_)), `${measure === 'bytes' ? bytes(item.data.total) : count(item.data.total)} ${measure === 'bytes' ? '' : measures[measure][0]}`);
    }
    const { n, failed, sent, received } = item.data.facts;
    const line = (label, value) => element('tr', {}, element('td', {}, label), element('td', { class: 'number' }, value));
    return element('div', {}, element('div', { class: 'when' }, `${short(item.data.source)} → ${short(item.data.target)}`),
        element('table', {}, line('connections', count(n)), line('failed', `${count(failed)} (${percent(failed, n)})`), line('sent', bytes(sent)), line('received', bytes(received))));
}

/** The name in a node's key, without its prefix. */
const short = key => clean(key.replace(/^(l|r|m)(e|n)?:/, ''));
