import { Component, type ComponentChild, type FunctionComponent, h } from 'preact';

/** A component that is drawn again only if one of its properties is another than before. */
export function memo<P extends object>(component: FunctionComponent<P>): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return differ(this.props, next);
    }

    override render(): ComponentChild {
      return h(component, this.props);
    }
  }
  // A class is drawn as a function is; that it is one matters to nobody else.
  return Memo as unknown as FunctionComponent<P>;
}

function differ(before: object, next: object): boolean {
  const names = Object.keys(next);
  if (names.length !== Object.keys(before).length) return true;
  const had = new Map<string, unknown>(Object.entries(before));
  return Object.entries(next).some(([name, value]) => !Object.is(had.get(name), value));
}
