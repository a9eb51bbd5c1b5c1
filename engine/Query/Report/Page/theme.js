const names = ['ink', 'soft', 'line', 'card', 'blue', 'teal', 'amber', 'red', 'violet', 'grey', 'sky'];

/** The colours of the style sheet, as they are at this moment: charts can't take variables. */
export function colours() {
    const style = getComputedStyle(document.documentElement);
    return Object.fromEntries(names.map(name => [name, style.getPropertyValue(`--${name}`).trim()]));
}
