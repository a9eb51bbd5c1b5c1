// Text for people: numbers, times, and names of processes and pods, which may be hostile.
const whole = new Intl.NumberFormat('en');
const unseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A name with its invisible and direction-changing characters escaped. */
export const clean = text => String(text).replace(unseen, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

export const count = n => n === null || n === undefined ? '' : whole.format(n);

const digits = n => n >= 100 || Number.isInteger(n) ? n.toFixed(0) : n >= 10 ? n.toFixed(1) : n.toFixed(2);

const scaled = (n, step, units) => {
    let index = 0;
    while (index < units.length - 1 && n >= step * 0.9995) {
        n /= step;
        index++;
    }
    return [index === 0 ? whole.format(n) : digits(n), units[index]];
};

/** 1.24 M */
export const short = n => scaled(n, 1000, ['', 'k', 'M', 'G', 'T']).join('\u202f').trim();

/** 12.4 MB */
export const bytes = n => n === null || n === undefined ? '' : scaled(n, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']).join('\u202f');

export const latency = us => us === null || us === undefined ? '' : us < 60e6 ? scaled(us, 1000, ['µs', 'ms', 's']).join('\u202f') : `${digits(us / 60e6)}\u202fmin`;

export function percent(part, all) {
    if (!all || part === 0) {
        return '0\u202f%';
    }
    const share = 100 * part / all;
    return `${share < 0.01 ? '<\u202f0.01' : share > 99.9 && share < 100 ? share.toFixed(2) : share < 1 ? share.toFixed(2) : share < 10 ? share.toFixed(1) : share.toFixed(0)}\u202f%`;
}

const format = options => {
    const made = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hourCycle: 'h23', ...options });
    return time => made.format(time);
};

export const clock = format({ hour: '2-digit', minute: '2-digit' });
export const seconds = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayOf = format({ day: 'numeric', month: 'short' });

export const day = format({ day: 'numeric', month: 'short', year: 'numeric' });

/** 26 Nov 14:09:55 */
export const moment = time => time === null || time === undefined ? '' : `${dayOf(time)} ${seconds(time)}`;

/** 26 Nov 14:09 */
export const minute = time => `${dayOf(time)} ${clock(time)}`;

/** 26 Nov 14:09 to 14:29 */
export const range = (first, last) => minute(first) === minute(last) ? minute(first) : `${minute(first)} to ${dayOf(first) === dayOf(last) ? clock(last) : minute(last)}`;

export function span(ms) {
    const minutes = Math.round(ms / 60000);
    return minutes < 120 ? `${minutes} min` : minutes < 48 * 60 ? `${digits(minutes / 60)} h` : `${digits(minutes / 1440)} days`;
}

/** An address and a port, as people write them. */
export const place = (address, port) => port ? `${address.includes(':') ? `[${clean(address)}]` : clean(address)}:${port}` : clean(address);

export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** An element with attributes and children. Texts become text nodes: nothing is ever parsed as HTML. */
export function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (key.startsWith('on')) {
            made.addEventListener(key.slice(2), value);
        } else if (value !== false && value !== null && value !== undefined) {
            made.setAttribute(key, value === true ? '' : value);
        }
    }
    made.append(...children.flat().filter(child => child !== null && child !== undefined));
    return made;
}

/** A name that can't change the direction of the surrounding text. */
export const name = text => element('bdi', {}, clean(text).split(/(?<=\/)/).flatMap((part, index) => index === 0 ? [part] : [element('wbr'), part]));
