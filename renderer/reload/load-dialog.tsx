import { useEffect, useState } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { baseName } from "../editor/open-sources.ts";
import { closeDialog } from "../session/dialog.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { LoadForm } from "./load-form.tsx";
import { type Loadable, readLoadable } from "./read-loadable.ts";

/** Globals and map sizes of a source, set before its loads. */
export function LoadDialog(): React.ReactNode {
  const app = useApp();
  const dialog = useSession((state) => state.dialog);
  const path = dialog?.kind === "load" ? dialog.path : null;
  return (
    <ModalOverlay
      className="shade"
      isOpen={path !== null}
      isDismissable
      onOpenChange={(open) => {
        if (!open) closeDialog(app);
      }}
    >
      <Modal className="modal wide">
        {path !== null && (
          <Dialog className="dialog">
            <Heading slot="title" level={2}>
              Load options of {baseName(path)}
            </Heading>
            <LoadOf path={path} />
          </Dialog>
        )}
      </Modal>
    </ModalOverlay>
  );
}

function LoadOf({ path }: { readonly path: string }): React.ReactNode {
  const app = useApp();
  const [read, setRead] = useState<Loadable | string | null>(null);
  useEffect(() => {
    let ended = false;
    void readLoadable(app, path).then((found) => {
      if (!ended) setRead(found);
    });
    return () => {
      ended = true;
    };
  }, [app, path]);
  if (read !== null && typeof read !== "string") return <LoadForm path={path} loadable={read} />;
  return (
    <>
      {read === null ? (
        <p className="mid" role="status">
          Building {baseName(path)} to see what can be set…
        </p>
      ) : (
        <p className="bad-text" role="alert">
          {read}
        </p>
      )}
      <div className="dialog-buttons">
        <Button className="button" autoFocus onPress={() => closeDialog(app)}>
          Close
        </Button>
      </div>
    </>
  );
}
