// The parts of Apache ECharts that the page uses; the bundle has no others.
import { connect, init, use } from 'echarts/core';
import { BarChart, LineChart, SankeyChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkAreaComponent, TooltipComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';
import { colours } from './theme.js';

use([BarChart, LineChart, SankeyChart, GridComponent, LegendComponent, MarkAreaComponent, TooltipComponent, SVGRenderer]);

connect('time'); // synchronizes the charts of this group
const charts = [];
const paperWidth = 690; // A4 without margins
const leastWidth = 240; // a window that is just being made may have no width, and a flow without width can't be drawn

/** Makes a chart in an element. option(colours, width) returns its options; called again when the theme or the width changes. */
export function chart(element, option) {
    const instance = init(element, null, { renderer: 'svg', useDirtyRect: false });
    const made = { element, instance, draw(wanted = element.clientWidth) {
        const width = Math.max(wanted, leastWidth);
        const next = option(colours(), width);
        instance.resize({ width, height: next.height });
        element.style.height = `${next.height}px`;
        instance.setOption({ animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, ...next.option }, true);
        instance.getZr().flush();
    } };
    charts.push(made);
    made.draw();
    return made;
}

const drawAll = width => charts.forEach(made => made.draw(width));

let width = innerWidth;
addEventListener('resize', () => {
    if (innerWidth !== width) {
        width = innerWidth;
        drawAll();
    }
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawAll());
addEventListener('beforeprint', () => {
    document.documentElement.classList.add('paper');
    drawAll(paperWidth);
});
addEventListener('afterprint', () => {
    document.documentElement.classList.remove('paper');
    drawAll();
});
