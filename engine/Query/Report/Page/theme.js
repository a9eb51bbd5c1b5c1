const names = ['ink', 'soft', 'line', 'card', 'blue', 'teal', 'amber', 'red', 'violet', 'grey', 'sky'];

/** The current colours of the style sheet: charts do not support variables. */
export function colours() {
    const style = getComputedStyle(document.documentElement);
    return Object.fromEntries(names.map(name => [name, style.getPropertyValue(`--${name}`).trim()]));
}
