/* A labelled field with hint and error, tied together for those who do not see them. */
import { useId, type ReactNode, type SelectHTMLAttributes } from 'react';
import { useSay } from '../i18n';
import { Input } from './antd';

interface Tied {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': boolean | undefined;
  'aria-required': boolean | undefined;
}

interface Common {
  label: string;
  hint?: ReactNode;
  error?: ReactNode;
  required?: boolean;
}

export function Field({ label, hint, error, required, children }: Common & { children: (tied: Tied) => ReactNode }) {
  const id = useId();
  const say = useSay();
  const described = [hint ? `${id}h` : '', error ? `${id}e` : ''].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
        {required && (
          <>
            <span className="must" aria-hidden="true">
              {' '}
              *
            </span>
            <span className="hidden"> ({say('bắt buộc', 'required')})</span>
          </>
        )}
      </label>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? true : undefined,
        'aria-required': required || undefined,
      })}
      {hint && (
        <p className="field-hint" id={`${id}h`}>
          {hint}
        </p>
      )}
      <div id={`${id}e`} aria-live="polite">
        {error && (
          <div className="field-error">
            <span>{error}</span>
          </div>
        )}
      </div>
    </div>
  );
}

interface TextProps extends Common {
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  inputMode?: 'numeric' | 'tel' | 'email' | 'text';
  autoComplete?: string;
  maxLength?: number;
  placeholder?: string;
  name?: string;
  autoFocus?: boolean;
  disabled?: boolean;
  type?: string;
}

export function TextField({ label, hint, error, required, onChange, ...input }: TextProps) {
  return (
    <Field label={label} hint={hint} error={error} required={required}>
      {(tied) => (
        <Input
          {...tied}
          {...input}
          autoComplete={input.autoComplete ?? 'off'}
          status={error ? 'error' : ''}
          onChange={(e) => onChange(e.target.value)}
        />
      )}
    </Field>
  );
}

export function TextBlock(p: Common & { value: string; onChange: (v: string) => void; rows?: number; maxLength?: number; className?: string; placeholder?: string }) {
  return (
    <Field label={p.label} hint={p.hint} error={p.error} required={p.required}>
      {(tied) => (
        <Input.TextArea
          {...tied}
          className={p.className}
          rows={p.rows ?? 4}
          maxLength={p.maxLength}
          placeholder={p.placeholder}
          value={p.value}
          status={p.error ? 'error' : ''}
          onChange={(e) => p.onChange(e.target.value)}
        />
      )}
    </Field>
  );
}

interface ChoiceProps extends Common, Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange' | 'value'> {
  value: string;
  onChange: (value: string) => void;
  options: [string, string][];
}

/* The browser's own list: works with every keyboard, screen reader and phone. */
export function ChoiceField({ label, hint, error, required, options, onChange, ...select }: ChoiceProps) {
  return (
    <Field label={label} hint={hint} error={error} required={required}>
      {(tied) => (
        <select {...tied} {...select} required={undefined} className="choice" onChange={(e) => onChange(e.target.value)}>
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
