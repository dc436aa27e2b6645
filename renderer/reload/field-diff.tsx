import type { FieldChange, MapPlan } from "../../protocol/reload.ts";
import { changeWords } from "./reload-words.ts";

const tones: Readonly<Record<FieldChange["what"], string>> = {
  same: "",
  converted: "warn",
  new: "ok",
  gone: "bad",
  unlike: "bad",
};

/** The fields of a changed type on both sides, and a few entries as they are and as they will be. */
export function FieldDiff({ map: { name, fields, examples } }: { readonly map: MapPlan }): React.ReactNode {
  return (
    <div className="field-diff">
      <table aria-label={`Fields of ${name}`}>
        <thead>
          <tr>
            <th scope="col">field</th>
            <th scope="col">runs with</th>
            <th scope="col">becomes</th>
            <th scope="col">its contents</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field.path} className={field.what === "same" ? "mid" : ""}>
              <th scope="row" className="mono">
                {field.path}
              </th>
              <td className="mono">{field.was === "" ? <span className="dim">none</span> : field.was}</td>
              <td className="mono">{field.becomes === "" ? <span className="dim">none</span> : field.becomes}</td>
              <td>
                {field.what === "same" ? (
                  changeWords(field)
                ) : (
                  <span className={`tag ${tones[field.what]}`}>{changeWords(field)}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {examples.length > 0 && (
        <table aria-label={`Example entries of ${name}`}>
          <thead>
            <tr>
              <th scope="col">entry</th>
              <th scope="col">is</th>
              <th scope="col">will be</th>
            </tr>
          </thead>
          <tbody>
            {examples.map(({ key, was, becomes }) => (
              <tr key={key}>
                <th scope="row" className="mono">
                  {key}
                </th>
                <td className="mono">{was}</td>
                <td className="mono">{becomes}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
