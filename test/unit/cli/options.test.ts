import { describe, expect, it } from 'vitest';
import { dataSelection, epochs, hyperParametersFrom, whole } from '../../../src/cli/options';
import { defaultHyperParameters } from '../../../src/core/config';

describe('options that choose data', () => {
  it('become the terms of a run', () => {
    expect(
      dataSelection({
        variables: 'air, prate',
        select: ['level=850', 'member=#3'],
        time: '2008-01-01/2008-06-30T12:00:00',
        bbox: '-30,-5.5,40,70',
        memory: '2048',
      }),
    ).toEqual({
      variables: ['air', 'prate'],
      select: { level: '850', member: '#3' },
      time: ['2008-01-01', '2008-06-30T12:00:00'],
      bbox: [-30, -5.5, 40, 70],
      memoryLimit: 2048,
    });
  });

  it('leave out what is not given', () => {
    expect(dataSelection({})).toEqual({ select: {}, memoryLimit: expect.any(Number) });
    expect(dataSelection({}).memoryLimit).toBeGreaterThan(0);
  });

  it.each([
    [{ variables: 'a,,b' }, '--variables'],
    [{ variables: '' }, '--variables'],
    [{ select: ['level'] }, '--select'],
    [{ select: ['=850'] }, '--select'],
    [{ select: ['level='] }, '--select'],
    [{ time: '2008' }, '--time'],
    [{ time: '2008/2009/2010' }, '--time'],
    [{ time: 'last week/now' }, '--time'],
    [{ bbox: '1,2,3' }, '--bbox'],
    [{ bbox: '1,2,3,4,5' }, '--bbox'],
    [{ bbox: '0,20,10,10' }, '--bbox'],
    [{ bbox: '0,,10,10' }, '--bbox'],
    [{ bbox: '0,-95,10,10' }, '--bbox'],
    [{ bbox: 'a,b,c,d' }, '--bbox'],
    [{ memory: '0' }, '--memory'],
    [{ memory: '1.5' }, '--memory'],
    [{ memory: '' }, '--memory'],
  ])('refuse %j', (options, name) => {
    expect(() => dataSelection(options)).toThrow(expect.objectContaining({ name: 'UserError' }));
    expect(() => dataSelection(options)).toThrow(name);
  });
});

describe('hyper-parameters from options', () => {
  it('are the defaults, what --set says, and the options with a name of their own, in this order', () => {
    expect(
      hyperParametersFrom(['training.learningRate=0.01', 'clusters=3'], {
        clusters: '5',
        'window.length': undefined,
        ...epochs('2,0, 4'),
      }),
    ).toEqual({
      ...defaultHyperParameters(),
      'training.learningRate': 0.01,
      clusters: 5,
      'training.warmupEpochs': 2,
      'training.jointEpochs': 0,
      'training.adversarialEpochs': 4,
    });
  });

  it('suggest a setting for one that does not exist', () => {
    expect(() => hyperParametersFrom(['model.withFactor=1'])).toThrow('Did you mean "model.widthFactor"?');
  });

  it.each(['1,2', '1,2,3,4', 'a,b,c', '-1,0,0', '1.5,1,1', ''])('refuse --epochs %s', (text) => {
    expect(() => hyperParametersFrom([], epochs(text))).toThrow(
      expect.objectContaining({ name: 'UserError' }),
    );
  });
});

it.each(['', ' ', 'x', '1.5', '-1', '4294967296', 'NaN', 'Infinity'])('refuses the seed "%s"', (text) => {
  expect(() => whole('--seed', text, 0, 2 ** 32 - 1)).toThrow('--seed is');
});
