import { about, cause, causes, failures, fresh, hours, losses, movers, scans, slow, totals } from './data.js';
import { bytes, count, element, latency, minute, moment, name, percent, place, plural, span } from './text.js';
import { table } from './tables.js';

const note = text => element('p', { class: 'note' }, text);
const target = row => element('span', {}, name(row.peer), row.port ? element('span', { class: 'keep' }, `:${row.port}`) : '', row.peer === row.address ? null : element('span', { class: 'soft' }, ` ${place(row.address, 0)}`));

export function failing(section) {
    if (totals.failed === 0) {
        section.append(note('No attempt to connect failed.'));
        return;
    }
    section.append(table({
        caption: 'Why attempts failed', rows: causes,
        columns: [
            { head: 'Cause', keep: true, cell: row => cause(row.result, row.errno)[0] },
            { head: 'Attempts', cell: row => count(row.n), sort: row => row.n, number: true, bar: row => row.n / totals.failed },
            { head: 'Share', cell: row => percent(row.n, totals.failed), number: true },
            { head: 'Workloads', cell: row => count(row.workloads), sort: row => row.workloads, number: true, minor: true },
            { head: 'What it means', long: true, cell: row => cause(row.result, row.errno)[1] },
        ],
    }), table({
        caption: 'What fails most', rows: failures,
        columns: [
            { head: 'Who', cell: row => name(row.workload), sort: row => row.workload },
            { head: 'Can\'t reach', cell: target, sort: row => row.peer },
            { head: 'Cause', keep: true, cell: row => cause(row.result, row.errno)[0], sort: row => cause(row.result, row.errno)[0] },
            { head: 'Failed', cell: row => count(row.n), sort: row => row.n, number: true },
            { head: 'Of all', cell: row => percent(row.n, row.tried), sort: row => row.n / row.tried, number: true, bar: row => row.n / row.tried },
            { head: 'First', cell: row => moment(row.first), sort: row => row.first, number: true, minor: true },
            { head: 'Last', cell: row => moment(row.last), sort: row => row.last, number: true },
            { head: 'Nodes', cell: row => name(row.nodes), sort: row => row.nodes, minor: true },
        ],
    }));
    if (scans.length > 0) {
        section.append(table({
            caption: 'Workloads that try many ports or addresses, and mostly fail', rows: scans,
            columns: [
                { head: 'Who', cell: row => name(row.workload), sort: row => row.workload },
                { head: 'Tries', cell: row => `${plural(row.different, row.kind === 'ports' ? 'port' : 'address', row.kind)} ${row.kind === 'ports' ? `of ${place(row.target, 0)}` : `with port ${row.target}`}` },
                { head: 'Attempts', cell: row => count(row.attempts), sort: row => row.attempts, number: true },
                { head: 'Failed', cell: row => count(row.failed), sort: row => row.failed, number: true },
                { head: 'Node', cell: row => name(row.node), minor: true },
                { head: 'Since', cell: row => moment(row.first), sort: row => row.first, number: true },
            ],
        }));
    }
}

export function destinations(section) {
    if (fresh.length === 0) {
        section.append(note('No workload reached a new destination.'));
        return;
    }
    section.append(table({
        caption: 'Reached for the first time', rows: fresh,
        columns: [
            { head: 'Who', cell: row => name(row.workload), sort: row => row.workload },
            { head: 'Reached', cell: target, sort: row => row.peer },
            { head: 'Where', cell: row => ['', 'private', 'Internet'][row.kind], sort: row => row.kind },
            { head: 'First', cell: row => moment(row.first), sort: row => row.first, number: true },
            { head: 'Connections', cell: row => count(row.n), sort: row => row.n, number: true },
            { head: 'Node', cell: row => name(row.node), sort: row => row.node, minor: true },
        ],
    }), note('Of workloads known for an hour or more, compared with up to 30 days before.'));
}

export function slowest(section) {
    if (slow.length === 0) {
        section.append(note('No server has enough connections (20).'));
        return;
    }
    const most = Math.max(...slow.map(row => row.p99));
    section.append(table({
        caption: 'Slowest servers to answer a handshake', rows: slow, sorted: 3,
        columns: [
            { head: 'Server', cell: target, sort: row => row.peer },
            { head: 'Connections', cell: row => count(row.n), sort: row => row.n, number: true },
            { head: 'p50', cell: row => latency(row.p50), sort: row => row.p50, number: true },
            { head: 'p99', cell: row => latency(row.p99), sort: row => row.p99, number: true, bar: row => row.p99 / most },
            { head: 'Called by', cell: row => element('span', {}, name(row.caller), row.callers > 1 ? ` and ${plural(row.callers - 1, 'other')}` : ''), sort: row => row.caller },
        ],
    }), note('From connect() to the established connection, accurate to 6 %; servers with 20 connections or more.'));
}

export function heaviest(section) {
    const most = Math.max(1, ...movers.map(row => row.sent + row.received));
    section.append(table({
        caption: 'Most bytes transferred', rows: movers, sorted: 3,
        columns: [
            { head: 'Workload', cell: row => name(row.workload), sort: row => row.workload },
            { head: 'Sent', cell: row => bytes(row.sent), sort: row => row.sent, number: true },
            { head: 'Received', cell: row => bytes(row.received), sort: row => row.received, number: true },
            { head: 'Both', cell: row => bytes(row.sent + row.received), sort: row => row.sent + row.received, number: true, bar: row => (row.sent + row.received) / most },
            { head: 'Opened', cell: row => count(row.attempts - row.failed), sort: row => row.attempts - row.failed, number: true },
            { head: 'Accepted', cell: row => count(row.accepts), sort: row => row.accepts, number: true },
            { head: 'Failed', cell: row => count(row.failed), sort: row => row.failed, number: true, minor: true },
            { head: 'Peers', cell: row => count(row.peers), sort: row => row.peers, number: true, minor: true },
        ],
    }));
}

const reasons = {
    'source.ring_full': 'the agent did not read the rings fast enough, so the kernel dropped events: give it more CPU, or raise --ring-memory',
    'source.no_room': 'more sockets were open than --sockets allows',
    'source.fair_share': 'a cgroup produced more events per second than --fair-share allows',
    'source.recursion': 'the kernel skipped the tracepoint',
    'source.corrupt_bytes': 'part of a recording is not a record',
    'capture.malformed': 'a ring contained something that is not a record',
    'decode.corrupt': 'the decoder read bytes that are not a record',
    'decode.unknown_version': 'the decoder read records of another version',
    'parquet.queue_full': 'the disk was too slow',
    'parquet.disk_floor': 'the disk had less free space than --keep-free',
    'parquet.damaged': 'a file could not be read when it was sealed',
    'parquet.removed': 'someone removed or shortened a file while the agent was using it',
    'parquet.torn_tail': 'the end of a file was incomplete after a crash',
    'parquet.failed': 'writing failed: the disk is full or refuses writes',
    'agent.down': 'the agent was killed, or the machine stopped',
    'agent.stopped': 'no agent was running',
};

export function complete(section) {
    const byNode = new Map();
    for (const hour of hours) {
        const node = byNode.get(hour.node) ?? { node: hour.node, hours: 0, events: 0, lost: 0, gaps: 0, worst: null };
        node.hours++;
        node.events += hour.events;
        node.lost += hour.lost;
        node.gaps += hour.gaps;
        node.worst = node.worst === null || hour.percent < node.worst.percent ? hour : node.worst;
        byNode.set(hour.node, node);
    }
    section.append(table({
        caption: 'How complete each node is', rows: [...byNode.values()],
        columns: [
            { head: 'Node', keep: true, cell: row => name(row.node), sort: row => row.node },
            { head: 'Hours', cell: row => count(row.hours), sort: row => row.hours, number: true },
            { head: 'Events', cell: row => count(row.events), sort: row => row.events, number: true },
            { head: 'Lost', cell: row => count(row.lost), sort: row => row.lost, number: true },
            { head: 'Worst hour', keep: true, cell: row => row.worst.percent === 100 ? 'none' : `${minute(row.worst.t)}: ${percent(row.worst.percent, 100)}`, sort: row => -row.worst.percent },
        ],
    }));
    section.append(losses.length === 0 ? note('No known losses.') : table({
        caption: 'What was lost', rows: losses,
        columns: [
            { head: 'Node', keep: true, cell: row => name(row.node), sort: row => row.node },
            { head: 'Why', long: true, cell: row => element('span', {}, element('code', {}, name(row.reason)), reasons[row.reason] ? ` ${reasons[row.reason]}` : ''), sort: row => row.reason },
            { head: 'Events', cell: row => row.n === null ? 'not known' : `${count(row.n)}${row.unknown ? ' or more' : ''}`, sort: row => row.n ?? -1, number: true },
            { head: 'From', cell: row => moment(row.first), sort: row => row.first, number: true },
            { head: 'To', cell: row => moment(row.last), sort: row => row.last, number: true },
        ],
    }));
    section.append(note(`Hours of the report's ${span(about.to - about.from)}; an hour's percentage is the share of the hour in which an agent was running, less the events known to be lost.`));
}
