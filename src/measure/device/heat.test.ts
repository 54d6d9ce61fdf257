import { describe, expect, test } from 'vitest';
import { parseHeat, tooHot } from './heat.js';
import { listedDevices } from './adb.js';
import { readMark, withMark } from './marked.js';

const pixel = `== zones
battery 31000
cpu-0-0-usr 41300
gpuss-0-usr 39800
pa-therm0 28000
== service
IsStatusOverride: false
Thermal Status: 0
	Temperature{mValue=33.1, mType=3, mName=skin, mStatus=0}
== cores
1785600
1785600
2841600
`;

describe('the heat of a device', () => {
  test('is that of what computes, from zones in thousandths, else from the thermal service', () => {
    expect(parseHeat(pixel)).toEqual({ status: 0, celsius: 41.3, limits: [1_785_600, 1_785_600, 2_841_600] });
    const raspberry = '== zones\ncpu-thermal 48312\n== service\n== cores\n1500000\n';
    expect(parseHeat(raspberry)).toEqual({ status: undefined, celsius: 48.312, limits: [1_500_000] });
    const closed = pixel.replace(/battery[^=]*/, '').replaceAll('\n', '\r\n');
    expect(parseHeat(closed)).toMatchObject({ status: 0, celsius: 33.1 });
    expect(parseHeat('== zones\n== service\n== cores\n')).toEqual({
      status: undefined,
      celsius: undefined,
      limits: [],
    });
  });

  test('is too much by status, by slowed cores, or by degrees, in this order', () => {
    const cool = parseHeat(pixel);
    expect(tooHot(cool, cool, 45)).toBeUndefined();
    expect(tooHot({ ...cool, status: 2 }, cool, 45)).toMatch(/thermal status is 2/);
    expect(tooHot(parseHeat(pixel.replace('2841600', '1286400')), cool, 45)).toMatch(
      /held below their speed/,
    );
    expect(tooHot({ ...cool, celsius: 50 }, cool, 45)).toMatch(/50 °C, more than 45 °C/);
    // A device without sensors is never too hot.
    expect(tooHot(parseHeat(''), parseHeat(''), 45)).toBeUndefined();
  });
});

test('adb devices is read with its tabs, its line ends and the lines of its daemon', () => {
  const text =
    '* daemon not running; starting now at tcp:5037\n* daemon started successfully\nList of devices attached\r\n' +
    'R58M\tdevice\r\n192.168.1.5:5555\toffline\r\nX\tno permissions (user in plugdev?)\r\n\r\n';
  expect(listedDevices(text)).toEqual([
    { serial: 'R58M', state: 'device' },
    { serial: '192.168.1.5:5555', state: 'offline' },
    { serial: 'X', state: 'no permissions (user in plugdev?)' },
  ]);
});

test('an exit code is that behind the last mark, and a cut output has none', () => {
  expect(withMark('false')).toBe('( false ); echo "mixnas-exit:$?"');
  expect(readMark('a\nmixnas-exit:0\nb\nmixnas-exit:137\r\n')).toEqual({
    stdout: 'a\nmixnas-exit:0\nb\n',
    code: 137,
  });
  for (const cut of ['', 'a\n', 'a\nmixnas-exit:', 'a\nmixnas-ex']) expect(readMark(cut)).toBeUndefined();
});
