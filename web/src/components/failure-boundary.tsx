/** A page that fails takes nothing else with it: the menu stays, and a sentence says what happened. */
import { Component, type ReactNode } from 'react';
import { ErrorMessage } from './message.js';
import { Page } from './page.js';

export interface FailureBoundaryProps {
  /** Another one tries again. */
  readonly at: string;
  readonly children: ReactNode;
}

interface State {
  readonly error: unknown;
  readonly at: string;
}

export class FailureBoundary extends Component<FailureBoundaryProps, State> {
  override state: State = { error: undefined, at: this.props.at };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error };
  }

  static getDerivedStateFromProps({ at }: FailureBoundaryProps, state: State): State | null {
    return at === state.at ? null : { error: undefined, at };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <Page title="This page failed">
        <ErrorMessage error={this.state.error} />
        <p>
          Your data on the server is safe. <a href={this.state.at}>Reload the page</a>, or choose another one in the menu.
        </p>
      </Page>
    );
  }
}
