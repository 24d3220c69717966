import { useState } from 'preact/hooks';

import { changePassword } from '../session/entering.ts';
import { failureOf } from '../session/failure-words.ts';
import { useChat } from './chat-context.ts';
import { credentialFault } from './credential-fault.ts';
import { Dialog } from './dialog.tsx';
import { formText } from './form-text.ts';
import { PasswordField } from './password-field.tsx';

interface PasswordDialogProps {
  readonly me: string;
  readonly onClose: () => void;
}

export function PasswordDialog({ me, onClose }: PasswordDialogProps) {
  const chat = useChat();
  const [fault, setFault] = useState<string | undefined>();
  const [isBusy, setBusy] = useState(false);
  const change = async (form: HTMLFormElement): Promise<void> => {
    const [old, next] = [formText(form, 'old'), formText(form, 'new')];
    const wrong = credentialFault({ user: me, password: next }, true);
    setFault(wrong);
    if (wrong !== undefined || isBusy) return;
    setBusy(true);
    try {
      await changePassword(chat, old, next);
      chat.dispatch({ type: 'noticed', words: 'Your password is changed.' });
      onClose();
    } catch (error) {
      setFault(failureOf(error).words);
      setBusy(false);
    }
  };
  return (
    <Dialog title="Change password" onClose={onClose}>
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          void change(event.currentTarget);
        }}
      >
        <input
          class="visually-hidden"
          name="username"
          autoComplete="username"
          aria-label="User name"
          value={me}
          tabIndex={-1}
          readOnly
        />
        <PasswordField name="old" label="Present password" autoComplete="current-password" />
        <PasswordField
          name="new"
          label="New password"
          autoComplete="new-password"
          hint="At least 8 characters, without spaces."
        />
        <p class="fault" role="alert">
          {fault}
        </p>
        <button type="submit" class="button primary wide" aria-disabled={isBusy}>
          {isBusy ? 'One moment…' : 'Change password'}
        </button>
      </form>
    </Dialog>
  );
}
