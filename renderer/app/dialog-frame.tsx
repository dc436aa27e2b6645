import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

interface DialogFrameProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly large?: boolean;
  readonly children: React.ReactNode;
}

/** A box over the window with a title; Escape and a click beside it close it. */
export function DialogFrame({ title, isOpen, close, large, children }: DialogFrameProps): React.ReactNode {
  return (
    <ModalOverlay
      className="shade"
      isOpen={isOpen}
      isDismissable
      onOpenChange={(is) => {
        if (!is) close();
      }}
    >
      <Modal className={large === true ? "modal large" : "modal"}>
        <Dialog className="dialog">
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
