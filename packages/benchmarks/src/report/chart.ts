import type { Titled } from './markdown.ts';
import { type Results, rate } from './results.ts';

const colours = ['#d6336c', '#1c7ed6', '#74c0fc', '#2f9e44', '#f08c00', '#7048e8', '#868e96'];
const width = 960;
const left = 170;
const right = 90;
const bar = 11;
const gap = 14;

/** A bar chart as SVG: per workload one bar per client, its length relative to the fastest of the workload. */
export function chart(results: Results, workloads: readonly Titled[], clients: readonly Titled[]): string {
  const parts: string[] = [];
  let y = legend(parts, clients) + gap;
  for (const workload of workloads) {
    const rates = clients.map(({ name }) => rate(results, workload.name, name));
    const fastest = Math.max(...rates.map((number) => number ?? 0));
    if (fastest === 0) continue;
    const height = rates.filter((number) => number !== undefined).length * bar;
    parts.push(text(left - 8, y + height / 2 + 4, workload.title, 'end', 12));
    rates.forEach((number, i) => {
      if (number === undefined) return;
      const length = Math.max(1, ((width - left - right) * number) / fastest);
      parts.push(
        `<rect x="${left}" y="${y}" width="${length.toFixed(1)}" height="${bar - 2}" fill="${colours[i % colours.length]}"/>`,
      );
      parts.push(text(left + length + 4, y + bar - 3, short(number), 'start', 9));
      y += bar;
    });
    y += gap;
  }
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" font-family="system-ui, sans-serif">`;
  return `${open}\n<rect width="100%" height="100%" fill="#fff"/>\n${parts.join('\n')}\n</svg>\n`;
}

function legend(parts: string[], clients: readonly Titled[]): number {
  let x = 12;
  let y = 22;
  clients.forEach(({ title }, i) => {
    const space = 24 + title.length * 6.6;
    if (x + space > width) {
      x = 12;
      y += 18;
    }
    parts.push(`<rect x="${x}" y="${y - 9}" width="10" height="10" fill="${colours[i % colours.length]}"/>`);
    parts.push(text(x + 14, y, title, 'start', 12));
    x += space;
  });
  return y + 8;
}

function text(x: number, y: number, content: string, anchor: 'start' | 'end', size: number): string {
  const safe = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" text-anchor="${anchor}" fill="#212529">${safe}</text>`;
}

function short(rateOfCalls: number): string {
  if (rateOfCalls >= 1e6) return `${(rateOfCalls / 1e6).toFixed(2)} M/s`;
  return rateOfCalls >= 1e3 ? `${(rateOfCalls / 1e3).toFixed(1)} k/s` : `${rateOfCalls.toFixed(0)}/s`;
}
