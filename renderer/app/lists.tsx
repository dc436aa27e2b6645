import { useMemo, useState } from "react";
import { Button, ListBox, ListBoxItem } from "react-aria-components";
import type { Place } from "../../protocol/interfaces.ts";
import type { MapListed } from "../../protocol/maps.ts";
import { askToDetachAll } from "../attach/detach-all.ts";
import { showSource } from "../editor/open-source.ts";
import { baseName, folderName } from "../editor/open-sources.ts";
import { choosePlace } from "../interfaces/choose-place.ts";
import { chosenPlaces } from "../interfaces/chosen-places.ts";
import { NamespaceList } from "../interfaces/namespace-list.tsx";
import { groupByNamespace, isOfLab, placeKey, samePlace } from "../interfaces/places.ts";
import { mapsByOwner, placeOfMap } from "../maps/map-owner.ts";
import { showMaps } from "../machine-maps/show-maps.ts";
import { openMap } from "../maps/open-map.ts";
import { mapTitle, variableSection, variablesLast } from "../maps/variable-maps.ts";
import { useApp, useSession } from "../session/use-app.tsx";
import { bytes, count } from "../verify/sizes.ts";
import { tagOf } from "../verify/verdict-words.ts";
import { WorkspaceTree } from "../workspace/workspace-tree.tsx";

export function Lists(): React.ReactNode {
  return (
    <nav className="lists" aria-label="Lists" data-region="lists">
      <WorkspaceTree />
      <Sources />
      <Interfaces />
      <Programs />
      <Maps />
    </nav>
  );
}

function Sources(): React.ReactNode {
  const app = useApp();
  const sources = useSession((state) => state.sources);
  const active = useSession((state) => state.active);
  return (
    <section>
      <h2>Open files</h2>
      <ListBox
        aria-label="Open files"
        onAction={(key) => showSource(app, String(key))}
        renderEmptyState={() => <p className="empty-line">None yet: open a template or a file.</p>}
      >
        {sources.map((source) => {
          const tag = tagOf(source);
          const name = baseName(source.path);
          return (
            <ListBoxItem
              key={source.path}
              id={source.path}
              className={source.path === active ? "line chosen" : "line"}
              textValue={name}
            >
              <span className="grow cut" title={source.path}>
                {baseName(source.path)} <span className="dim">{folderName(source.path)}</span>
                {source.path === active && <span className="unseen"> shown</span>}
                {source.dirty && (
                  <span title="unsaved">
                    {" "}
                    <span aria-hidden="true">●</span>
                    <span className="unseen">unsaved</span>
                  </span>
                )}
              </span>
              {tag !== null && <span className={`tag ${tag.tone}${tag.stale ? " stale" : ""}`}>{tag.text}</span>}
            </ListBoxItem>
          );
        })}
      </ListBox>
    </section>
  );
}

function Interfaces(): React.ReactNode {
  const app = useApp();
  const listing = useSession((state) => state.interfaces);
  const place = useSession((state) => state.place);
  const lab = useSession((state) => state.lab);
  const groups = useMemo(() => groupByNamespace(listing?.interfaces ?? [], lab), [listing, lab]);
  const ours = useSession((state) => state.ours?.length ?? 0);
  const also = useSession((state) => state.alsoPlaces);
  const isChosen = (one: Place): boolean => chosenPlaces({ place, alsoPlaces: also }).some((at) => samePlace(at, one));
  const [all, setAll] = useState(false);
  const skipped = listing?.skipped ?? [];
  const quiet = groups.filter((group) => group.quiet).length + skipped.length;
  const shown = groups.filter((group) => all || !group.quiet);
  return (
    <section>
      <div className="heading-row">
        <h2>Interfaces</h2>
        {ours > 0 && (
          <Button className="link-button quiet" onPress={() => void askToDetachAll(app)}>
            Detach all of ours…
          </Button>
        )}
      </div>
      {listing === null && <p className="empty-line">Not listed yet.</p>}
      {shown.map((group) => (
        <NamespaceList
          key={group.title}
          group={group}
          ofLab={isOfLab(lab, group.netns)}
          chosen={group.interfaces.filter(isChosen).map(placeKey)}
        />
      ))}
      {all &&
        skipped.map(({ netns, why }) => (
          <p key={netns} className="empty-line cut" title={why}>
            {netns}: {why}
          </p>
        ))}
      {quiet > 0 && (
        <Button className="link-button quiet-namespaces" aria-expanded={all} onPress={() => setAll(!all)}>
          {all ? "Hide quiet namespaces" : `${quiet} quiet namespace${quiet === 1 ? "" : "s"}`}
        </Button>
      )}
    </section>
  );
}

function Programs(): React.ReactNode {
  const app = useApp();
  const programs = useSession((state) => state.programs);
  const listing = useSession((state) => state.interfaces);
  return (
    <section>
      <h2>Programs</h2>
      {programs === null ? (
        <p className="empty-line">Seen with privilege only: unlock.</p>
      ) : (
        <ListBox
          aria-label="Programs"
          onAction={(key) => {
            const at = listing?.interfaces.find(({ attached }) => attached.some(({ id }) => id === Number(key)));
            if (at !== undefined) void choosePlace(app, at);
          }}
          renderEmptyState={() => <p className="empty-line">No XDP program is loaded.</p>}
        >
          {programs.map(({ id, name, tag, jitedBytes }) => (
            <ListBoxItem key={id} id={String(id)} className="line" textValue={name}>
              <span className="grow cut" title={`id ${id}, tag ${tag}`}>
                {name} <span className="dim">{id}</span>
              </span>
              <span className="mid number">{jitedBytes > 0 ? bytes(jitedBytes) : ""}</span>
            </ListBoxItem>
          ))}
        </ListBox>
      )}
    </section>
  );
}

function Maps(): React.ReactNode {
  const app = useApp();
  const maps = useSession((state) => state.maps);
  const listing = useSession((state) => state.interfaces);
  const place = useSession((state) => state.place);
  const { ofPlace, others } = useMemo(() => {
    const at = listing?.interfaces.find((one) => place !== null && samePlace(one, place)) ?? null;
    return mapsByOwner(maps ?? [], at);
  }, [maps, listing, place]);
  const open = (list: readonly MapListed[], key: string | number): void => {
    const map = list.find(({ id }) => id === Number(key));
    if (map === undefined) return;
    void openMap(app, { id: map.id, name: map.name, place: placeOfMap(map, listing?.interfaces ?? []) });
  };
  const box = (label: string, list: readonly MapListed[], empty: string): React.ReactNode => (
    <ListBox
      aria-label={label}
      onAction={(key) => open(list, key)}
      renderEmptyState={() => <p className="empty-line">{empty}</p>}
    >
      {variablesLast(list).map((map) => {
        const { id, name, type, maxEntries, valueSize } = map;
        const [title = name, section = null] = variableSection(name)?.title.split(" ") ?? [];
        return (
          <ListBoxItem key={id} id={String(id)} className="line" textValue={mapTitle(map)}>
            <span className="grow cut" title={`id ${id}`}>
              {title} <span className="dim">{section ?? type.replaceAll("_", " ")}</span>
            </span>
            <span className="mid number">{section === null ? count(maxEntries) : bytes(valueSize)}</span>
          </ListBoxItem>
        );
      })}
    </ListBox>
  );
  return (
    <section>
      <div className="heading-row">
        <h2>Maps{place === null ? "" : ` of ${place.name}`}</h2>
        <Button className="link-button quiet" onPress={() => showMaps(app)}>
          All of this machine
        </Button>
      </div>
      {maps === null ? (
        <p className="empty-line">Seen with privilege only: unlock.</p>
      ) : (
        <>
          {box(
            place === null ? "Maps" : `Maps of ${place.name}`,
            ofPlace,
            place === null ? "No interface is chosen." : "None: attach a program that has maps.",
          )}
          {others.length > 0 && <h3 className="line mid">other programs</h3>}
          {others.length > 0 && box("Maps of other programs", others, "")}
        </>
      )}
    </section>
  );
}
