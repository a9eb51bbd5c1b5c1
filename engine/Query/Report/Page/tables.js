import { element } from './text.js';

/**
 * A table that sorts by its headings and shows more on demand.
 * columns: { head, cell(row) -> node or text, sort(row) -> number or text, number, minor (left out on small screens), keep (on one line), long (a sentence), bar(row) -> 0..1 }
 */
export function table({ caption, columns, rows, first = 10, sorted = null }) {
    let [column, descending, shown] = [sorted, true, first];
    const body = element('tbody');
    const heads = columns.map((one, index) => element('th', { scope: 'col', class: classOf(one) },
        one.sort ? element('button', { type: 'button', onclick: () => sortBy(index) }, one.head) : one.head));
    const more = element('button', { type: 'button', class: 'more', onclick: () => {
        shown = shown >= rows.length ? first : Math.min(rows.length, Math.max(shown * 5, 50));
        fill();
    } });
    const made = element('div', { class: 'table' },
        element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
            element('table', {}, element('caption', {}, caption), element('thead', {}, element('tr', {}, heads)), body)),
        more);

    function sortBy(index) {
        descending = column === index ? !descending : columns[index].number ?? false;
        column = index;
        fill();
    }

    function fill() {
        const by = column === null ? null : columns[column].sort;
        const order = by ? [...rows].sort((a, b) => compare(by(a), by(b)) * (descending ? -1 : 1)) : rows;
        body.replaceChildren(...order.slice(0, shown).map(row => element('tr', {}, columns.map((one, index) =>
            element(index === 0 ? 'th' : 'td', { class: classOf(one), scope: index === 0 ? 'row' : null },
                one.bar ? element('span', { class: 'bar', 'aria-hidden': 'true' }, barOf(one.bar(row))) : null, one.cell(row))))));
        heads.forEach((head, index) => index === column ? head.setAttribute('aria-sort', descending ? 'descending' : 'ascending') : head.removeAttribute('aria-sort'));
        more.hidden = rows.length <= first;
        more.textContent = shown >= rows.length ? `Show the first ${first} only` : `Show more (${shown} of ${rows.length.toLocaleString('en')})`;
    }

    made.update = next => {
        [rows, shown] = [next, first];
        fill();
    };
    fill();
    return made;
}

const classOf = column => [column.number ? 'number' : '', column.minor ? 'minor' : '', column.keep ? 'keep' : '', column.long ? 'long' : ''].join(' ').trim() || null;

function barOf(share) {
    const fill = element('span');
    fill.style.width = `${(100 * Math.max(0, Math.min(1, share || 0))).toFixed(1)}%`;
    return fill;
}

function compare(a, b) {
    return typeof a === 'number' && typeof b === 'number' ? a - b : String(a ?? '').localeCompare(String(b ?? ''), 'en', { numeric: true });
}
