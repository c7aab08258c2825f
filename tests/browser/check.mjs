// Opens every report in Chromium as a phone, a desk and a sheet of A4 have it, in light and in dark, and holds it
// against axe-core (WCAG 2.2 A and AA, and best practices) and against what no rule knows: nothing wider than the
// page, no words of a chart outside it or on top of each other, nothing fetched.
//     node check.mjs MODULES SHOTS FILE…       screenshots go to SHOTS (- = none); a line per finding; ends with a count
import {createRequire} from 'node:module';
import {mkdirSync, readFileSync} from 'node:fs';
import {basename, resolve} from 'node:path';

const [modules, shots, ...files] = process.argv.slice(2);
const require = createRequire(resolve(modules) + '/');
const {chromium} = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];
const pages = [
    {name: 'phone', width: 360, height: 740, media: 'screen'},
    {name: 'desk', width: 1280, height: 900, media: 'screen'},
    {name: 'a4', width: 665, height: 980, media: 'print'}, // 210 mm less the margins, at 96 dots an inch
];

// What of the page is out of place; runs in the page.
function misplaced() {
    const found = [];
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide > 0) found.push(`the page is ${wide} pixels too wide`);
    for (const chart of document.querySelectorAll('svg.chart')) {
        const frame = chart.getBoundingClientRect();
        const words = [...chart.querySelectorAll('text')].map(t => ({text: t.textContent, box: t.getBoundingClientRect()}))
            .filter(w => w.box.width > 0);
        const name = chart.closest('section')?.id;
        for (const {text, box} of words)
            if (box.left < frame.left - 12 || box.right > frame.right + 12 || box.bottom > frame.bottom + 4)
                found.push(`${name}: "${text}" lies outside its chart`);
        for (let i = 0; i < words.length; i++)
            for (let j = 0; j < i; j++) {
                const a = words[i].box, b = words[j].box;
                if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
                    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6)
                    found.push(`${name}: "${words[j].text}" and "${words[i].text}" lie on each other`);
            }
    }
    return found;
}

if (shots !== '-') mkdirSync(shots, {recursive: true});
const browser = await chromium.launch({executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox']});
let passed = 0, failed = 0, next = 0;

async function check(page, file) {
    const wrong = [];
    page.on('request', r => r.url().startsWith('file:') || wrong.push(`fetches ${r.url()}`));
    page.on('console', m => m.type() === 'error' && wrong.push(m.text()));
    await page.goto('file://' + resolve(file));
    await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
    await page.evaluate(axe);
    for (const {name, width, height, media} of pages) {
        await page.setViewportSize({width, height});
        for (const colorScheme of ['light', 'dark']) {
            await page.emulateMedia({media, colorScheme});
            wrong.push(...await page.evaluate(misplaced));
            const {violations} = await page.evaluate(t => globalThis.axe.run(document, {runOnly: t, resultTypes: ['violations']}), tags);
            for (const v of violations) wrong.push(`${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 160)}`);
            if (shots !== '-')
                await page.screenshot({path: `${shots}/${basename(file, '.html')}.${name}.${colorScheme}.png`, fullPage: true});
            wrong.length ? failed++ : passed++;
            for (const w of new Set(wrong.splice(0))) console.log(`${file} ${name} ${colorScheme}: ${w}`);
        }
    }
}

async function worker() {
    while (next < files.length) {
        const file = files[next++], page = await browser.newPage();
        await check(page, file);
        await page.close();
    }
}
await Promise.all([worker(), worker()]);
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
