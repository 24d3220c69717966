import { useId, useState } from 'preact/hooks';

interface PasswordFieldProps {
  readonly name: string;
  readonly label: string;
  readonly autoComplete: 'current-password' | 'new-password';
  readonly hint?: string | undefined;
}

/** A password, which can be shown while it is typed. */
export function PasswordField({ name, label, autoComplete, hint }: PasswordFieldProps) {
  const [isShown, setShown] = useState(false);
  const id = useId();
  const type = isShown ? ({ type: 'text' } as const) : ({ type: 'password' } as const);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="password">
        <input
          id={id}
          name={name}
          {...type}
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellcheck={false}
          dir="ltr"
          aria-describedby={hint === undefined ? undefined : `${id}-hint`}
          required
        />
        <button
          type="button"
          class="text-button"
          aria-pressed={isShown}
          aria-label={`Show ${label.toLowerCase()}`}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? 'Hide' : 'Show'}
        </button>
      </div>
      {hint === undefined ? null : (
        <small id={`${id}-hint`} class="hint">
          {hint}
        </small>
      )}
    </div>
  );
}
