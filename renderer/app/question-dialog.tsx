import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useSession } from "../session/use-app.tsx";

export function QuestionDialog(): React.ReactNode {
  const question = useSession((state) => state.question);
  return (
    <ModalOverlay
      className="shade"
      isOpen={question !== null}
      isDismissable
      onOpenChange={(open) => {
        if (!open) question?.answer("cancel");
      }}
    >
      <Modal className="modal">
        {question !== null && (
          <Dialog role="alertdialog" className="dialog">
            <Heading slot="title" level={2}>
              {question.title}
            </Heading>
            <p className="mid">{question.body}</p>
            <div className="dialog-buttons">
              <Button className="button" autoFocus onPress={() => question.answer("cancel")}>
                Cancel
              </Button>
              {question.choices.map(({ id, title, danger }) => (
                <Button
                  key={id}
                  className={danger === true ? "button danger" : "button go"}
                  onPress={() => question.answer(id)}
                >
                  {title}
                </Button>
              ))}
            </div>
          </Dialog>
        )}
      </Modal>
    </ModalOverlay>
  );
}
