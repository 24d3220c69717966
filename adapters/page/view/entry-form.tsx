import { useEffect, useRef, useState } from 'preact/hooks';

import { userNameCharactersMax } from '../../../core/limits.ts';
import { logIn, register } from '../session/entering.ts';
import type { EntryForm as Entry } from '../state/page-state.ts';
import { useChat } from './chat-context.ts';
import { credentialFault } from './credential-fault.ts';
import { formText } from './form-text.ts';
import { PasswordField } from './password-field.tsx';

interface EntryFormProps {
  readonly entry: Entry;
  /** Whether anybody may register. */
  readonly isOpen: boolean;
}

/** The form to log in, and to register. A login that is open elsewhere is offered to end there. */
export function EntryForm({ entry, isOpen }: EntryFormProps) {
  const chat = useChat();
  const [mode, setMode] = useState<'logIn' | 'register'>('logIn');
  const [fault, setFault] = useState<string | undefined>();
  const form = useRef<HTMLFormElement>(null);
  const registers = mode === 'register' && isOpen;
  const isElsewhere = entry.refusal?.code === 'AlreadyLoggedIn';
  const returns = entry.ended === 'TakenOver';

  const submit = (takeover: boolean): void => {
    const typed = typedIn(form.current);
    const wrong = credentialFault(typed, registers);
    setFault(wrong);
    if (wrong !== undefined) return;
    void (registers ? register(chat, typed) : logIn(chat, typed, takeover));
  };
  useFocusOnRefusal(form, entry);

  return (
    <form
      ref={form}
      class="entry-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!entry.busy) submit(returns || isElsewhere);
      }}
    >
      <h1>{registers ? 'Make an account' : 'Log in'}</h1>
      <label class="field">
        <span>User name</span>
        <input
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellcheck={false}
          dir="ltr"
          maxLength={userNameCharactersMax}
          defaultValue={entry.user}
          required
        />
      </label>
      <PasswordField
        name="password"
        label="Password"
        autoComplete={registers ? 'new-password' : 'current-password'}
        hint={registers ? 'At least 8 characters, without spaces.' : undefined}
      />
      <p class="fault" role="alert">
        {fault ?? (isElsewhere ? elsewhereWords : entry.refusal?.words)}
      </p>
      <button type="submit" class="button primary wide" aria-disabled={entry.busy}>
        {entry.busy ? 'One moment…' : actionWords(registers, isElsewhere || returns)}
      </button>
      {isOpen ? (
        <p class="entry-switch">
          {registers ? 'You have an account?' : 'New here?'}{' '}
          <button
            type="button"
            class="text-button"
            onClick={() => {
              setFault(undefined);
              setMode(registers ? 'logIn' : 'register');
            }}
          >
            {registers ? 'Log in' : 'Make an account'}
          </button>
        </p>
      ) : null}
    </form>
  );
}

const elsewhereWords =
  'You are logged in somewhere else: on another device, in another browser or in a terminal. ' +
  'If you go on here, that session ends.';

function actionWords(registers: boolean, takesOver: boolean): string {
  if (registers) return 'Make the account';
  return takesOver ? 'Use here' : 'Log in';
}

function typedIn(form: HTMLFormElement | null): { user: string; password: string } {
  return { user: formText(form, 'username').trim(), password: formText(form, 'password') };
}

/** What was refused is put right where it was typed: most often that is the password. */
function useFocusOnRefusal(form: { readonly current: HTMLFormElement | null }, entry: Entry): void {
  useEffect(() => {
    const field = entry.user === '' ? 'username' : 'password';
    const input = form.current?.elements.namedItem(field);
    if (input instanceof HTMLInputElement) {
      input.focus();
      if (entry.refusal?.code === 'InvalidCredentials') input.select();
    }
  }, [form, entry.refusal]);
}
