// The graph of callers (left) and callees (right), reduced to a readable number of nodes.
import { edges } from './data.js';

const few = 24; // ends shown individually
const fewAddresses = 6;
const fewNamespaces = 3;
const mostAtASide = 16;

export const namespaceOf = end => end.slice(0, Math.max(0, end.indexOf('/')));

const groups = ['', 'Private addresses', 'Internet'];

/** All ends: name -> { name, kind, namespace, n }. */
export const ends = (() => {
    const all = new Map();
    for (const edge of edges) {
        for (const [name, kind] of [[edge.client, edge.clientKind], [edge.server, edge.serverKind]]) {
            if (!name.endsWith('*')) {
                const end = all.get(name) ?? { name, kind, namespace: kind === 0 ? namespaceOf(name) : groups[kind], n: 0 };
                end.n += edge.n;
                all.set(name, end);
            }
        }
    }
    return all;
})();

export const namespaces = (() => {
    const all = new Map();
    for (const edge of edges) {
        for (const name of new Set([spaceOf(edge.client, edge.clientKind), spaceOf(edge.server, edge.serverKind)])) {
            all.set(name, (all.get(name) ?? 0) + edge.n);
        }
    }
    return [...all].sort((a, b) => b[1] - a[1]).map(([name]) => name);
})();

function spaceOf(name, kind) {
    return kind === 0 ? namespaceOf(name) : groups[kind];
}

const workloads = [...ends.values()].filter(end => end.kind === 0);
const addresses = [...ends.values()].filter(end => end.kind !== 0);
// If all ends are in a few namespaces, grouping by namespace gives no useful graph.
const showsWorkloads = workloads.length <= few || new Set(workloads.map(end => end.namespace)).size <= fewNamespaces;
const hasOthers = edges.some(edge => edge.client.endsWith('*') || edge.server.endsWith('*'));

/** focus: null, { namespace } or { end }. The edges of the focus. */
export const edgesOf = focus => edges.filter(edge => focus === null ? true
    : focus.end !== undefined ? edge.client === focus.end || edge.server === focus.end
        : spaceOf(edge.client, edge.clientKind) === focus.namespace || spaceOf(edge.server, edge.serverKind) === focus.namespace);

export const measures = {
    n: ['connections', edge => edge.n],
    bytes: ['bytes', edge => edge.sent + edge.received],
    failed: ['failed attempts', edge => edge.failed],
};

/** The node that represents an end. */
function nodeOf(name, kind, focus, oneByOne) {
    const space = spaceOf(name, kind);
    const alone = focus === null ? (kind === 0 ? showsWorkloads : oneByOne)
        : focus.end !== undefined ? true
            : kind === 0 ? space === focus.namespace : space === focus.namespace || oneByOne;
    return alone && !name.endsWith('*') ? { key: `e:${name}`, label: name, kind, focus: { end: name } }
        : { key: `n:${space}`, label: name.endsWith('*') && alone ? `${space}, others` : space, kind, focus: { namespace: space }, isGroup: true };
}

/** Columns of nodes, and links between nodes of neighbouring columns. */
export function graphOf(focus, measure) {
    const value = measures[measure][1];
    const chosen = edgesOf(focus).filter(edge => value(edge) > 0);
    const distinct = new Set(chosen.flatMap(edge => [[edge.client, edge.clientKind], [edge.server, edge.serverKind]].filter(([, kind]) => kind !== 0).map(([name]) => name)));
    const oneByOne = distinct.size <= fewAddresses || (focus === null && !hasOthers && showsWorkloads && addresses.length <= fewAddresses);
    const middle = focus?.end === undefined ? null : { key: `m:${focus.end}`, label: focus.end, kind: ends.get(focus.end)?.kind ?? 0, focus: null, value: 0 };
    const [left, right] = [new Map(), new Map()];
    const links = new Map();
    const side = (nodes, prefix, name, kind, edge) => {
        const found = nodeOf(name, kind, focus, oneByOne);
        const node = nodes.get(found.key) ?? { ...found, key: prefix + found.key, value: 0 };
        node.value += value(edge);
        nodes.set(found.key, node);
        return found.key;
    };
    const link = (source, target, edge) => {
        const made = links.get(`${source}\n${target}`) ?? { source, target, n: 0, failed: 0, sent: 0, received: 0, value: 0 };
        made.value += value(edge);
        for (const key of ['n', 'failed', 'sent', 'received']) {
            made[key] += edge[key];
        }
        links.set(`${source}\n${target}`, made);
    };
    for (const edge of chosen) {
        if (middle === null) {
            link(side(left, 'l', edge.client, edge.clientKind, edge), side(right, 'r', edge.server, edge.serverKind, edge), edge);
            continue;
        }
        middle.value += value(edge);
        if (edge.server === focus.end) {
            link(side(left, 'l', edge.client, edge.clientKind, edge), middle.key, edge);
        }
        if (edge.client === focus.end) {
            link(middle.key, side(right, 'r', edge.server, edge.serverKind, edge), edge);
        }
    }
    const kept = [cut(left, 'l'), cut(right, 'r')];
    const merged = new Map();
    for (const one of links.values()) {
        const source = kept[0].names.get(one.source) ?? one.source;
        const target = kept[1].names.get(one.target) ?? one.target;
        const same = merged.get(`${source}\n${target}`);
        if (same === undefined) {
            merged.set(`${source}\n${target}`, { ...one, source, target });
        } else {
            for (const key of ['n', 'failed', 'sent', 'received', 'value']) {
                same[key] += one[key];
            }
        }
    }
    return { left: kept[0].nodes, middle, right: kept[1].nodes, links: [...merged.values()] };
}

/** The largest nodes of a side; the others are merged into one. */
function cut(side, prefix) {
    const nodes = [...side.entries()].sort((a, b) => b[1].value - a[1].value);
    const over = nodes.length > mostAtASide + 1 ? nodes.splice(mostAtASide) : [];
    const names = new Map(nodes.map(([key, node]) => [key, node.key]));
    const shown = nodes.map(([, node]) => node);
    if (over.length > 0) {
        over.forEach(([key]) => names.set(key, `${prefix}:others`));
        shown.push({ key: `${prefix}:others`, label: `${over.length} others`, kind: 3, focus: null, isGroup: true, value: over.reduce((sum, [, node]) => sum + node.value, 0) });
    }
    return { nodes: shown, names };
}
