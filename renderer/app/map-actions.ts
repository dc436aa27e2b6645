/** The Map menu. */
import { refreshAfterAction } from "../interfaces/refresh-lists.ts";
import { mapsKey, showMaps, showNewMap } from "../machine-maps/show-maps.ts";
import { addEntryKey, requestAddEntry } from "../maps/request-add-entry.ts";
import { hasPrefixes, matchKey, requestMatch, requestTree, treeKey } from "../forwarding/request-tree.ts";
import type { Action } from "./action.ts";

export const mapActions: readonly Action[] = [
  { id: "all-maps", menu: "Map", title: "All maps of this machine", keys: mapsKey, run: showMaps },
  {
    id: "new-map",
    menu: "Map",
    title: "New map…",
    keys: null,
    run: showNewMap,
    enabled: ({ helper }) => helper?.state === "ready",
  },
  { id: "refresh", menu: "Map", title: "Refresh the lists", keys: "Alt+R", run: (app) => void refreshAfterAction(app) },
  {
    id: "add-entry",
    menu: "Map",
    title: "Add an entry",
    keys: addEntryKey,
    run: requestAddEntry,
    enabled: ({ mapTabs }) => mapTabs.length > 0,
  },
  {
    id: "prefix-tree",
    menu: "Map",
    title: "Prefixes as a tree, or as a table",
    keys: treeKey,
    run: requestTree,
    enabled: hasPrefixes,
  },
  {
    id: "match",
    menu: "Map",
    title: "Who matches an address?",
    keys: matchKey,
    run: requestMatch,
    enabled: hasPrefixes,
  },
];
