import type { ComponentChildren } from 'preact';

interface NameFormProps {
  readonly label: string;
  /** Which way it is written: names of users are Latin, those of rooms in any script. */
  readonly dir: 'ltr' | 'auto';
  readonly fault: string | undefined;
  readonly isBusy?: boolean;
  /** What the button says. */
  readonly children: ComponentChildren;
  readonly onType: (typed: string) => void;
  readonly onSubmit: () => void;
}

/** Asks for a name, as a dialog begins. */
export function NameForm(props: NameFormProps) {
  const { label, dir, fault, isBusy = false, children, onType, onSubmit } = props;
  return (
    <form
      class="dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <label class="field">
        <span>{label}</span>
        <input
          dir={dir}
          autoComplete="off"
          autoCapitalize="none"
          spellcheck={false}
          autofocus
          required
          onInput={({ currentTarget }) => onType(currentTarget.value)}
        />
      </label>
      <p class="fault" role="alert">
        {fault}
      </p>
      <button type="submit" class="button primary wide" aria-disabled={isBusy}>
        {children}
      </button>
    </form>
  );
}
