import { describe, expect, test } from 'vitest';
import { readCanonical, writeCanonical } from '../src/lib/jcs';

describe('canonical JSON', () => {
  test('sorts members by UTF-16 code units and leaves no space', () => {
    expect(writeCanonical({ b: 1, a: [true, 'x'], 'é': 2 })).toBe('{"a":[true,"x"],"b":1,"é":2}');
  });
  test('compares names as UTF-16, so that a pair of surrogates stands before U+FF21', () => {
    expect(writeCanonical({ '\uff21': 1, '\ud83d\ude00': 2 })).toBe('{"😀":2,"Ａ":1}');
  });
  test('escapes only what RFC 8785 escapes', () => {
    expect(writeCanonical({ t: '\u0001\b\t\n\f\r"\\/ữ\u007f' })).toBe('{"t":"\\u0001\\b\\t\\n\\f\\r\\"\\\\/ữ\u007f"}');
  });
  test('refuses what statements cannot hold', () => {
    expect(() => writeCanonical({ a: 1.5 })).toThrow();
    expect(() => writeCanonical({ a: 2 ** 53 })).toThrow();
    expect(() => writeCanonical({ a: null })).toThrow();
    expect(() => writeCanonical({ a: 'u\u031b' })).toThrow('NFC');
    expect(() => writeCanonical({ a: '\ud800' })).toThrow();
    expect(() => writeCanonical({ a: { b: { c: { d: { e: { f: {} } } } } } })).toThrow('deep');
  });
  test('reads only what is canonical, so a second member of a name is no way to show something else', () => {
    expect(readCanonical('{"a":1,"b":2}')).toEqual({ a: 1, b: 2 });
    expect(() => readCanonical('{"b":2,"a":1}')).toThrow();
    expect(() => readCanonical('{"a":1,"a":2}')).toThrow();
    expect(() => readCanonical('{ "a":1}')).toThrow();
    expect(() => readCanonical('{"a":"\\u0041"}')).toThrow();
  });
});
