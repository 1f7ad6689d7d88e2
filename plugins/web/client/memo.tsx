import { Component, type ComponentType, type FunctionComponent } from 'preact';

/** A part that is drawn again only when one of its properties is another one. */
export function memo<Properties extends object>(Part: FunctionComponent<Properties>): ComponentType<Properties> {
  return class extends Component<Properties> {
    override shouldComponentUpdate(next: Readonly<Properties>): boolean {
      const before = new Map<string, unknown>(Object.entries(this.props));
      return Object.entries(next).some(([name, value]) => value !== before.get(name));
    }

    override render(properties: Properties) {
      return <Part {...properties} />;
    }
  };
}
