import { Component, type ComponentType, type FunctionComponent } from 'preact';

/** A component that is drawn again only if one of its props has changed. */
export function memo<Properties extends object>(Part: FunctionComponent<Properties>): ComponentType<Properties> {
  return class extends Component<Properties> {
    override shouldComponentUpdate(next: Readonly<Properties>): boolean {
      // Called for every row each second: no lists of names, no copies.
      for (const name in next) if (next[name] !== this.props[name]) return true;
      return false;
    }

    override render(properties: Properties) {
      return <Part {...properties} />;
    }
  };
}
