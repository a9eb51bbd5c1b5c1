// Converts the rows of the answers to ReportQuestions.cs into objects.
const raw = JSON.parse(document.getElementById('data').textContent);
// A question that was not asked has no rows.
const rows = (name, ...columns) => (raw.answers[name] ?? []).map(row => Object.fromEntries(columns.map((column, index) => [column, row[index]])));

export const about = raw.about;
export const nodes = raw.answers.nodes.map(row => row[0]);
export const totals = rows('totals', 'attempts', 'failed', 'accepts', 'closed', 'sent', 'received', 'workloads', 'peers', 'first', 'last', 'retransmits')[0];
export const latencies = rows('latency', 'p50', 'p99')[0];
export const series = rows('series', 't', 'attempts', 'failed', 'accepts', 'sent', 'received');
export const failing = rows('failing', 't', 'result', 'n');
export const edges = rows('edges', 'client', 'clientKind', 'server', 'serverKind', 'port', 'n', 'failed', 'sent', 'received', 'edges');
export const causes = rows('causes', 'result', 'errno', 'n', 'workloads', 'places');
export const failures = rows('failures', 'workload', 'peer', 'address', 'port', 'result', 'errno', 'n', 'tried', 'first', 'last', 'nodes');
export const fresh = rows('fresh', 'workload', 'peer', 'address', 'port', 'kind', 'first', 'n', 'node');
export const slow = rows('slow', 'peer', 'address', 'port', 'n', 'p50', 'p99', 'callers', 'caller');
export const movers = rows('movers', 'workload', 'attempts', 'accepts', 'failed', 'sent', 'received', 'peers', 'retransmits', 'nodes');
export const scans = rows('scans', 'workload', 'kind', 'target', 'different', 'attempts', 'failed', 'node', 'first');
export const hours = rows('hours', 'node', 't', 'events', 'lost', 'gaps', 'covered', 'percent');
export const losses = rows('losses', 'node', 'reason', 'n', 'unknown', 'first', 'last');

/** The meaning of a result, and its usual cause. */
const words = {
    refused: ['refused', 'No process listens on that port, or a firewall answered with a reset: the server is down or restarting, or the port is wrong.'],
    timed_out: ['timed out', 'No answer came: a firewall or network policy drops the packets, or the host is gone.'],
    reset: ['reset', 'A reset ended the handshake; the server or a device in between sent it.'],
    host_unreachable: ['host unreachable', 'The last router, or this node itself, found no host with that address.'],
    net_unreachable: ['network unreachable', 'There is no route from here to that network.'],
    aborted: ['given up', 'The caller closed the socket before an answer arrived, often after its own timeout.'],
    other: ['other', 'The kernel returned an error that NetMon has no name for.'],
};

/** By error number, for results without a name of their own. */
const errors = {
    1: ['denied', 'A policy on this node (a network policy by BPF, netfilter) blocked the connection.'],
    13: ['denied', 'A security module or netfilter on this node blocked the connection.'],
    22: ['invalid', 'The caller passed an address that can\'t be connected to.'],
    99: ['no free port', 'The caller has used up its local ports for that destination, or bound an address that this node does not have.'],
    106: ['already connected', 'The caller connected a socket that was already connected.'],
    111: words.refused,
};

export const cause = (result, errno) => result === 'other' && errno !== null
    ? errors[errno] ?? [`error ${errno}`, 'The kernel returned this error number to the caller (errno).']
    : words[result] ?? [String(result ?? 'unknown').replaceAll('_', ' '), words.other[1]];
