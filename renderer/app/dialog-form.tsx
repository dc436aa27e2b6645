import { Button } from "react-aria-components";

interface DialogFormProps {
  readonly submit: (form: HTMLFormElement) => void;
  readonly cancel: () => void;
  /** what the button says that sends it */
  readonly go: string;
  /** it was sent, and the button says so to a screen reader */
  readonly isPending?: boolean;
  readonly isDisabled?: boolean;
  /** why it was not taken */
  readonly wrong?: string | null;
  readonly children: React.ReactNode;
}

/** What most boxes hold: something to fill in, why it was not taken, and Cancel beside the button that sends it. */
export function DialogForm(props: DialogFormProps): React.ReactNode {
  const { submit, cancel, go, isPending = false, isDisabled = false, wrong = null, children } = props;
  return (
    <form
      className="open-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit(event.currentTarget);
      }}
    >
      {children}
      {wrong !== null && (
        <p className="bad-text form-trouble" role="alert">
          {wrong}
        </p>
      )}
      <div className="dialog-buttons">
        <Button className="button" onPress={cancel}>
          Cancel
        </Button>
        <Button className="button go" type="submit" isPending={isPending} isDisabled={isDisabled}>
          {go}
        </Button>
      </div>
    </form>
  );
}
