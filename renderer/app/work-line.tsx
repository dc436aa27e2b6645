import { Button, ProgressBar } from "react-aria-components";
import { useSession } from "../session/use-app.tsx";

/** In the status bar: what takes a while, how far it is, and a button that ends it. */
export function WorkLine(): React.ReactNode {
  const works = useSession((state) => state.works);
  return works
    .filter(({ shown }) => shown)
    .map(({ id, title, detail, stopping, stop }) => (
      <span key={id} className="row work-line">
        <ProgressBar isIndeterminate aria-label={title} className="progress">
          <span className="progress-track" aria-hidden="true" />
          <span className="cut">{stopping ? `stopping: ${title}` : detail === "" ? `${title}…` : detail}</span>
        </ProgressBar>
        <Button className="link-button" isDisabled={stopping} aria-label={`Cancel ${title}`} onPress={stop}>
          Cancel
        </Button>
      </span>
    ));
}
