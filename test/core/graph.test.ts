import test from 'ava';
import * as fc from 'fast-check';
import { dependantsOf, findCycle, type Node, stopLayers, withDependencies } from '../../source/core/graph.ts';
import { planUp } from '../../source/core/plan.ts';
import { emptyWorld } from '../../source/core/world.ts';
import { on, orderOf, serviceSpec } from './story.ts';

const node = (name: string, ...needs: readonly string[]): Node => ({
  name,
  dependencies: needs.map((each) => on(each)),
});

/** Any graph of up to ten services; each edge is drawn by itself, so cycles are common. */
const anyGraph = fc
  .array(fc.array(fc.nat({ max: 9 }), { maxLength: 3 }), { minLength: 1, maxLength: 10 })
  .map((rows) => rows.map((needs, index) => node(`s${index}`, ...needs.map((need) => `s${need % rows.length}`))));

/** A graph without cycles in any written order: everybody needs only those drawn before. */
const acyclicGraph = fc
  .array(fc.array(fc.nat({ max: 20 }), { maxLength: 3 }), { minLength: 1, maxLength: 12 })
  .map((rows) =>
    rows.map((needs, index) => node(`s${index}`, ...(index === 0 ? [] : needs.map((need) => `s${need % index}`)))),
  )
  .chain((nodes) => fc.shuffledSubarray(nodes, { minLength: nodes.length }));

test('a cycle is named in order, its first name repeated; a diamond has none', (t) => {
  t.deepEqual(findCycle([node('a', 'b'), node('b', 'c'), node('c', 'a')]), ['a', 'b', 'c', 'a']);
  t.deepEqual(findCycle([node('x', 'a'), node('a', 'b'), node('b', 'a')]), ['a', 'b', 'a']);
  t.deepEqual(findCycle([node('a', 'a')]), ['a', 'a']);
  t.is(findCycle([node('d', 'b', 'c'), node('b', 'a'), node('c', 'a'), node('a')]), null);
  t.is(findCycle([node('a', 'nobody')]), null);
});

test('a named cycle is one: each name needs the next', (t) => {
  fc.assert(
    fc.property(anyGraph, (nodes) => {
      const cycle = findCycle(nodes);
      if (!cycle) return;
      const needs = new Map(
        nodes.map((each) => [each.name, each.dependencies.map((dependency) => dependency.service)]),
      );
      t.is(cycle[0], cycle.at(-1));
      t.true(cycle.slice(1).every((name, index) => needs.get(cycle[index] ?? '')?.includes(name)));
    }),
  );
});

test('a graph has a cycle if and only if it cannot be ordered', (t) => {
  fc.assert(
    fc.property(anyGraph, (nodes) => {
      // Kahn's way: take away who needs nobody that is left, until nobody is left or nothing can be taken.
      let left = nodes;
      for (let before = -1; before !== left.length;) {
        before = left.length;
        const names = new Set(left.map((each) => each.name));
        left = left.filter((each) => each.dependencies.some((dependency) => names.has(dependency.service)));
      }
      t.is(findCycle(nodes) === null, left.length === 0);
    }),
  );
});

test('a plan starts everybody once, after all it needs', (t) => {
  fc.assert(
    fc.property(acyclicGraph, (nodes) => {
      const orders = nodes.map(({ name, dependencies }) => orderOf(serviceSpec(name, { dependencies })));
      const all = nodes.map((each) => each.name);
      const names = planUp(orders, all, new Set(), emptyWorld).map((step) => step.service);
      t.deepEqual(names.toSorted(), all.toSorted());
      for (const { name, dependencies } of nodes) {
        t.true(dependencies.every(({ service }) => names.indexOf(service) < names.indexOf(name)));
      }
    }),
  );
});

test('in a stop everybody is in the layer right above the highest of those that need it', (t) => {
  fc.assert(
    fc.property(acyclicGraph, (nodes) => {
      const layers = stopLayers(nodes);
      const dependants = dependantsOf(nodes);
      for (const { name } of nodes) {
        const above = (dependants.get(name) ?? []).map((other) => layers.get(other) ?? 0);
        t.is(layers.get(name), 1 + Math.max(0, ...above));
      }
    }),
  );
});

test('layers of a graph with a cycle come to an end', (t) => {
  fc.assert(fc.property(anyGraph, (nodes) => t.is(stopLayers(nodes).size, nodes.length)));
});

test('with its dependencies, a choice is closed and holds nothing that was not needed', (t) => {
  fc.assert(
    fc.property(acyclicGraph, fc.nat({ max: 11 }), (nodes, index) => {
      const first = nodes[index % nodes.length]?.name ?? '';
      const chosen = withDependencies(nodes, [first, 'nobody']);
      const dependants = dependantsOf(nodes);
      t.true(chosen.has(first));
      t.false(chosen.has('nobody'));
      for (const { name, dependencies } of nodes) {
        if (chosen.has(name)) t.true(dependencies.every(({ service }) => chosen.has(service)));
        if (chosen.has(name) && name !== first) t.true(dependants.get(name)?.some((other) => chosen.has(other)));
      }
    }),
  );
});
