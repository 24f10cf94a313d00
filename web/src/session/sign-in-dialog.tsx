/** Signing in again where one is: nothing of what was typed on the page behind is lost. */
import { Dialog } from '../components/dialog.js';
import { Remark } from '../components/message.js';
import { SignInForm } from './sign-in-form.js';

export interface SignInDialogProps {
  readonly userName: string;
  readonly onSignedIn: () => void;
}

export function SignInDialog({ userName, onSignedIn }: SignInDialogProps) {
  return (
    <Dialog title="Your session has ended" onClose={() => undefined} locked veiled>
      <Remark>Sign in again to continue. What you typed is still there.</Remark>
      <SignInForm userName={userName} onSignedIn={onSignedIn} />
      <p className="muted">
        Not you? <a href="/signin">Sign in as another user</a>
      </p>
    </Dialog>
  );
}
