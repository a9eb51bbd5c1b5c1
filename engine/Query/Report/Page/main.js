import { flows } from './flows.js';
import { complete, destinations, failing, heaviest, slowest } from './sections.js';
import { glance, title } from './summary.js';
import { timeline } from './timeline.js';

title();
for (const [id, fill] of Object.entries({ glance, timeline, flows, failing, destinations, slowest, heaviest, complete })) {
    fill(document.getElementById(id));
}
document.documentElement.classList.add('ready');
