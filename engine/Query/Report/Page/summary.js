import { about, cause, causes, failures, fresh, hours, latencies, losses, nodes, scans, series, slow, totals } from './data.js';
import { bytes, clean, clock, count, day, element, latency, minute, moment, name, percent, place, plural, range, short, span } from './text.js';

/** The share of events present: hours without a running agent count as empty. */
const completeness = hours.length === 0 ? null : hours.reduce((sum, hour) => sum + hour.percent, 0) / hours.length;
const lost = hours.reduce((sum, hour) => sum + hour.lost, 0);
const gaps = hours.reduce((sum, hour) => sum + hour.gaps, 0);

export function title() {
    const list = nodes.map(clean);
    const who = list.length === 0 ? 'Connections' : `Connections of ${list.length <= 3 ? list.join(', ') : `${list.slice(0, 2).join(', ')} and ${list.length - 2} more nodes`}`;
    document.title = `${who} – NetMon`;
    document.getElementById('title').replaceChildren(...who.split(' ').map(word => element('span', {}, word)).flatMap((word, index) => index === 0 ? [word] : [' ', word]));
    const sameDay = day(about.from) === day(about.to - 1);
    document.getElementById('about').append(
        element('span', {}, `${day(about.from)}, ${clock(about.from)} – ${sameDay ? '' : `${day(about.to)}, `}${clock(about.to)} UTC`),
        element('span', {}, span(about.to - about.from)),
        element('span', {}, `made ${minute(about.made)} by netmon ${about.version.replace(/(\+.{12}).*/, '$1')}`),
        ...about.filters.map(filter => element('code', {}, clean(filter))));
}

export function glance(section) {
    const tile = (label, value, below, alarm = false) => element('div', { class: alarm ? 'tile alarm' : 'tile' }, element('dt', {}, label), element('dd', {}, element('strong', {}, value), element('span', {}, below)));
    section.append(element('dl', { class: 'tiles' },
        tile('Connections opened', short(totals.attempts - totals.failed), `${count(totals.attempts - totals.failed)} established`),
        tile('Accepted', short(totals.accepts), `${count(totals.accepts)} from clients`),
        tile('Failed attempts', short(totals.failed), `${percent(totals.failed, totals.attempts)} of ${count(totals.attempts)}`, totals.failed > totals.attempts * 0.01),
        tile('Bytes sent', bytes(totals.sent), `${bytes(totals.received)} received`),
        tile('Workloads', count(totals.workloads), `talk to ${plural(totals.peers, 'peer')}`),
        tile('New destinations', count(fresh.length), `${count(fresh.filter(row => row.kind === 2).length)} on the Internet`),
        tile('Handshake', latency(latencies.p50) || '–', latencies.p99 === null ? 'no connection' : `median; p99 ${latency(latencies.p99)}`),
        tile('Complete', completeness === null ? '–' : completeness === 100 ? '100\u202f%' : `${(Math.floor(completeness * 10) / 10).toFixed(1)}\u202f%`, lost > 0 ? `${count(lost)} events lost` : gaps > 0 ? plural(gaps, 'gap') : 'nothing lost', completeness !== null && completeness < 99.9)));
    const found = findings();
    section.append(element('h3', {}, 'Worth checking'), found.length > 0 ? element('ul', { class: 'findings' }, found.map(parts => element('li', {}, parts))) : element('p', { class: 'note' }, 'Nothing stands out.'));
}

/** The findings for a reader with one minute, the worst first. */
function findings() {
    const found = [];
    const to = row => element('span', {}, name(row.peer), row.port ? `:${row.port}` : '');
    if (totals.failed >= 10 && totals.failed >= totals.attempts * 0.01) {
        found.push([`${percent(totals.failed, totals.attempts)} of all attempts to connect failed, ${percent(causes[0].n, totals.failed)} of these ${cause(causes[0].result, causes[0].errno)[0]}.`]);
    }
    const isShort = row => row.n >= 20 && row.last - row.first < (totals.last - totals.first) / 12;
    const worth = failures.filter(one => isShort(one) || (one.n >= 10 && one.n >= one.tried * 0.02)).sort((a, b) => isShort(b) - isShort(a) || b.n - a.n);
    for (const row of worth.slice(0, 4)) {
        found.push([element('b', {}, name(row.workload)), row.n === row.tried ? ' never reached ' : ' could not reach ', element('b', {}, to(row)),
            `: ${cause(row.result, row.errno)[0]} ${plural(row.n, 'time')}, ${percent(row.n, row.tried)} of its attempts, ${range(row.first, row.last)}.`]);
    }
    const failed = series.map(row => row.failed).sort((a, b) => a - b);
    const median = failed[failed.length >> 1] ?? 0;
    const peak = series.reduce((most, row) => row.failed > (most?.failed ?? 0) ? row : most, null);
    if (peak !== null && series.length > 4 && peak.failed >= 20 && peak.failed > 3 * median) {
        found.push([`Failures peaked in the ${about.step === 60000 ? 'minute' : 'hour'} of ${minute(peak.t)}: ${count(peak.failed)}, where ${count(median)} is usual.`]);
    }
    for (const row of scans.slice(0, 1)) {
        found.push([element('b', {}, name(row.workload)), ` tried ${plural(row.different, row.kind === 'ports' ? 'port' : 'address', row.kind)} ${row.kind === 'ports' ? `of ${place(row.target, 0)}` : `with port ${row.target}`}, and ${percent(row.failed, row.attempts)} failed.`]);
    }
    const outside = fresh.filter(row => row.kind === 2);
    if (outside.length > 0) {
        const row = outside[0];
        found.push([element('b', {}, name(row.workload)), ' reached ', element('b', {}, to(row)), ` on the Internet for the first time, ${moment(row.first)}${outside.length > 1 ? `; ${plural(outside.length - 1, 'more such destination')} below` : ''}.`]);
    }
    if (slow.length > 0 && slow[0].p99 >= 100000) {
        found.push(['Slowest to answer is ', element('b', {}, to(slow[0])), `: p99 ${latency(slow[0].p99)} over ${plural(slow[0].n, 'connection')}.`]);
    }
    const absent = losses.filter(loss => loss.reason.startsWith('agent.'));
    if (lost > 0) {
        found.push([`${plural(lost, 'event')} ${lost === 1 ? 'is' : 'are'} known to be lost: counts of these hours are too low.`]);
    }
    if (absent.length > 0) {
        found.push([`No agent was on ${absent.slice(0, 3).map(loss => clean(loss.node)).join(', ')} for a time (${absent.slice(0, 3).map(loss => `${range(loss.first, loss.last)}`).join('; ')}): its connections were not recorded.`]);
    }
    return found;
}
