import { Button } from "react-aria-components";
import type { Template } from "../../protocol/source.ts";
import { activeSource } from "../editor/open-sources.ts";
import { chosenInterface } from "../interfaces/chosen-interface.ts";
import { LabButton } from "../lab/lab-button.tsx";
import { useApp, useSession } from "../session/use-app.tsx";
import { newFromTemplate } from "./new-from-template.ts";
import { openTemplate } from "./open-template.ts";

/** Where to begin: a program to open, a lab to run it in, and what comes next. */
export function StartPage(): React.ReactNode {
  const templates = useSession((state) => state.templates);
  return (
    <div className="page start" tabIndex={0} role="region" aria-label="Start">
      <Steps />
      <section aria-labelledby="start-lab">
        <h2 id="start-lab">Lab</h2>
        <LabCard />
      </section>
      <section aria-labelledby="start-templates" className="whole">
        <h2 id="start-templates">Templates</h2>
        {templates.length === 0 ? (
          <p className="mid">No template is known yet.</p>
        ) : (
          <ul className="templates">
            {templates.map((template) => (
              <TemplateCard key={template.id} template={template} />
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

function LabCard(): React.ReactNode {
  const lab = useSession((state) => state.lab);
  return (
    <div className="card lab-card">
      <div className="grow">
        <h3>
          A lab: a box with two ports, cut off from your network{" "}
          {lab?.state === "up" && <span className="tag ok">up</span>}
        </h3>
        <p className="mid">
          {lab?.state === "up"
            ? `${lab.box} has ${lab.ports
                .filter(({ netns }) => netns === lab.box)
                .map(({ interface: port, ipv4 }) => `${port} (${ipv4})`)
                .join(" and ")}; behind them are ${lab.hosts.join(" and ")}.`
            : "Programs run on port0 and port1 and meet test packets from two hosts. No spare NIC is needed and nothing of yours is touched; one click removes it."}
        </p>
      </div>
      <LabButton />
    </div>
  );
}

function TemplateCard({
  template: { id, title, summary, maps, try: steps },
}: {
  readonly template: Template;
}): React.ReactNode {
  const app = useApp();
  return (
    <li className="card template">
      <h3>{title}</h3>
      <p className="mid">{summary}</p>
      {maps.length > 0 && (
        <ul className="tags" aria-label={`Maps of ${title}`}>
          {maps.map(({ name, what }) => (
            <li key={name} className="tag" title={what}>
              {name}
            </li>
          ))}
        </ul>
      )}
      {steps.length > 0 && (
        <details>
          <summary>What to try</summary>
          <ol className="notes">
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      )}
      <span className="grow" />
      <span className="row">
        <Button className="button" aria-label={`Open ${title}`} onPress={() => void openTemplate(app, id)}>
          Open
        </Button>
        <Button
          className="link-button quiet"
          aria-label={`New from ${title}…`}
          onPress={() => newFromTemplate(app, id)}
        >
          New…
        </Button>
      </span>
    </li>
  );
}

function Steps(): React.ReactNode {
  const open = useSession((state) => state.sources.length > 0);
  const lab = useSession((state) => state.lab?.state === "up");
  const accepted = useSession((state) => {
    const check = activeSource(state)?.check;
    return check?.kind === "verdict" && check.verdict.accepted;
  });
  const attached = useSession((state) => (chosenInterface(state)?.attached.length ?? 0) > 0);
  const watched = useSession((state) => state.mapTabs.length > 0 && state.traffic.length > 0) && attached;
  const steps: readonly { readonly done: boolean; readonly text: React.ReactNode }[] = [
    { done: open, text: "Open a template below, or a file of yours with Ctrl+O." },
    { done: accepted === true, text: "Press Ctrl+S: it is saved, built and shown to the kernel's verifier." },
    { done: lab, text: "Make the lab, or choose another interface in the tool bar." },
    { done: attached, text: "Press Attach: the program runs on the chosen interface." },
    { done: watched, text: "Send test traffic and open a map in the list at the left: it counts as you watch." },
  ];
  return (
    <section aria-labelledby="start-steps">
      <h2 id="start-steps">From source to packets</h2>
      <ol className="steps">
        {steps.map(({ done, text }, index) => (
          // the steps never change their order
          <li key={index} className={done ? "done" : ""}>
            <span className="step-mark" aria-hidden="true">
              {done ? "✓" : index + 1}
            </span>
            <span>
              {text}
              {done && <span className="unseen"> (done)</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
