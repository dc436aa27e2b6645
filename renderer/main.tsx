/**
 * The window's entry: the theme is set before anything is drawn, and the connection's file is read before the document
 * counts as loaded, so that a port from the preload script is not missed. Then the frame, and the editor beside it.
 */
import "./app/tokens.css";
import "./app/base.css";
import { applyTheme, readThemeChoice } from "./app/theme.ts";
import { connect } from "./connection/connection.ts";

applyTheme(readThemeChoice());

const { start } = await import("./app/start.tsx");
start(document.getElementById("root") ?? document.body, connect);
